/* SPDX-License-Identifier: MIT */
/* archive.h - a newc archive written member by member, uncompressed. */
#ifndef MEDIA_ARCHIVE_H
#define MEDIA_ARCHIVE_H

#include "host/outfile.h"

struct archive {
	struct outfile *out;
	unsigned int ino;
	unsigned int mtime; /* of all members */
};

/*
 * archive_dir, archive_data, archive_file - add a folder, @size bytes at @p,
 * or the contents of the file @from, as @name. archive_end - the trailer, up
 * to a block of 512. All die naming what failed.
 */
void archive_dir(struct archive *a, const char *name);
void archive_data(struct archive *a, const char *name, const void *p,
		  size_t size);
void archive_file(struct archive *a, const char *name, const char *from);
void archive_end(struct archive *a);

/* archive_append - the file @from behind what was written, as it is. */
void archive_append(struct archive *a, const char *from);

#endif
