/* SPDX-License-Identifier: MIT */
/*
 * spool.h - the contents of all files of an overlay's archive, in a temporary
 * file without a name: the archive itself can be read only from its start.
 */
#ifndef LOOK_SPOOL_H
#define LOOK_SPOOL_H

#include <stddef.h>

struct spool;

/* spool_open - in $TMPDIR or /tmp; dies when it does not fit, or the archive
 * is damaged. spool_close - NULL is fine. */
struct spool *spool_open(const char *file);
void spool_close(struct spool *s);

/* spool_stream - the file at @path to @fn; stops at and returns its first
 * non-zero. Dies when there is no such file. */
int spool_stream(struct spool *s, const char *path,
		 int (*fn)(void *user, const void *p, size_t size), void *user);

#endif
