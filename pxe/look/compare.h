/* SPDX-License-Identifier: MIT */
/* compare.h - two looks, entry by entry. */
#ifndef LOOK_COMPARE_H
#define LOOK_COMPARE_H

#include "look.h"

enum compare_what {
	COMPARE_ADDED = 1,
	COMPARE_REMOVED = 2,
	COMPARE_TYPE = 4,    /* file, folder, link..., or deleted or opaque */
	COMPARE_CONTENT = 8, /* of a file, target of a link, device numbers */
	COMPARE_MODE = 16,
	COMPARE_OWNER = 32,
	COMPARE_XATTRS = 64,
	COMPARE_TIME = 128,
};

/*
 * compare - tell @fn of each path that differs, in byte order, and in what
 * (enum compare_what, or-ed). @a or @b is NULL where a side has no such path.
 */
void compare(struct look *old, struct look *new,
	     void (*fn)(void *user, const struct look_entry *a,
			const struct look_entry *b, unsigned int what),
	     void *user);

#endif
