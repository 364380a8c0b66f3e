/* SPDX-License-Identifier: MIT */
/*
 * release.h - what one publish is made of: the site's built layers and roles,
 * on their way into a manifest and a publish tree.
 */
#ifndef PUBLISH_RELEASE_H
#define PUBLISH_RELEASE_H

#include "format/manifest.h"
#include "host/site.h"

/* Kernel and initrd of one base; the folder boot/HEX of the tree. */
struct release_boot {
	char *base;		/* its name */
	char *vmlinuz, *initrd; /* built files */
	char *core, *info;	/* drivers.h; NULL: no core */
	struct ini drivers;	/* what info holds */
	char *files;		/* the list of what is in the folder, */
	char hex[DIGEST_HEX + 1]; /* and its digest, the folder's name */
};

struct signing;

struct release {
	const struct site *site;
	struct manifest m;
	char *layer_path[MANIFEST_LAYERS_MAX]; /* built file of a layer */
	unsigned int n_boots;
	struct release_boot boots[MANIFEST_LAYERS_MAX];
	unsigned int role_boot[MANIFEST_ROLES_MAX]; /* indexes boots */
};

/*
 * collect_release - read site.conf, roles/ and build/ into @r, or die with
 * the command that builds what is missing. @only: the roles to publish, NULL
 * for all. Sizes and digests of indexes are filled in by place_layers().
 */
void collect_release(struct release *r, const struct site *site,
		     char *const *only);

/* collect_expires - let it expire @days after its making, 0: never. */
void collect_expires(struct release *r, uint64_t days);

/* place_layers - put all layers and their indexes into the tree @dir. */
void place_layers(struct release *r, const char *dir);

/* place_boots - put kernels and initrds into the tree, signed. */
void place_boots(struct release *r, const struct signing *g);

/*
 * place_signed - the file @from as @name into @dir, with the detached
 * signature @name.sig that iPXE's imgverify wants.
 */
void place_signed(const struct signing *g, const char *from, const char *dir,
		  const char *name);

/* script_text - the text of boot.ipxe, malloc-ed. */
char *script_text(const struct release *r);

#endif
