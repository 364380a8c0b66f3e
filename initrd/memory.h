/* SPDX-License-Identifier: MIT */
/* memory.h - what a role takes, in bytes. */
#ifndef MEMORY_H
#define MEMORY_H

#include "boot.h"

#define MEMORY_PAGE 4096ull

/* memory_pages - @size rounded up to whole pages, ~0 when that overflows. */
uint64_t memory_pages(uint64_t size);

/*
 * memory_window - bytes for files of overlays at one time: all of them where
 * memory allows, else the largest. Known from memory_check() on.
 *
 * memory_store - bytes of the tmpfs that downloads go to: the base, and that
 * window. ~0 when the manifest's numbers overflow.
 */
uint64_t memory_window(const struct boot *b);
uint64_t memory_store(const struct boot *b);

/* memory_sample - note what is in use now in b->memory, if that is more. */
void memory_sample(struct boot *b);

#endif
