/* SPDX-License-Identifier: MIT */
/*
 * manifest.h - the one signed text that names everything a machine boots.
 *
 * The grammar is in README.md of this folder. Verify, then parse: the only
 * caller that may hand bytes to manifest_parse() is one that has checked the
 * signature over them (or a test, or the host tool that wrote them).
 */
#ifndef FORMAT_MANIFEST_H
#define FORMAT_MANIFEST_H

#include "format/digest.h"
#include "format/text.h"

#define MANIFEST_MAGIC "slipway-manifest 1\n"
#define MANIFEST_SIZE_MAX (256u << 10)
#define MANIFEST_LINES_MAX 1024
#define MANIFEST_LAYERS_MAX 256
#define MANIFEST_ROLES_MAX 256
#define MANIFEST_RULES_MAX 512
#define MANIFEST_IMAGES_MAX 128
#define MANIFEST_PINS_MAX 512
#define MANIFEST_MIRRORS_MAX 16
#define MANIFEST_OVERLAYS_MAX 16 /* of one role */
#define MANIFEST_URL_MAX 512

/* What this /init understands; a manifest may ask for more and be refused. */
#define MANIFEST_INIT_VERSION 2

/* A share of all machines is in parts of this. */
#define MANIFEST_SHARE_ALL 10000

enum manifest_kind { MANIFEST_BASE, MANIFEST_OVERLAY };

/* What a role's overlays may hold beyond plain files. */
enum manifest_grant {
	MANIFEST_GRANT_DEVNODES = 1,
	MANIFEST_GRANT_SETID = 2,
	MANIFEST_GRANT_CAPS = 4,
};

struct manifest_layer {
	enum manifest_kind kind;
	struct span name;
	uint8_t digest[DIGEST_SIZE];	/* of the file; also its name */
	uint64_t size;			/* of the file, bytes, not 0 */
	uint8_t index[DIGEST_SIZE];	/* of its index */
	uint64_t index_size;		/* bytes, not 0 */
	uint64_t unpacked;		/* overlay: bytes it takes when unpacked */
	uint64_t inodes;		/* overlay: inodes it takes */
	uint8_t base[DIGEST_SIZE];	/* overlay: captured against this base */
	bool has_boot;			/* base: */
	uint8_t boot[DIGEST_SIZE];	/* of boot/SHA256/files, the list of
					   its kernel and initrd; the name */
};

struct manifest_role {
	struct span name;
	unsigned int base;		/* indexes manifest.layers */
	unsigned int n_overlays;
	unsigned int overlays[MANIFEST_OVERLAYS_MAX];	/* lowest first */
	unsigned int grants;		/* enum manifest_grant, or-ed */
};

/* Another stack of layers for some of the machines of a role. */
struct manifest_image {
	struct span name;		/* one of its own among those of a role */
	unsigned int of;		/* indexes manifest.roles */
	unsigned int share;		/* of MANIFEST_SHARE_ALL */
	struct manifest_role is;	/* what to boot; has the role's name */
};

enum manifest_key { MANIFEST_MAC, MANIFEST_UUID, MANIFEST_SERIAL };

/* The first rule whose pattern matches the machine chooses the role. */
struct manifest_rule {
	enum manifest_key key;
	struct span pattern;		/* text_glob, lower case for MAC, UUID */
	unsigned int role;		/* indexes manifest.roles */
};

/* Machines that are not drawn: the first pin that matches has the say. */
struct manifest_pin {
	enum manifest_key key;
	struct span pattern;		/* as of a rule */
	unsigned int role;		/* indexes roles: while they have it */
	int image;			/* indexes images, -1: the role's own */
};

struct manifest {
	struct span channel;		/* or n 0 */
	struct span site;
	uint64_t epoch;			/* outranks serial; see trust.h */
	uint64_t serial;		/* rises by one with every publish */
	uint64_t created, expires;	/* seconds since 1970; expires 0: never */
	uint64_t min_init;		/* lowest MANIFEST_INIT_VERSION */
	uint64_t floor;			/* lowest serial still accepted */
	int default_role;		/* indexes roles, -1: none */
	unsigned int n_layers, n_roles, n_rules, n_mirrors, n_images, n_pins;
	struct manifest_layer layers[MANIFEST_LAYERS_MAX];
	struct manifest_role roles[MANIFEST_ROLES_MAX];
	struct manifest_rule rules[MANIFEST_RULES_MAX];
	struct span mirrors[MANIFEST_MIRRORS_MAX];	/* checked as URLs */
	struct manifest_image images[MANIFEST_IMAGES_MAX];
	struct manifest_pin pins[MANIFEST_PINS_MAX];
};

/* What a machine is known by; any may be "". MAC aa:bb:cc:dd:ee:ff. */
struct manifest_machine {
	char mac[18], uuid[37], serial[TEXT_NAME_MAX + 1];
};

/*
 * manifest_parse - decode @text; spans of @m point into it afterwards.
 *
 * Returns 0, -EBADMSG (not the grammar), -ENOTSUP (unknown critical key, or
 * min-init above MANIFEST_INIT_VERSION), -EOVERFLOW (too many or too long).
 * On error @f says why and at which offset; @m is not to be used.
 */
int manifest_parse(struct manifest *m, struct span text, struct fault *f);

/*
 * manifest_print - encode @m in canonical order; parse(print(m)) equals m.
 *
 * Returns the length (no NUL is counted or written), or -EOVERFLOW.
 */
int manifest_print(const struct manifest *m, char *buf, size_t size);

/* manifest_role - index of the role called @name, or -ENOENT. */
int manifest_role(const struct manifest *m, struct span name);

/*
 * manifest_role_of - index of the role of a machine: the first rule that
 * matches, else the default role, else -ENOENT.
 */
int manifest_role_of(const struct manifest *m,
		     const struct manifest_machine *machine);

/* manifest_matches - is @machine one of those "@key=@pattern" is about? */
bool manifest_matches(enum manifest_key key, struct span pattern,
		      const struct manifest_machine *machine);

/* manifest_version - the lowest min-init that what is in @m asks for. */
unsigned int manifest_version(const struct manifest *m);

/* manifest_image - index of image @name of @role, or -ENOENT. */
int manifest_image(const struct manifest *m, unsigned int role,
		   struct span name);

/*
 * manifest_image_id - what a draw is about: SHA-256 over the digests of base
 * and overlays in hex, a line each. The same layers always have the same.
 */
void manifest_image_id(const struct manifest *m, const struct manifest_role *r,
		       uint8_t id[DIGEST_SIZE]);

/*
 * manifest_draw - the place of @machine in the rollout of what has @id, 0 to
 * 9999, for ever the same (README.md has the formula); MANIFEST_SHARE_ALL when
 * nothing is known of the machine, so that no share below the whole reaches it.
 */
unsigned int manifest_draw(const uint8_t id[DIGEST_SIZE],
			   const struct manifest_machine *machine);

/*
 * manifest_image_of - which image of @role a machine boots: what pins it, else
 * the first image whose share its draw is below, else -1: the role's own.
 */
int manifest_image_of(const struct manifest *m, unsigned int role,
		      const struct manifest_machine *machine);

#endif
