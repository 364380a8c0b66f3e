/* SPDX-License-Identifier: MIT */
/* modinfo.h - what a kernel module says of itself: its .modinfo section. */
#ifndef MKINITRD_MODINFO_H
#define MKINITRD_MODINFO_H

#include <stddef.h>

/*
 * modinfo_each - call @fn with each value of @key ("firmware").
 *
 * Returns 0, or -EBADMSG when @elf is not a 64-bit little-endian ELF file
 * whose sections lie inside it.
 */
int modinfo_each(const void *elf, size_t size, const char *key,
		 void (*fn)(void *user, const char *value), void *user);

#endif
