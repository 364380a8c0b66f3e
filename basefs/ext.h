/* SPDX-License-Identifier: MIT */
/*
 * ext.h - read a file system of ext2, ext3 or ext4 inside a file. ext.c and
 * extfeed.c alone name libext2fs.
 */
#ifndef BASEFS_EXT_H
#define BASEFS_EXT_H

#include "image.h"

struct ext;

/* ext_open - the one that begins @offset bytes into @path, or die. */
struct ext *ext_open(const char *path, uint64_t offset);
void ext_close(struct ext *x);

/* ext_has - is there something at @path? */
bool ext_has(struct ext *x, const char *path);

/* ext_is - does "LABEL=..." or "UUID=..." name it? */
bool ext_is(struct ext *x, const char *spec);

/* ext_text - a regular file, malloc-ed and NUL terminated; NULL when it is
 * not there, something else, or above @max bytes. */
char *ext_text(struct ext *x, const char *path, size_t max);

/* ext_feed - all of it, below @at ("": as the root), or die. */
void ext_feed(struct ext *x, struct image *im, const char *at);

#endif
