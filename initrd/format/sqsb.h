/* SPDX-License-Identifier: MIT */
/*
 * sqsb.h - the squashfs 4.0 superblock (kernel: fs/squashfs/squashfs_fs.h):
 * is it one, is it whole, can this kernel's module read it?
 */
#ifndef FORMAT_SQSB_H
#define FORMAT_SQSB_H

#include "format/env.h"

#define SQSB_SIZE 96

enum sqsb_compressor {
	SQSB_GZIP = 1, SQSB_LZMA, SQSB_LZO, SQSB_XZ, SQSB_LZ4, SQSB_ZSTD
};

struct sqsb {
	uint32_t inodes, mtime, block_size, fragments;
	uint16_t compressor, flags, ids;
	uint64_t bytes_used;
};

/*
 * sqsb_parse - check the first SQSB_SIZE bytes of an image of @image_size.
 *
 * Returns 0, -ENODATA (image cut: bytes_used beyond it), -EBADMSG (not
 * squashfs 4.0, block size not 4 KiB..1 MiB or not matching its log, tables
 * outside the image or out of order, no inodes or ids), -ENOTSUP (unknown
 * compressor or flag). @f says why and at which offset.
 */
int sqsb_parse(struct sqsb *s, const void *buf, size_t size,
	       uint64_t image_size, struct fault *f);

/* sqsb_compressor_name - "gzip", "zstd", ... or "unknown". */
const char *sqsb_compressor_name(unsigned int id);

#endif
