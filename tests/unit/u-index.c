/* SPDX-License-Identifier: MIT */
/* u-index.c - chunk lists, whole, cut and lying. */
#include "format/index.h"
#include "unit.h"

#define N    3
#define SIZE (INDEX_HEADER + N * INDEX_ENTRY)

static const uint32_t lens[N] = {1, INDEX_CHUNK_MAX, 70000};
static uint8_t buf[SIZE + 1];

static void build(void)
{
	uint8_t digest[DIGEST_SIZE];
	int i;

	index_header(buf, 1 + INDEX_CHUNK_MAX + 70000, N);
	for (i = 0; i < N; i++) {
		memset(digest, 'a' + i, sizeof(digest));
		index_entry(buf + INDEX_HEADER + i * INDEX_ENTRY, lens[i],
			    digest);
	}
}

static int open_it(struct index *ix, size_t size)
{
	struct fault f = {0};
	int err = index_open(ix, buf, size, &f);

	CHECK(!err == !f.why);
	return err;
}

static void round_trip(void)
{
	struct index ix;
	int i;

	build();
	CHECK(!memcmp(buf, "SLIPIDX1\0\0\0\0\0\x41\x11\x71", 16));
	CHECK_INT(open_it(&ix, SIZE), 0);
	CHECK_INT(ix.n, N);
	CHECK_INT(ix.layer_size, 1 + INDEX_CHUNK_MAX + 70000);
	for (i = 0; i < N; i++) {
		CHECK_INT(index_len(&ix, i), lens[i]);
		CHECK_INT(index_digest(&ix, i)[0], 'a' + i);
		CHECK_INT(index_digest(&ix, i)[DIGEST_SIZE - 1], 'a' + i);
	}
}

static void cuts(void)
{
	struct index ix;
	size_t i;

	build();
	for (i = 0; i < SIZE; i++)
		CHECK_INT(open_it(&ix, i), -ENODATA);
	CHECK_INT(open_it(&ix, SIZE + 1), -EBADMSG);
	buf[3] ^= 1;
	CHECK_INT(open_it(&ix, 8), -EBADMSG);
	CHECK_INT(index_open(&ix, buf, INDEX_SIZE_MAX + 1ull, NULL),
		  -EOVERFLOW);
}

/* A changed length, size or count is seen; a digest proves itself later. */
static void bits(void)
{
	struct index ix;
	size_t i, bit;

	for (i = 0; i < SIZE; i++)
		for (bit = 0; bit < 8; bit++) {
			bool digest = i >= INDEX_HEADER &&
				      (i - INDEX_HEADER) % INDEX_ENTRY >= 4;

			build();
			buf[i] ^= 1 << bit;
			CHECK(!open_it(&ix, SIZE) == digest);
		}
}

static void lies(void)
{
	static const struct {
		uint64_t layer_size, n;
		int err;
	} rows[] = {
		{0, 0, -EBADMSG},
		{70000, 0, -EBADMSG},
		{70000, UINT64_MAX, -EBADMSG},
		{70000, UINT64_MAX / INDEX_ENTRY, -EBADMSG},
		/* times 36 these are 9 * 2^64 + 108: three after a wrap */
		{70000, 0x4000000000000003ull, -EBADMSG},
		{70000, 4, -ENODATA},
		{70000, 2, -EBADMSG},
		{UINT64_MAX, N, -EBADMSG},
	};
	struct index ix;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		build();
		index_header(buf, rows[i].layer_size, rows[i].n);
		CHECK_INT(open_it(&ix, SIZE), rows[i].err);
	}
	build();
	put_be32(buf + INDEX_HEADER, 0);
	CHECK_INT(open_it(&ix, SIZE), -EBADMSG);
	build();
	put_be32(buf + INDEX_HEADER, INDEX_CHUNK_MAX + 1);
	CHECK_INT(open_it(&ix, SIZE), -EBADMSG);
}

UNIT_MAIN(UNIT_CASE(round_trip), UNIT_CASE(cuts), UNIT_CASE(bits),
	  UNIT_CASE(lies))
