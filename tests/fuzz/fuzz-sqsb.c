// SPDX-License-Identifier: MIT
/*
 * fuzz-sqsb.c - a superblock that passes has all its tables inside the image,
 * in order, a compressor with a name and a block size of its logarithm. The
 * image's size follows the superblock, or is 1 MiB.
 */
#include "format/sqsb.h"
#include "fuzz.h"

static uint64_t le(const uint8_t *p, unsigned int at, unsigned int width)
{
	uint64_t v = 0;

	while (width--)
		v = v << 8 | p[at + width];
	return v;
}

static void check(const struct sqsb *s, const uint8_t *p, uint64_t image)
{
	static const unsigned int needed[] = {64, 72, 48};
	static const unsigned int others[] = {80, 88, 56};
	uint64_t used = le(p, 40, 8), last = SQSB_SIZE;

	NEED(!memcmp(p, "hsqs\0", 4) && le(p, 28, 4) == 4);
	NEED(used >= SQSB_SIZE && used <= image && s->bytes_used == used);
	NEED(s->block_size == 1u << p[22] && p[23] == 0);
	NEED(s->block_size >= 4096 && s->block_size <= 1u << 20);
	NEED(s->block_size == le(p, 12, 4));
	NEED(s->inodes && s->inodes == le(p, 4, 4));
	NEED(s->ids && s->ids == le(p, 26, 2));
	NEED(s->compressor == le(p, 20, 2) && !(s->flags >> 12));
	NEED(strcmp(sqsb_compressor_name(s->compressor), "unknown"));
	for (int i = 0; i < 3; i++) {
		NEED(le(p, needed[i], 8) >= last && le(p, needed[i], 8) < used);
		last = le(p, needed[i], 8);
		NEED(le(p, others[i], 8) == UINT64_MAX ||
		     le(p, others[i], 8) < used);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t image =
		size >= SQSB_SIZE + 8 ? le(data, SQSB_SIZE, 8) : 1u << 20;
	struct fault f = {0};
	struct sqsb s;
	int err = sqsb_parse(&s, data, size, image, &f);

	if (err)
		fuzz_refusal(err, &f, size < SQSB_SIZE ? SQSB_SIZE : size);
	else
		check(&s, data, image);
	if (!err)
		NEED(sqsb_parse(&s, data, size, s.bytes_used - 1, NULL) ==
		     -ENODATA);
	return 0;
}
