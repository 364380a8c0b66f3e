/* SPDX-License-Identifier: MIT */
/*
 * twice.h - the proof that a build depends on nothing but its inputs: built
 * again under another folder, umask, locale, time zone and number of
 * processors, and the first difference by name.
 */
#ifndef HOST_TWICE_H
#define HOST_TWICE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "format/digest.h"
#include "host/site.h"

/*
 * twice_site - another folder with all of site @s but build/, by symlinks, in
 * build/; removed when we end. malloc-ed.
 */
char *twice_site(const struct site *s);

/* twice_link - have @path of the site (below build/) there as well. */
void twice_link(const struct site *s, const char *other, const char *path);

/* twice_run - this very program with the arguments @argv ([0] is ignored),
 * under those other conditions. Dies when it fails. */
void twice_run(const char **argv);

/* What two images of a tree are told apart by. */
struct twice_entry {
	char *path;
	mode_t mode;
	uint32_t uid, gid, mtime, links;
	uint8_t content[DIGEST_SIZE]; /* data, target, device numbers */
	uint8_t xattrs[DIGEST_SIZE];
};

struct twice_list {
	size_t n;
	struct twice_entry *list;
};

/* twice_add - one more, zeroed, with a copy of @path. */
struct twice_entry *twice_add(struct twice_list *l, const char *path);

/* twice_diff - the first path that differs and in what, as slipway diff says
 * it, malloc-ed; NULL when none does. Sorts both. */
char *twice_diff(struct twice_list *a, struct twice_list *b);

#endif
