/* SPDX-License-Identifier: MIT */
/* klibc.h - what klibc declares and glibc does not; read before every file. */
#ifndef TWIN_KLIBC_H
#define TWIN_KLIBC_H

#include <dirent.h>
#include <string.h>

/* its struct dirent is the kernel's, which glibc's is too on 64 bits */
#define getdents getdents64

#if !__GLIBC_PREREQ(2, 38)
static inline size_t strlcpy(char *to, const char *from, size_t size)
{
	size_t n = strlen(from), kept = n < size ? n : size - 1;

	if (size) {
		memcpy(to, from, kept);
		to[kept] = '\0';
	}
	return n;
}
#endif

#endif
