/* SPDX-License-Identifier: MIT */
/*
 * cache.h - bases that were built before, by the key of their inputs:
 * $CACHE/bases/KEY.squashfs, KEY.info and KEY.packages, the newest few.
 */
#ifndef BASEFS_CACHE_H
#define BASEFS_CACHE_H

#include <stdbool.h>

/* cache_copy - @from as @to, sharing its blocks where the file system can. */
void cache_copy(const char *from, const char *to);

/*
 * cache_get - put the image, info and packages of @key at the paths. False when
 * there is none, or when it is damaged (it is removed then).
 */
bool cache_get(const char *key, const char *image, const char *info,
	       const char *packages);

/* cache_put - keep them; failing to is no more than a warning. */
void cache_put(const char *key, const char *image, const char *info,
	       const char *packages);

/* cache_find - the newest key with this recipe=, malloc-ed, or NULL. */
char *cache_find(const char *recipe);

#endif
