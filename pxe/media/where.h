/* SPDX-License-Identifier: MIT */
/* where.h - where files lie on a finished medium. */
#ifndef MEDIA_WHERE_H
#define MEDIA_WHERE_H

#include <stddef.h>
#include <stdint.h>

#define WHERE_BLOCK 2048

struct where_file {
	char *path;
	uint64_t at, size; /* bytes */
};

struct where {
	char *image;
	struct where_file *files;
	unsigned int n;
};

/* where_read - every file on @image (a file or a device) that is in one
 * piece; dies when it is no ISO 9660. where_free - what it holds. */
void where_read(struct where *w, const char *image);
void where_free(struct where *w);

/* where_find - the file at @path, or NULL. */
const struct where_file *where_find(const struct where *w, const char *path);

/* where_slurp - the bytes of the file at @path, NUL terminated and malloc-ed,
 * or NULL when it is not there or larger than WHERE_SLURP_MAX. */
#define WHERE_SLURP_MAX (1u << 20)
char *where_slurp(const struct where *w, const char *path, size_t *size);

#endif
