/* SPDX-License-Identifier: MIT */
/*
 * pe.h - sections put behind those of an EFI program (Microsoft PE Format):
 * how a stub gets its kernel. objcopy does it too, but writes the time of day
 * into the result.
 */
#ifndef MEDIA_PE_H
#define MEDIA_PE_H

#include <stddef.h>

struct pe_section {
	const char *name; /* at most 8 characters */
	const void *p;
	size_t size; /* bytes, below 1 GiB */
};

/*
 * pe_append - @image, a PE32+ program of @size bytes for x86-64 without a
 * signature, and @n more sections, in memory and in the file behind all that
 * is there. malloc-ed, *@out_size bytes; the same input gives the same bytes.
 * Dies, naming @path, when it is none or its headers have no room.
 */
void *pe_append(const char *path, const void *image, size_t size,
		const struct pe_section *sections, unsigned int n,
		size_t *out_size);

#endif
