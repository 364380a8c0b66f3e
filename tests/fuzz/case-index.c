// SPDX-License-Identifier: MIT
/* case-index.c - indexes: counts, lengths and sums that do not fit. */
#include <string.h>

#include "cases.h"
#include "format/index.h"

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int n = 1 + rng_below(r, 12), i;
	uint8_t entry[INDEX_ENTRY], head[INDEX_HEADER], digest[DIGEST_SIZE];
	uint64_t sum = 0;

	bytes_set(b, head, INDEX_HEADER);
	for (i = 0; i < n; i++) {
		uint32_t len = 1 + rng_below(r, INDEX_CHUNK_MAX);

		for (unsigned int j = 0; j < DIGEST_SIZE; j++)
			digest[j] = rng_next(r);
		index_entry(entry, len, digest);
		bytes_add(b, entry, sizeof(entry));
		sum += len;
	}
	index_header(b->p, sum, n);
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct index ix;

	return index_open(&ix, p, n, f);
}

static unsigned int chunks(const struct bytes *b)
{
	return (b->n - INDEX_HEADER) / INDEX_ENTRY;
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = bytes_spread(k, b->n);
}

static void more(struct bytes *b, uint64_t k, struct rng *r)
{
	for (k %= 100; k + 1; k--)
		bytes_add(b, "", 1);
}

/* Every bit of magic, size and count. */
static void head_bit(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t bit = bytes_spread(k, 8 * INDEX_HEADER);

	b->p[bit / 8] ^= 1 << bit % 8;
}

/* Every bit of every length: the sum is another one. */
static void length_bit(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t bit = bytes_spread(k, 32 * chunks(b));

	b->p[INDEX_HEADER + bit / 32 * INDEX_ENTRY + bit % 32 / 8] ^=
		1 << bit % 8;
}

static void no_chunks(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = INDEX_HEADER;
	bytes_be(b, 8, 8, k ? rng_next(r) : 0);
	bytes_be(b, 16, 8, 0);
}

/* Counts whose product with the entry's size wraps around. */
static void counts(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint64_t odd[] = {
		UINT64_MAX,
		1ull << 63,
		UINT64_MAX / INDEX_ENTRY,
		UINT64_MAX / INDEX_ENTRY + 1,
		1ull << 62,
		0x1c71c71c71c71c72,
		INDEX_SIZE_MAX / INDEX_ENTRY,
		INDEX_SIZE_MAX,
		UINT32_MAX,
		1ull << 32,
	};

	bytes_be(b, 16, 8, odd[k % ARRAY_SIZE(odd)] - k / ARRAY_SIZE(odd));
}

/* An empty chunk, and one too big, with a sum that is right again. */
static void empty_chunk(struct bytes *b, uint64_t k, struct rng *r)
{
	uint8_t *at = b->p + INDEX_HEADER + k % chunks(b) * INDEX_ENTRY;

	put_be64(b->p + 8, get_be64(b->p + 8) - get_be32(at));
	put_be32(at, 0);
}

static void big_chunk(struct bytes *b, uint64_t k, struct rng *r)
{
	uint8_t *at = b->p + INDEX_HEADER + k % chunks(b) * INDEX_ENTRY;
	uint32_t len = k % 3 == 0 ? INDEX_CHUNK_MAX + 1
		       : k % 3 == 1
			       ? UINT32_MAX - k / 3
			       : INDEX_CHUNK_MAX + rng_below(r, 1 << 30) + 1;

	put_be64(b->p + 8, get_be64(b->p + 8) - get_be32(at) + len);
	put_be32(at, len);
}

static void sum(struct bytes *b, uint64_t k, struct rng *r)
{
	uint64_t n = get_be64(b->p + 8);

	put_be64(b->p + 8, k % 2 ? n + 1 + k / 2 : n - 1 - k / 2);
}

static void entry_gone(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int n = chunks(b);

	bytes_remove(b, INDEX_HEADER + k % n * INDEX_ENTRY, INDEX_ENTRY);
	if (k / n % 2)
		put_be64(b->p + 16, chunks(b));
}

static void entry_twice(struct bytes *b, uint64_t k, struct rng *r)
{
	uint8_t copy[INDEX_ENTRY];
	size_t at = INDEX_HEADER + k % chunks(b) * INDEX_ENTRY;

	memcpy(copy, b->p + at, sizeof(copy));
	bytes_insert(b, at, copy, sizeof(copy));
	if (k % 2)
		put_be64(b->p + 16, chunks(b));
}

static const struct rule rules[] = {
	RULE("cut", cut, 5),
	RULE("bytes behind", more, 2),
	RULE("a bit of the head", head_bit, 8),
	RULE("a bit of a length", length_bit, 6),
	RULE("no chunks", no_chunks, 1),
	RULE("oversized count", counts, 2),
	RULE("an empty chunk", empty_chunk, 2),
	RULE("a chunk above 4 MiB", big_chunk, 2),
	RULE("another sum", sum, 2),
	RULE("an entry missing", entry_gone, 1),
	RULE("an entry twice", entry_twice, 1),
};

static const char *const words[] = {"SLIPIDX1", NULL};

const struct format case_index = {"index", NULL,	 good,
				  decode,  RULES(rules), words};
