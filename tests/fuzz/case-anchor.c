// SPDX-License-Identifier: MIT
/*
 * case-anchor.c - the anchors of an initrd: one or two roots, then the digests
 * of what is revoked. Certificates have the shape that is looked at, no more.
 */
#include <stdlib.h>
#include <string.h>

#include "cases.h"
#include "format/anchor.h"
#include "format/der.h"

#define KEY_SIZE (2 + DIGEST_SIZE) /* of one element on the list */

/* What was written from @at on becomes one element, its length minimal. */
static void wrap(struct bytes *b, size_t at, uint8_t tag)
{
	size_t n = b->n - at, k = 0;
	uint8_t head[4] = {tag};

	if (n > 0xff)
		head[++k] = 0x82, head[++k] = n >> 8;
	else if (n > 0x7f)
		head[++k] = 0x81;
	head[++k] = n & 0xff;
	bytes_insert(b, at, head, k + 1);
}

static void element(struct bytes *b, uint8_t tag, size_t n, struct rng *r)
{
	size_t at = b->n;

	while (n--) {
		uint8_t c = rng_next(r);

		bytes_add(b, &c, 1);
	}
	wrap(b, at, tag);
}

static void cert(struct bytes *b, struct rng *r)
{
	size_t whole = b->n, tbs = b->n;
	unsigned int i;

	element(b, DER_CONTEXT0, 3, r);
	element(b, DER_INTEGER, 1 + rng_below(r, 20), r);
	for (i = 0; i < 4; i++)
		element(b, DER_SEQUENCE, 10 + rng_below(r, 60), r);
	element(b, DER_SEQUENCE, 50 + rng_below(r, 400), r);
	wrap(b, tbs, DER_SEQUENCE);
	element(b, DER_SEQUENCE, 10, r);
	element(b, 0x03, 64 + rng_below(r, 9), r);
	wrap(b, whole, DER_SEQUENCE);
}

static void revoked(struct bytes *b, uint64_t n, struct rng *r)
{
	while (n--)
		element(b, ANCHOR_TAG, DIGEST_SIZE, r);
}

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, "", 0);
	cert(b, r);
	if (k % 2)
		cert(b, r);
	revoked(b, k % 3 ? rng_below(r, ANCHOR_REVOKED_MAX + 1) : k % 5, r);
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct anchor a;

	return anchor_read(&a, p, n, f);
}

/* Never as much as an element: what is left ends within one. */
static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n -= 1 + k % (KEY_SIZE - 1);
}

static void behind(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {
		"0",	     "\x04", "\x04 ",	   "\x04\x01x", "\x04\x80",
		"\x0a\x01x", "\x31", "-----BEGIN", "\n",	"\xa0\x01x"};
	const char *s = odd[k % 10];

	bytes_add(b, s, strlen(s));
}

static void third_root(struct bytes *b, uint64_t k, struct rng *r)
{
	struct bytes more = {0};

	bytes_set(&more, "", 0);
	cert(&more, r);
	cert(&more, r);
	bytes_insert(b, 0, more.p, more.n);
	free(more.p);
}

static void root_below(struct bytes *b, uint64_t k, struct rng *r)
{
	revoked(b, 1, r);
	cert(b, r);
}

static void no_root(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, "", 0);
	revoked(b, k % 70, r);
}

static void too_many(struct bytes *b, uint64_t k, struct rng *r)
{
	revoked(b, ANCHOR_REVOKED_MAX + 1 + k % 200, r);
}

static void other_size(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t n = k % 100;

	element(b, ANCHOR_TAG, n == DIGEST_SIZE ? 0 : n, r);
}

static void other_tag(struct bytes *b, uint64_t k, struct rng *r)
{
	uint8_t tag = k;

	revoked(b, 1, r);
	if (tag == ANCHOR_TAG || tag == DER_SEQUENCE)
		tag = DER_INTEGER;
	b->p[b->n - KEY_SIZE] = tag;
}

/* X.690 10.1: the shortest form of a length. */
static void long_length(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t more[] = {0x82, 0};

	revoked(b, 1, r);
	if (k % 2)
		bytes_insert(b, b->n - KEY_SIZE + 1, more, sizeof(more));
	else
		bytes_insert(b, b->n - KEY_SIZE + 1, "\x81", 1);
}

static void too_long(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, "", 0);
	element(b, DER_SEQUENCE, ANCHOR_SIZE_MAX + k % 5000, r);
}

static const struct rule rules[] = {
	RULE("S17 cut within an element", cut, 4),
	RULE("S17 bytes behind", behind, 2),
	RULE("S17 a third root", third_root, 1),
	RULE("S17 a root below what is revoked", root_below, 1),
	RULE("S17 no root", no_root, 1),
	RULE("S17 too many revoked keys", too_many, 1),
	RULE("S17 a digest of another size", other_size, 2),
	RULE("S17 another tag", other_tag, 3),
	RULE("S12 a length that is not minimal", long_length, 1),
	RULE("S16 too long", too_long, 1),
};

static const char *const words[] = {"\x04 ",	"\x30\x82", "\x30\x81",
				    "\xa0\x03", "\x02\x01", NULL};

const struct format case_anchor = {"anchor", NULL,	   good,
				   decode,   RULES(rules), words};
