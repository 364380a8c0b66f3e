/* SPDX-License-Identifier: MIT */
/* base.h - the base an initrd is packed for: its kernel and modules. */
#ifndef MKINITRD_BASE_H
#define MKINITRD_BASE_H

#include <stddef.h>
#include <stdint.h>
#include "host/site.h"
#include "host/sqread.h"

#define BASE_FILE_MAX (256u << 20)

struct base {
	const char *name;
	const char *digest;  /* as base.info has it */
	const char *release; /* of the kernel inside */
	uint64_t created;    /* seconds since 1970 */
	struct ini info;
	struct sqread *image;
	char *modules; /* "usr/lib/modules/RELEASE" inside */
};

/* base_open - SITE/build/bases/@name, or dies with what to do first. */
void base_open(struct base *b, const struct site *s, const char *name);
void base_close(struct base *b);

/*
 * base_file - a file of the image, symlinks followed; malloc-ed and NUL
 * terminated, or NULL when there is none. Dies when it cannot be read.
 */
void *base_file(struct base *b, const char *path, size_t *size);

/* base_kernel - vmlinuz, or dies. */
void *base_kernel(struct base *b, size_t *size);

#endif
