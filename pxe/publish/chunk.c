// SPDX-License-Identifier: MIT
/*
 * chunk.c - cut a layer where its content says so.
 */
#include "chunk.h"
#include "format/index.h"
#include "host/alloc.h"

/* Two masks pull the lengths towards the average: a cut is rarer before it
 * and likelier after it. The gear hash's high bits have seen most bytes. */
#define CHUNK_TURN (CHUNK_AVG - CHUNK_MIN)
#define MASK_BEFORE 0xffff800000000000ull
#define MASK_AFTER  0xfffe000000000000ull

/* A fixed table of random words: splitmix64 from 0. */
static const uint64_t *gear(void)
{
	static uint64_t table[256];
	uint64_t state = 0, z;
	unsigned int i;

	if (table[0])
		return table;
	for (i = 0; i < 256; i++) {
		z = state += 0x9e3779b97f4a7c15ull;
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		table[i] = z ^ z >> 31;
	}
	return table;
}

size_t chunk_next(const uint8_t *p, size_t size)
{
	size_t end = size < CHUNK_MAX ? size : CHUNK_MAX, i = CHUNK_MIN;
	const uint64_t *g = gear();
	uint64_t hash = 0, mask;

	if (size <= CHUNK_MIN)
		return size;
	for (; i < end; i++) {
		hash = (hash << 1) + g[p[i]];
		mask = i < CHUNK_TURN ? MASK_BEFORE : MASK_AFTER;
		if (!(hash & mask))
			return i;
	}
	return end;
}

void *chunk_index(const uint8_t *layer, size_t size, size_t *out_size)
{
	size_t room = INDEX_HEADER + 64 * INDEX_ENTRY, n = INDEX_HEADER;
	uint8_t *out = xmalloc(room), digest[DIGEST_SIZE];
	size_t at, len;

	for (at = 0; at < size; at += len) {
		len = chunk_next(layer + at, size - at);
		digest_of(layer + at, len, digest);
		if (n + INDEX_ENTRY > room)
			out = xrealloc(out, room *= 2, 1);
		index_entry(out + n, len, digest);
		n += INDEX_ENTRY;
	}
	index_header(out, size, (n - INDEX_HEADER) / INDEX_ENTRY);
	*out_size = n;
	return out;
}
