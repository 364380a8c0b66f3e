// SPDX-License-Identifier: MIT
/*
 * sqsb.c - the squashfs 4.0 superblock (kernel: fs/squashfs/squashfs_fs.h).
 * All fields are little endian.
 */
#include "format/sqsb.h"

#define MAGIC	    0x73717368
#define ABSENT	    UINT64_MAX
#define FLAGS_KNOWN 0x0fff

static uint16_t le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* Offsets of the tables' starts, in the order they must have. */
static const struct {
	unsigned int at;
	bool may_lack;
	const char *why;
} tables[] = {
	{64, false, "inode table outside the image or out of order"},
	{72, false, "directory table outside the image or out of order"},
	{80, true, "fragment table outside the image or out of order"},
	{88, true, "export table outside the image or out of order"},
	{48, false, "id table outside the image or out of order"},
	{56, true, "xattr table outside the image or out of order"},
};

static int check_tables(const uint8_t *b, uint64_t end, struct fault *f)
{
	uint64_t at, last = SQSB_SIZE;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		at = le64(b + tables[i].at);
		if (tables[i].may_lack && at == ABSENT)
			continue;
		if (at < last || at >= end)
			return fault_set(f, -EBADMSG, tables[i].why,
					 tables[i].at);
		last = at;
	}
	return 0;
}

static int check_block(const uint8_t *b, uint32_t size, struct fault *f)
{
	uint16_t log = le16(b + 22);

	if (log < 12 || log > 20 || size != (uint32_t)1 << log)
		return fault_set(
			f, -EBADMSG,
			"block size is not 4 KiB..1 MiB, or not its log", 12);
	return 0;
}

int sqsb_parse(struct sqsb *s, const void *buf, size_t size,
	       uint64_t image_size, struct fault *f)
{
	const uint8_t *b = buf;
	struct sqsb t;
	int err;

	if (size < SQSB_SIZE || image_size < SQSB_SIZE)
		return fault_set(f, -ENODATA, "shorter than a superblock",
				 size);
	if (le32(b) != MAGIC)
		return fault_set(f, -EBADMSG, "not squashfs", 0);
	if (le16(b + 28) != 4 || le16(b + 30) != 0)
		return fault_set(f, -EBADMSG, "not squashfs 4.0", 28);
	t.inodes = le32(b + 4);
	t.mtime = le32(b + 8);
	t.block_size = le32(b + 12);
	t.fragments = le32(b + 16);
	t.compressor = le16(b + 20);
	t.flags = le16(b + 24);
	t.ids = le16(b + 26);
	t.bytes_used = le64(b + 40);
	if (!t.inodes || !t.ids)
		return fault_set(f, -EBADMSG, "no inodes or no ids", 4);
	err = check_block(b, t.block_size, f);
	if (err)
		return err;
	if (t.compressor < SQSB_GZIP || t.compressor > SQSB_ZSTD)
		return fault_set(f, -ENOTSUP, "unknown compressor", 20);
	if (t.flags & ~FLAGS_KNOWN)
		return fault_set(f, -ENOTSUP, "unknown flags", 24);
	if (t.bytes_used < SQSB_SIZE)
		return fault_set(f, -EBADMSG, "uses fewer bytes than its head",
				 40);
	if (t.bytes_used > image_size)
		return fault_set(f, -ENODATA, "image is cut short", 40);
	err = check_tables(b, t.bytes_used, f);
	if (err)
		return err;
	*s = t;
	return 0;
}

const char *sqsb_compressor_name(unsigned int id)
{
	static const char *const names[] = {"unknown", "gzip", "lzma", "lzo",
					    "xz",      "lz4",  "zstd"};

	return names[id < ARRAY_SIZE(names) ? id : 0];
}
