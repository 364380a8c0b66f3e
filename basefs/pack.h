/* SPDX-License-Identifier: MIT */
/*
 * pack.h - write a squashfs image through libsquashfs: zstd, blocks of
 * 128 KiB, no export table. Same calls, same bytes, whatever @jobs is.
 *
 * Order: pack_open; for each file pack_xattrs, then for a regular file
 * pack_begin, pack_data..., pack_end; tree_sort; pack_finish. All of them die
 * naming the image when they cannot go on.
 */
#ifndef BASEFS_PACK_H
#define BASEFS_PACK_H

#include "host/tree.h"

#define PACK_BLOCK (128u << 10)

struct pack;

struct pack_xattr {
	const char *name;
	const void *value;
	size_t size;
};

/* pack_open - an image at @path (emptied), packed by @jobs threads. */
struct pack *pack_open(const char *path, unsigned int level, unsigned int jobs);

/* pack_keeps - can squashfs hold an attribute of this name? */
bool pack_keeps(const char *name);

/* pack_xattrs - the token of a sorted set of attributes. */
uint32_t pack_xattrs(struct pack *p, const struct pack_xattr *x, size_t n);

void pack_begin(struct pack *p, struct tree_inode *inode);
void pack_data(struct pack *p, const void *data, size_t size);
void pack_end(struct pack *p);

/* pack_finish - write what is left, dated @mtime, and free @p. */
void pack_finish(struct pack *p, struct tree *t, uint32_t mtime);

#endif
