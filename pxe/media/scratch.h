/* SPDX-License-Identifier: MIT */
/* scratch.h - small files for other programs to read, in $TMPDIR or /tmp. */
#ifndef MEDIA_SCRATCH_H
#define MEDIA_SCRATCH_H

#include <stddef.h>

/* scratch_file - one with the @size bytes at @p; its path, malloc-ed. It is
 * removed when the program ends. scratch_drop - now, and free @path. */
char *scratch_file(const void *p, size_t size);
void scratch_drop(char *path);

#endif
