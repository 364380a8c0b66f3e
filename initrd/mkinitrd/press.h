/* SPDX-License-Identifier: MIT */
/* press.h - compression in memory: the initrd's own, and modules' undone. */
#ifndef MKINITRD_PRESS_H
#define MKINITRD_PRESS_H

#include <stddef.h>

/* press_zstd - one frame, the same bytes on any number of cores; malloc-ed. */
void *press_zstd(const void *p, size_t size, size_t *out_size);

/*
 * press_undo - inflate what gzip, xz or zstd made of @p; malloc-ed. Dies,
 * naming @what, when it is damaged or grows beyond @max.
 */
void *press_undo(const char *what, const void *p, size_t size, size_t max,
		 size_t *out_size);

#endif
