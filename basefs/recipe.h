/* SPDX-License-Identifier: MIT */
/* recipe.h - bases/NAME/base.conf: what a base is made from. */
#ifndef BASEFS_RECIPE_H
#define BASEFS_RECIPE_H

#include <stdbool.h>
#include <stdint.h>
#include "host/site.h"

/* One suite of one mirror. */
struct recipe_archive {
	char *uri, *suite;
	char *line; /* for apt's sources.list */
};

struct vendor;

struct recipe {
	const char *name;
	char *dir;   /* bases/NAME */
	bool exists; /* base.conf is there */
	struct ini conf;
	const char *suite, *variant, *arch, *profile;
	const char *from_arch; /* what arch= says, or NULL */
	char *from;	       /* an existing system, or NULL: suite then is
				  NULL, and so are the lists */
	const struct vendor *vendor;
	const char *keyring; /* or NULL: the vendor's */
	char **components;
	char **packages; /* with the kernel */
	struct recipe_archive *archives;
	size_t n_archives;  /* the first has the suite itself */
	unsigned int level; /* zstd */
	uint64_t budget;    /* bytes of the image, 0: none */
};

/*
 * recipe_read - read and check base.conf, or die naming file and key. With
 * @may_miss there need be none: suite is NULL then. @profile, when not NULL,
 * outranks the file's.
 */
void recipe_read(struct recipe *r, const struct site *s, const char *name,
		 const char *profile, bool may_miss);

/* recipe_signers - die naming the package when the keyring of a vendor that
 * this machine need not know is not there. */
void recipe_signers(const struct recipe *r);

/* recipe_level - of zstd, for a profile; dies with @where. */
unsigned int recipe_level(const char *profile, const char *where);

/* recipe_archives - fill in archives from mirror=, or as this machine's own
 * apt has it. */
void recipe_archives(struct recipe *r);

#endif
