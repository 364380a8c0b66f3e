/* SPDX-License-Identifier: MIT */
/* index.c - the list of a layer's chunks, checked whole before any use. */
#include "format/index.h"

#define INDEX_MAGIC_SIZE 8

static uint64_t index_need(uint64_t n)
{
	uint64_t size;

	if (__builtin_mul_overflow(n, (uint64_t)INDEX_ENTRY, &size) ||
	    __builtin_add_overflow(size, (uint64_t)INDEX_HEADER, &size))
		return UINT64_MAX;
	return size;
}

static int index_lengths(const struct index *ix, struct fault *f)
{
	uint64_t i, sum = 0;
	uint32_t len;

	for (i = 0; i < ix->n; i++) {
		len = index_len(ix, i);
		if (!len || len > INDEX_CHUNK_MAX)
			return fault_set(f, -EBADMSG, "chunk empty or too big",
					 index_need(i));
		sum += len; /* at most 2^22 * 2^21: cannot overflow */
	}
	if (sum != ix->layer_size)
		return fault_set(f, -EBADMSG, "chunks do not sum to the size",
				 INDEX_MAGIC_SIZE);
	return 0;
}

int index_open(struct index *ix, const void *buf, size_t size, struct fault *f)
{
	const uint8_t *p = buf;
	uint64_t need;

	if (size > INDEX_SIZE_MAX)
		return fault_set(f, -EOVERFLOW, "index too big", size);
	if (memcmp(p, INDEX_MAGIC,
		   size < INDEX_MAGIC_SIZE ? size : INDEX_MAGIC_SIZE))
		return fault_set(f, -EBADMSG, "not an index", 0);
	if (size < INDEX_HEADER)
		return fault_set(f, -ENODATA, "index cut short", size);
	ix->layer_size = get_be64(p + 8);
	ix->n = get_be64(p + 16);
	ix->entry = p + INDEX_HEADER;
	need = index_need(ix->n);
	if (!ix->n || need > INDEX_SIZE_MAX)
		return fault_set(f, -EBADMSG, "impossible chunk count", 16);
	if (size < need)
		return fault_set(f, -ENODATA, "index cut short", size);
	if (size > need)
		return fault_set(f, -EBADMSG, "bytes after the index", need);
	return index_lengths(ix, f);
}

uint32_t index_len(const struct index *ix, uint64_t i)
{
	return get_be32(ix->entry + i * INDEX_ENTRY);
}

const uint8_t *index_digest(const struct index *ix, uint64_t i)
{
	return ix->entry + i * INDEX_ENTRY + 4;
}

void index_header(uint8_t out[INDEX_HEADER], uint64_t layer_size, uint64_t n)
{
	memcpy(out, INDEX_MAGIC, INDEX_MAGIC_SIZE);
	put_be64(out + 8, layer_size);
	put_be64(out + 16, n);
}

void index_entry(uint8_t out[INDEX_ENTRY], uint32_t len,
		 const uint8_t digest[DIGEST_SIZE])
{
	put_be32(out, len);
	memcpy(out + 4, digest, DIGEST_SIZE);
}
