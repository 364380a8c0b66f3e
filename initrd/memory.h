/* SPDX-License-Identifier: MIT */
/* memory.h - what a role takes, in bytes. */
#ifndef MEMORY_H
#define MEMORY_H

#include "boot.h"

#define MEMORY_PAGE 4096ull

/* memory_pages - @size rounded up to whole pages, ~0 when that overflows. */
uint64_t memory_pages(uint64_t size);

/*
 * memory_store - bytes of the tmpfs that downloads go to: the base and, one
 * at a time, each overlay's file. ~0 when the manifest's numbers overflow.
 */
uint64_t memory_store(const struct boot *b);

/* memory_overlay - bytes an unpacked overlay takes, ~0 on overflow. */
uint64_t memory_overlay(const struct manifest_layer *m);

#endif
