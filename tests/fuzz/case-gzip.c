// SPDX-License-Identifier: MIT
/* case-gzip.c - overlays as they are sent: rows G1 to G3. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "case-cpio.h"

/* /init's file itself: it is in no library */
#include "gunzip.c"

/* What is packed at the moment, to see whether a change changes anything. */
static struct bytes plain;

static void pack(struct bytes *b, const struct bytes *in, int level)
{
	uLong room = compressBound(in->n) + 64;
	uint8_t *out = malloc(room);
	z_stream z = {.next_in = in->p,
		      .avail_in = in->n,
		      .next_out = out,
		      .avail_out = room};

	bytes_need(out &&
			   deflateInit2(&z, level, Z_DEFLATED, -15, 8,
					Z_DEFAULT_STRATEGY) == Z_OK &&
			   deflate(&z, Z_FINISH) == Z_STREAM_END,
		   "cannot deflate");
	deflateEnd(&z);
	bytes_add(b, "\x1f\x8b\x08\0\0\0\0\0\2\xff", HEAD);
	bytes_add(b, out, z.total_out);
	bytes_add(b, "\0\0\0\0\0\0\0\0", TAIL);
	bytes_le(b, b->n - 8, 4, crc32(crc32(0, NULL, 0), in->p, in->n));
	bytes_le(b, b->n - 4, 4, in->n);
	free(out);
}

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	case_cpio.good(&plain, k, r);
	pack(b, &plain, 1 + k % 9);
}

struct feed {
	struct cpio_decoder d;
	struct fault *f;
};

static int feed(void *user, const void *p, size_t n)
{
	struct feed *s = user;

	return cpio_decode(&s->d, p, n, s->f);
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	static struct feed s;
	int err;

	s.f = f;
	cpio_decode_init(&s.d, &case_cpio_sink, NULL, CASE_ENTRIES, CASE_BYTES);
	err = gunzip_run(p, n, feed, &s, f);
	return err ? err : cpio_decode_end(&s.d, f);
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = bytes_spread(k, b->n);
}

/* CRC and length, every bit. */
static void tail_bit(struct bytes *b, uint64_t k, struct rng *r)
{
	b->p[b->n - TAIL + k % 64 / 8] ^= 1 << k % 8;
}

static void magic(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const other[] = {"\x28\xb5\x2f\xfd",
					    "\xfd"
					    "7zXZ",
					    "\x78\x9c",
					    "BZh9",
					    "\x04\x22\x4d\x18",
					    "\x5d\0\0\x80",
					    "PK\3\4",
					    "070701",
					    "hsqs",
					    "\x1f\x8b\x09",
					    "\x1f\x9d",
					    "<html>"};
	const char *s = other[k % ARRAY_SIZE(other)];

	if (k % 3)
		memcpy(b->p, s, strlen(s));
	else
		b->p[k / 3 % 3] ^= 1 << k / 9 % 8;
}

/* Each flag, alone, and with the field that it promises. */
static void options(struct bytes *b, uint64_t k, struct rng *r)
{
	static uint8_t extra[2 + 65535];
	unsigned int bit = k % 8;

	b->p[3] = 1 << bit;
	if (bit == 2) {
		extra[0] = extra[1] = 0xff;
		bytes_insert(b, HEAD, extra, k % 16 < 8 ? sizeof(extra) : 2);
	} else if (bit == 3 || bit == 4) {
		bytes_insert(b, HEAD, "name", 5);
	} else if (bit == 1) {
		uint32_t crc = crc32(crc32(0, NULL, 0), b->p, HEAD);
		uint8_t two[2] = {crc, crc >> 8};

		bytes_insert(b, HEAD, two, 2);
	}
}

static void behind(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t n = b->n;
	uint8_t *copy;

	if (k % 3 == 0) {
		copy = malloc(n);
		bytes_need(copy, "out of memory");
		memcpy(copy, b->p, n);
		bytes_add(b, copy, n);
		free(copy);
	} else if (k % 3 == 1) { /* what a tape would be padded with */
		for (n = 1 + rng_below(r, 511); n; n--)
			bytes_add(b, "", 1);
	} else {
		bytes_text(b, "%0*d", 1 + (int)rng_below(r, 40), 7);
	}
}

static bool same_output(const struct bytes *b)
{
	uint8_t *out = malloc(plain.n + 1);
	z_stream z = {.next_in = b->p + HEAD,
		      .avail_in = b->n - HEAD - TAIL,
		      .next_out = out,
		      .avail_out = plain.n + 1};
	bool same;

	bytes_need(out && inflateInit2(&z, -15) == Z_OK, "cannot inflate");
	same = inflate(&z, Z_FINISH) == Z_STREAM_END &&
	       z.total_out == plain.n && !memcmp(out, plain.p, plain.n) &&
	       !z.avail_in;
	inflateEnd(&z);
	free(out);
	return same;
}

/* A bit of the stream, but not one that deflate leaves unused. */
static void stream_bit(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t bits = 8 * (b->n - HEAD - TAIL), bit = bytes_spread(k, bits);

	for (;; bit = (bit + 1) % bits) {
		b->p[HEAD + bit / 8] ^= 1 << bit % 8;
		if (!same_output(b))
			return;
		b->p[HEAD + bit / 8] ^= 1 << bit % 8;
	}
}

/* A few KB that would be MiBs of one file, or of zeros behind the trailer. */
static void bomb(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t n = (1u << 20) + rng_below(r, 1u << 20), i;
	char head[CPIO_HEADER + 8];
	struct cpio_entry e = {.mode = 0100644,
			       .nlink = 1,
			       .filesize = n,
			       .name = "zeros",
			       .name_len = 5};
	int len = cpio_encode(head, sizeof(head), &e);

	bytes_set(&plain, head, len);
	for (i = 0; i < 256; i++)
		bytes_add(&plain, (uint8_t[8192]){0}, 8192);
	b->n = 0;
	pack(b, &plain, 9);
}

static void nested(struct bytes *b, uint64_t k, struct rng *r)
{
	struct bytes inner = {0};

	bytes_set(&inner, b->p, b->n);
	b->n = 0;
	pack(b, &inner, 1 + k % 9);
	free(inner.p);
}

static void empty_members(struct bytes *b, uint64_t k, struct rng *r)
{
	struct bytes none = {.p = (uint8_t *)"", .n = 0};
	uint64_t n = 1 + k % 50;

	b->n = 0;
	while (n--)
		pack(b, &none, 9);
}

/* A good wrapping of a bad archive. */
static void bad_inside(struct bytes *b, uint64_t k, struct rng *r)
{
	cases_bad(&case_cpio, k % case_cpio.n_rules, k / case_cpio.n_rules,
		  &plain);
	b->n = 0;
	pack(b, &plain, 1 + k % 9);
}

static const struct rule rules[] = {
	RULE("G2 cut", cut, 6),
	RULE("G2 a bit of CRC or length", tail_bit, 4),
	RULE("G2 a bit of the stream", stream_bit, 6),
	RULE("G2 a header with options", options, 2),
	RULE("G2 bytes or a member behind", behind, 2),
	RULE("G3 another magic or method", magic, 3),
	RULE("G1 more than declared", bomb, 1),
	RULE("G1 gzip in gzip", nested, 1),
	RULE("G1 empty members", empty_members, 1),
	RULE("a bad archive inside", bad_inside, 6),
};

static const char *const words[] = {"\x1f\x8b\x08", "070701", NULL};

const struct format case_gzip = {"gzip",       NULL,  good,	  decode,
				 RULES(rules), words, .weight = 3};
