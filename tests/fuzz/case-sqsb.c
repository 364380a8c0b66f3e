// SPDX-License-Identifier: MIT
/* case-sqsb.c - squashfs superblocks: row M3 and the first half of M2. */
#include <string.h>

#include "cases.h"
#include "format/sqsb.h"

#define IMAGE 1048576u
#define NONE  UINT64_MAX

/* Offsets of the tables, in their order in an image. */
static const unsigned int tables[] = {64, 72, 80, 88, 48, 56};

/* An image of up to 1 MiB; fragments, exports and attributes may lack. */
static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int log = 12 + rng_below(r, 9), i;
	uint64_t at = SQSB_SIZE + rng_below(r, 9000);

	bytes_set(b, "", 0);
	for (i = 0; i < SQSB_SIZE; i++)
		bytes_add(b, "", 1);
	bytes_le(b, 0, 4, 0x73717368);
	bytes_le(b, 4, 4, 1 + rng_below(r, 5000));
	bytes_le(b, 8, 4, rng_next(r));
	bytes_le(b, 12, 4, 1u << log);
	bytes_le(b, 16, 4, rng_below(r, 9));
	bytes_le(b, 20, 2, 1 + rng_below(r, 6));
	bytes_le(b, 22, 2, log);
	bytes_le(b, 24, 2, rng_below(r, 0x1000));
	bytes_le(b, 26, 2, 1 + rng_below(r, 9));
	bytes_le(b, 28, 2, 4);
	bytes_le(b, 32, 8, rng_next(r));
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		bool lacks = (i == 2 || i == 3 || i == 5) && !rng_below(r, 3);

		bytes_le(b, tables[i], 8, lacks ? NONE : at);
		at += rng_below(r, 3000);
	}
	bytes_le(b, 40, 8, at + 1 + rng_below(r, 4000));
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct sqsb s;

	return sqsb_parse(&s, p, n, IMAGE, f);
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = k % SQSB_SIZE;
}

static void magic(struct bytes *b, uint64_t k, struct rng *r)
{
	b->p[k / 8 % 4] ^= 1 << k % 8;
}

static void version(struct bytes *b, uint64_t k, struct rng *r)
{
	b->p[28 + k / 8 % 4] ^= 1 << k % 8;
}

/* Size and logarithm each with one bit turned: they never agree again. */
static void block(struct bytes *b, uint64_t k, struct rng *r)
{
	k %= 48;
	b->p[k < 32 ? 12 + k / 8 : 22 + k / 8 - 4] ^= 1 << k % 8;
}

static void block_size(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t logs[] = {0, 1, 9, 10, 11, 21, 22, 24, 30, 31};
	unsigned int log = logs[k % ARRAY_SIZE(logs)];

	bytes_le(b, 12, 4, 1u << log);
	bytes_le(b, 22, 2, log);
}

static void compressor(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_le(b, 20, 2, k ? 7 + rng_below(r, 65529) : 0);
}

static void flags(struct bytes *b, uint64_t k, struct rng *r)
{
	b->p[25] |= 0x10 << k % 4;
}

static void no_inodes(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_le(b, 4, 4, 0);
}

static void no_ids(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_le(b, 26, 2, 0);
}

static uint64_t used(const struct bytes *b)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | b->p[40 + i];
	return v;
}

static void uses_more(struct bytes *b, uint64_t k, struct rng *r)
{
	uint64_t over = k % 64 < 44 ? 1ull << (k % 44 + 20) : 1 + k % 64;

	bytes_le(b, 40, 8, k % 64 == 63 ? NONE : IMAGE + over);
}

static void uses_less(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_le(b, 40, 8, bytes_spread(k, SQSB_SIZE));
}

/* A table that is needed, in the head, at the end, or anywhere behind it. */
static void outside(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int at = tables[k % ARRAY_SIZE(tables)];
	uint64_t how = k / ARRAY_SIZE(tables) % 4;
	uint64_t where = how == 0   ? rng_below(r, SQSB_SIZE)
			 : how == 1 ? used(b)
			 : how == 2 ? used(b) + (1 + rng_below(r, 1u << 30))
				    : (1ull << 63) + rng_below(r, 1u << 30);

	bytes_le(b, at, 8, where);
}

static void absent(struct bytes *b, uint64_t k, struct rng *r)
{
	static const unsigned int needed[] = {64, 72, 48};

	bytes_le(b, needed[k % 3], 8, NONE);
}

/* Behind the next one of those that are always there. */
static void order(struct bytes *b, uint64_t k, struct rng *r)
{
	static const unsigned int pair[][2] = {{64, 72}, {72, 48}, {64, 48}};
	unsigned int first = pair[k % 3][0], next = pair[k % 3][1];
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | b->p[next + i];
	bytes_le(b, first, 8, v + 1 + rng_below(r, 64));
}

static const struct rule rules[] = {
	RULE("cut", cut, 4),
	RULE("a bit of the magic", magic, 2),
	RULE("a bit of the version", version, 2),
	RULE("a bit of the block size or its log", block, 3),
	RULE("block size out of range", block_size, 1),
	RULE("unknown compressor", compressor, 2),
	RULE("unknown flag", flags, 1),
	RULE("no inodes", no_inodes, 1),
	RULE("no ids", no_ids, 1),
	RULE("uses more than the image", uses_more, 3),
	RULE("uses less than the head", uses_less, 2),
	RULE("a table outside", outside, 4),
	RULE("a table absent", absent, 1),
	RULE("tables out of order", order, 2),
};

static const char *const words[] = {"hsqs", "sqsh", "\x04\0\0\0", NULL};

const struct format case_sqsb = {"sqsb", NULL,	       good,
				 decode, RULES(rules), words};
