/* SPDX-License-Identifier: MIT */
/*
 * custom.h - what may be set on a finished medium: two files of fixed size,
 * overwritten where they lie. The first is GRUB's environment block (data
 * that is never run), the second an archive, read before the initrd and so
 * unable to replace any file of it.
 */
#ifndef MEDIA_CUSTOM_H
#define MEDIA_CUSTOM_H

#include <stddef.h>
#include <stdint.h>

#include "host/outfile.h"

#define CUSTOM_ENV	   "/boot/custom.env"
#define CUSTOM_IMG	   "/boot/custom.img"
#define CUSTOM_ENV_SIZE	   4096
#define CUSTOM_RESERVE_MIB 4
#define CUSTOM_RESERVE_MAX 1024 /* MiB */

/* Each NULL when it is not set. */
struct custom {
	const char *url, *role, *append;
	const char *base;    /* whose kernel the role takes */
	const char *answer;  /* file of data for the role */
	const char *overlay; /* publish tree that goes before the medium's */
};

/* custom_blank - the block when nothing is set. */
void custom_blank(char block[CUSTOM_ENV_SIZE]);

/*
 * custom_block - what @c sets, as the block; dies when it does not fit or
 * holds what GRUB cannot hand on. @extra: an archive goes with it.
 */
void custom_block(char block[CUSTOM_ENV_SIZE], const struct custom *c,
		  int extra);

/* custom_value - the value of @name in a block, malloc-ed, or NULL. */
char *custom_value(const char block[CUSTOM_ENV_SIZE], const char *name);

#endif
