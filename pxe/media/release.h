/* SPDX-License-Identifier: MIT */
/* release.h - the published release that a medium carries. */
#ifndef MEDIA_RELEASE_H
#define MEDIA_RELEASE_H

#include "format/manifest.h"
#include "host/proven.h"
#include "host/site.h"

struct release {
	const struct site *site;
	struct manifest m;
	struct proven bytes;
};

/*
 * release_open - read the site's published manifest, signed under the site's
 * root, or die saying what to run. release_close - free what it holds.
 */
void release_open(struct release *r, const struct site *site);
void release_close(struct release *r);

/* release_role - the role called @name, or die naming those there are. */
const struct manifest_role *release_role(const struct release *r,
					 const char *name);

/*
 * release_layer - path of a layer in the publish tree, and of its index
 * (malloc-ed); the name in a tree that both end with. The layer is compared
 * with its digest, or dies.
 */
char *release_layer(const struct release *r, unsigned int layer, char **index);

/* release_boot - path of "vmlinuz" or "initrd.img" of that role's base, as
 * `slipway initrd` made it (malloc-ed), or die saying so. */
char *release_boot(const struct release *r, const struct manifest_role *role,
		   const char *file);

#endif
