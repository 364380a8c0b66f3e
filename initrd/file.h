/* SPDX-License-Identifier: MIT */
/* file.h - small files whole: read bounded, written atomically. */
#ifndef FILE_H
#define FILE_H

#include <sys/types.h>
#include "format/env.h"

/*
 * file_read - @path into @buf, NUL terminated.
 *
 * Returns the length, or -errno; -EOVERFLOW when it does not fit @size - 1.
 */
int file_read(const char *path, void *buf, size_t size);

/* file_read_line - file_read without the newline at the end. */
int file_read_line(const char *path, char *buf, size_t size);

/* file_write - through a temporary beside it and rename(); 0 or -errno. */
int file_write(const char *path, const void *p, size_t size, unsigned int mode);

/* file_get - read(2), again when interrupted; the count or -errno. */
ssize_t file_get(int fd, void *p, size_t size);

/* file_get_at - pread(2) until @size or the end; the count or -errno. */
ssize_t file_get_at(int fd, void *p, size_t size, uint64_t at);

/* file_put - write(2) until all is written; 0 or -errno. */
int file_put(int fd, const void *p, size_t size);

#endif
