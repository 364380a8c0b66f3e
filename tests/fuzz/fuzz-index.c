// SPDX-License-Identifier: MIT
/* fuzz-index.c - an index that passes is, encoded again, the same bytes. */
#include "format/index.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t head[INDEX_HEADER], entry[INDEX_ENTRY];
	struct fault f = {0};
	struct index ix;
	int err = index_open(&ix, data, size, &f);
	uint64_t i, sum = 0;

	if (err) {
		/* a count's place is there even when the count is not */
		fuzz_refusal(err, &f,
			     size < INDEX_HEADER ? INDEX_HEADER : size);
		return 0;
	}
	NEED(ix.n && size == INDEX_HEADER + ix.n * INDEX_ENTRY);
	index_header(head, ix.layer_size, ix.n);
	NEED(!memcmp(head, data, sizeof(head)));
	for (i = 0; i < ix.n; i++) {
		NEED(index_len(&ix, i) && index_len(&ix, i) <= INDEX_CHUNK_MAX);
		sum += index_len(&ix, i);
		index_entry(entry, index_len(&ix, i), index_digest(&ix, i));
		NEED(!memcmp(entry, data + INDEX_HEADER + i * INDEX_ENTRY,
			     sizeof(entry)));
	}
	NEED(sum == ix.layer_size);
	return 0;
}
