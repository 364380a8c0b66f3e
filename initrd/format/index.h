/* SPDX-License-Identifier: MIT */
/*
 * index.h - the list of a layer's chunks. Layout in README.md: a 24 byte
 * header, then per chunk its length (be32) and its SHA-256.
 */
#ifndef FORMAT_INDEX_H
#define FORMAT_INDEX_H

#include "format/digest.h"

#define INDEX_MAGIC "SLIPIDX1"
#define INDEX_HEADER 24		/* magic, be64 layer size, be64 chunk count */
#define INDEX_ENTRY (4 + DIGEST_SIZE)
#define INDEX_CHUNK_MAX (4u << 20)
#define INDEX_SIZE_MAX (64u << 20)

/* A checked index inside the caller's buffer. */
struct index {
	const uint8_t *entry;
	uint64_t n;			/* chunks */
	uint64_t layer_size;
};

/*
 * index_open - check the whole of @buf once: magic, exact length, no chunk
 * empty or above INDEX_CHUNK_MAX, lengths summing to the layer's size.
 *
 * Returns 0, -ENODATA (cut short), -EBADMSG, -EOVERFLOW; @f says why.
 */
int index_open(struct index *ix, const void *buf, size_t size,
	       struct fault *f);

/* index_len, index_digest - of chunk @i < ix->n. */
uint32_t index_len(const struct index *ix, uint64_t i);
const uint8_t *index_digest(const struct index *ix, uint64_t i);

/* index_header, index_entry - encode into @out, which has the room. */
void index_header(uint8_t out[INDEX_HEADER], uint64_t layer_size, uint64_t n);
void index_entry(uint8_t out[INDEX_ENTRY], uint32_t len,
		 const uint8_t digest[DIGEST_SIZE]);

#endif
