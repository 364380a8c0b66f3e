/* SPDX-License-Identifier: MIT */
/*
 * fslabel.h - which file system is on a block device, and its label, out of
 * the first bytes: ISO 9660 (ECMA-119, 8.4), FAT (EFI FAT32 specification,
 * "boot sector"), ext2 to ext4 (kernel: filesystems/ext4/super.rst).
 */
#ifndef FORMAT_FSLABEL_H
#define FORMAT_FSLABEL_H

#include "format/env.h"

#define FSLABEL_HEAD (0x8000 + 2048)	/* bytes to look at */
#define FSLABEL_MAX 32

struct fslabel {
	const char *type;		/* as mount(2) wants it */
	char label[FSLABEL_MAX + 1];	/* without the padding; may be "" */
};

/*
 * fslabel_parse - look at the first @size bytes of a device.
 *
 * An ISO comes first: a hybrid one has a boot sector too. Returns 0, or
 * -ENOENT: none of these, or cut short. A label with a byte outside
 * 0x20..0x7e is none.
 */
int fslabel_parse(struct fslabel *l, const uint8_t *p, size_t size);

#endif
