/* SPDX-License-Identifier: MIT */
/*
 * pkgrepo.h - an archive of exactly the packages of a lock, for apt: whatever
 * it is asked to install comes out of it, or there is no such package. That
 * nobody has signed it does not matter: the lock has each package's digest.
 */
#ifndef HOST_PKGREPO_H
#define HOST_PKGREPO_H

#include <stdbool.h>

#include "host/pkglist.h"

struct pkgrepo {
	const char *what; /* whose lock: "role web" */
	const struct pkglist *lock;
	const char *debs; /* folder of packages that were fetched */
	char **uris;	  /* of archives to fetch from */
	bool offline;
};

/*
 * pkgrepo_fetch - have every package in @debs, by its digest; dies naming the
 * first that is not to be had.
 */
void pkgrepo_fetch(const struct pkgrepo *r);

/*
 * pkgrepo_make - in the folder @dir: an index for apt, and a symlink for each
 * package to where @at has it (@debs under the name that apt will see).
 */
void pkgrepo_make(const struct pkgrepo *r, const char *dir, const char *at);

/* pkgrepo_uris - add to @uris (NULL terminated or NULL) all addresses of
 * archives in @text, a sources.list of either format; malloc-ed. */
char **pkgrepo_uris(char **uris, const char *text);

#endif
