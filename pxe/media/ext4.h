/* SPDX-License-Identifier: MIT */
/*
 * ext4.h - an ext4 file system inside an image or a disk, made and filled by
 * e2fsprogs at an offset: nothing is mounted, and nobody has to be root.
 * Its bytes are those that its inputs say, at whatever time it is made.
 */
#ifndef MEDIA_EXT4_H
#define MEDIA_EXT4_H

#include <stdint.h>
#include <stdio.h>

#include "format/digest.h"

struct ext4 {
	const char *path;      /* of the image or disk */
	uint64_t offset, size; /* bytes */
	const char *label, *uuid, *hash_seed;
	uint64_t time; /* of everything in it, seconds since 1970 */
	/* what is to be written */
	char *text;
	size_t text_size;
	FILE *script;
};

/* ext4_make - an empty one. */
void ext4_make(struct ext4 *fs);

/*
 * ext4_dir, ext4_file - note a folder; the file @from as @to (0644). Folders
 * come before what is in them, every path is absolute. ext4_write - write what
 * was noted. All die naming what failed.
 */
void ext4_dir(struct ext4 *fs, const char *dir);
void ext4_file(struct ext4 *fs, const char *from, const char *to);
void ext4_write(struct ext4 *fs);

/* ext4_check - die unless the file @to has this digest, read back. */
void ext4_check(const struct ext4 *fs, const char *to,
		const char hex[DIGEST_HEX + 1]);

#endif
