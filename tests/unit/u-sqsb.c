// SPDX-License-Identifier: MIT
/* u-sqsb.c - the squashfs superblock, field by field. */
#include "format/sqsb.h"
#include "unit.h"

#define IMAGE 4096
#define NONE  UINT64_MAX

static void put(uint8_t *b, unsigned int at, unsigned int width, uint64_t v)
{
	while (width--) {
		b[at++] = v;
		v >>= 8;
	}
}

/* A zstd image of 4,000 used bytes in 4,096, export and fragment tables. */
static void good(uint8_t b[SQSB_SIZE])
{
	put(b, 0, 4, 0x73717368);
	put(b, 4, 4, 7);
	put(b, 8, 4, 1700000000);
	put(b, 12, 4, 131072);
	put(b, 16, 4, 1);
	put(b, 20, 2, SQSB_ZSTD);
	put(b, 22, 2, 17);
	put(b, 24, 2, 0xc0);
	put(b, 26, 2, 2);
	put(b, 28, 2, 4);
	put(b, 30, 2, 0);
	put(b, 32, 8, 0x60);
	put(b, 40, 8, 4000);
	put(b, 48, 8, 3900);
	put(b, 56, 8, NONE);
	put(b, 64, 8, 3000);
	put(b, 72, 8, 3200);
	put(b, 80, 8, 3400);
	put(b, 88, 8, 3600);
}

static void whole(void)
{
	struct fault f = {0};
	uint8_t b[SQSB_SIZE];
	struct sqsb s;

	good(b);
	CHECK_INT(sqsb_parse(&s, b, sizeof(b), IMAGE, &f), 0);
	CHECK(!f.why);
	CHECK_INT(s.inodes, 7);
	CHECK_INT(s.mtime, 1700000000);
	CHECK_INT(s.block_size, 131072);
	CHECK_INT(s.fragments, 1);
	CHECK_INT(s.compressor, SQSB_ZSTD);
	CHECK_INT(s.flags, 0xc0);
	CHECK_INT(s.ids, 2);
	CHECK_INT(s.bytes_used, 4000);
	CHECK_INT(sqsb_parse(&s, b, sizeof(b), 4000, NULL), 0);
}

/* One field changed; where is what the fault has to point at. */
static const struct row {
	const char *name;
	unsigned int at, width;
	uint64_t v;
	int err;
	unsigned int where;
} rows[] = {
	{"magic", 0, 4, 0x73717369, -EBADMSG, 0},
	{"magic of the other endian", 0, 4, 0x68737173, -EBADMSG, 0},
	{"no inodes", 4, 4, 0, -EBADMSG, 4},
	{"no ids", 26, 2, 0, -EBADMSG, 4},
	{"block is not its log", 12, 4, 65536, -EBADMSG, 12},
	{"log is not its block", 22, 2, 16, -EBADMSG, 12},
	{"log 0", 22, 2, 0, -EBADMSG, 12},
	{"log 49", 22, 2, 49, -EBADMSG, 12},
	{"log 65535", 22, 2, 65535, -EBADMSG, 12},
	{"block 0", 12, 4, 0, -EBADMSG, 12},
	{"compressor 0", 20, 2, 0, -ENOTSUP, 20},
	{"compressor 7", 20, 2, 7, -ENOTSUP, 20},
	{"compressor 65535", 20, 2, 65535, -ENOTSUP, 20},
	{"flag 12", 24, 2, 0x1000, -ENOTSUP, 24},
	{"flag 15", 24, 2, 0x8000, -ENOTSUP, 24},
	{"major 3", 28, 2, 3, -EBADMSG, 28},
	{"major 5", 28, 2, 5, -EBADMSG, 28},
	{"minor 1", 30, 2, 1, -EBADMSG, 28},
	{"uses 95", 40, 8, 95, -EBADMSG, 40},
	{"uses 0", 40, 8, 0, -EBADMSG, 40},
	{"uses one too many", 40, 8, IMAGE + 1, -ENODATA, 40},
	{"uses 2^63", 40, 8, 1ull << 63, -ENODATA, 40},
	{"uses 2^64 - 1", 40, 8, NONE, -ENODATA, 40},
	{"uses less than its tables", 40, 8, 3900, -EBADMSG, 48},
	{"inodes in the head", 64, 8, 95, -EBADMSG, 64},
	{"inodes absent", 64, 8, NONE, -EBADMSG, 64},
	{"inodes behind the end", 64, 8, 4000, -EBADMSG, 64},
	{"inodes behind directories", 64, 8, 3201, -EBADMSG, 72},
	{"directories absent", 72, 8, NONE, -EBADMSG, 72},
	{"directories behind fragments", 72, 8, 3401, -EBADMSG, 80},
	{"fragments behind exports", 80, 8, 3601, -EBADMSG, 88},
	{"fragments at 2^64 - 2", 80, 8, NONE - 1, -EBADMSG, 80},
	{"exports behind ids", 88, 8, 3901, -EBADMSG, 48},
	{"ids absent", 48, 8, NONE, -EBADMSG, 48},
	{"ids at 0", 48, 8, 0, -EBADMSG, 48},
	{"xattrs before ids", 56, 8, 3899, -EBADMSG, 56},
	{"xattrs at the end", 56, 8, 4000, -EBADMSG, 56},
};

static void refused(void)
{
	uint8_t b[SQSB_SIZE];
	struct sqsb s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = {0};

		unit_row = rows[i].name;
		good(b);
		put(b, rows[i].at, rows[i].width, rows[i].v);
		CHECK_INT(sqsb_parse(&s, b, sizeof(b), IMAGE, &f), rows[i].err);
		CHECK(f.why);
		CHECK_INT(f.where, rows[i].where);
	}
}

static const struct row kept[] = {
	{"one inode", 4, 4, 1, 0, 0},
	{"no time", 8, 4, 0, 0, 0},
	{"no fragments", 80, 8, NONE, 0, 0},
	{"no exports", 88, 8, NONE, 0, 0},
	{"xattrs last", 56, 8, 3999, 0, 0},
	{"uses all", 40, 8, IMAGE, 0, 0},
	{"all flags", 24, 2, 0x0fff, 0, 0},
	{"gzip", 20, 2, SQSB_GZIP, 0, 0},
	{"inodes at the head's end", 64, 8, 96, 0, 0},
	{"tables that touch", 72, 8, 3000, 0, 0},
};

static void accepted(void)
{
	uint8_t b[SQSB_SIZE];
	struct sqsb s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		unit_row = kept[i].name;
		good(b);
		put(b, kept[i].at, kept[i].width, kept[i].v);
		CHECK_INT(sqsb_parse(&s, b, sizeof(b), IMAGE, NULL), 0);
	}
}

static void blocks(void)
{
	uint8_t b[SQSB_SIZE];
	struct sqsb s;
	unsigned int log;

	for (log = 0; log < 32; log++) {
		good(b);
		put(b, 22, 2, log);
		put(b, 12, 4, 1u << log);
		CHECK_INT(sqsb_parse(&s, b, sizeof(b), IMAGE, NULL),
			  log >= 12 && log <= 20 ? 0 : -EBADMSG);
	}
}

/* Fewer bytes than a head, in hand or in the image. */
static void cut(void)
{
	uint8_t b[SQSB_SIZE];
	struct sqsb s;
	size_t n;

	good(b);
	for (n = 0; n < SQSB_SIZE; n++) {
		CHECK_INT(sqsb_parse(&s, b, n, IMAGE, NULL), -ENODATA);
		CHECK_INT(sqsb_parse(&s, b, SQSB_SIZE, n, NULL), -ENODATA);
	}
	CHECK_INT(sqsb_parse(&s, b, SQSB_SIZE, 3999, NULL), -ENODATA);
}

static void names(void)
{
	CHECK_STR(sqsb_compressor_name(SQSB_GZIP), "gzip");
	CHECK_STR(sqsb_compressor_name(SQSB_ZSTD), "zstd");
	CHECK_STR(sqsb_compressor_name(0), "unknown");
	CHECK_STR(sqsb_compressor_name(7), "unknown");
	CHECK_STR(sqsb_compressor_name(~0u), "unknown");
}

UNIT_MAIN(UNIT_CASE(whole), UNIT_CASE(refused), UNIT_CASE(accepted),
	  UNIT_CASE(blocks), UNIT_CASE(cut), UNIT_CASE(names))
