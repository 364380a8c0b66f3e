// SPDX-License-Identifier: MIT
/*
 * case-cms.c - signed messages: rows S1 to S17 and S19 from cmsgen, and S2's
 * changes to the good ones. No bit of a message may be turned.
 */
#include <string.h>

#include "cases.h"
#include "cmsfile.h"
#include "format/cms.h"

#define MAX 512

static const struct cmsfile *all;
static size_t good_ones[MAX], bad_ones[MAX], n_good, n_bad;

/* What the input at hand is judged with. */
static const struct cmsfile *now;
static struct bytes root, data;

static void load(void)
{
	size_t n;

	if (n_good)
		return;
	n = cmsfile_load(&all);
	bytes_need(n <= MAX, "too many messages");
	for (size_t i = 0; i < n; i++)
		if (all[i].c.err)
			bad_ones[n_bad++] = i;
		else
			good_ones[n_good++] = i;
	bytes_need(n_good && n_bad, "no messages");
}

static void use(struct bytes *b, const struct cmsfile *f)
{
	now = f;
	bytes_set(b, f->der, f->c.der_n);
	bytes_set(&root, f->root, f->c.root_n);
	bytes_set(&data, f->data, f->c.data_n);
}

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	load();
	use(b, &all[good_ones[k % n_good]]);
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	const void *content;
	size_t size;
	int err;

	if (now->c.detached)
		return cms_verify_detached(p, n, root.p, root.n, data.p, data.n,
					   f);
	err = cms_verify(p, n, root.p, root.n, CMSFILE_CONTENT_MAX, &content,
			 &size, f);
	if (!err)
		cms_release();
	return err;
}

static void a_bad_one(struct bytes *b, uint64_t k, struct rng *r)
{
	use(b, &all[bad_ones[k % n_bad]]);
}

/* Of messages of which every certificate is in the chain: what is not says
 * nothing, and may say it in any way. */
static void bit(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t i, n = k % n_good;

	while (!all[good_ones[n]].c.sweep)
		n = (n + 1) % n_good;
	use(b, &all[good_ones[n]]);
	i = bytes_spread(k / n_good, 8 * b->n);
	b->p[i / 8] ^= 1 << i % 8;
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = bytes_spread(k / n_good, b->n);
}

static void behind(struct bytes *b, uint64_t k, struct rng *r)
{
	for (uint64_t n = 1 + rng_below(r, 300); n; n--)
		bytes_add(b, k % 2 ? "" : "\x30", 1);
}

/* The content, or what a detached signature is over. */
static void content(struct bytes *b, uint64_t k, struct rng *r)
{
	struct bytes *in = now->c.detached ? &data : b;
	size_t at = 0;

	if (!now->c.detached)
		at = (uint8_t *)memmem(b->p, b->n, now->data, now->c.data_n) -
		     b->p;
	in->p[at + bytes_spread(k / n_good, now->c.data_n)] ^=
		1 << rng_below(r, 8);
}

/* Another good one's signature, the last element, where it fits. */
static void other_signature(struct bytes *b, uint64_t k, struct rng *r)
{
	const struct cmsfile *o;
	size_t n = 32, i = 0;

	do {
		o = &all[good_ones[(k + ++i) % n_good]];
	} while (o == now || o->c.der_n < n ||
		 !memcmp(o->der + o->c.der_n - n, b->p + b->n - n, n));
	memcpy(b->p + b->n - n, o->der + o->c.der_n - n, n);
}

/* The @k-th under one anchor alone: of two, one may be any other, and so may
 * the digest of a revoked key. */
static const struct cmsfile *one_anchor(uint64_t k)
{
	const struct cmsfile *f;

	do {
		f = &all[good_ones[k++ % n_good]];
	} while (!strncmp(f->c.name, "S17", 3));
	return f;
}

static void anchor(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t i;

	use(b, one_anchor(k));
	i = bytes_spread(k / n_good, 8 * root.n);
	if (k % 3 == 0)
		root.n = i / 8;
	else
		root.p[i / 8] ^= 1 << i % 8;
}

static void other_anchor(struct bytes *b, uint64_t k, struct rng *r)
{
	const struct cmsfile *o;

	use(b, one_anchor(k));
	do {
		o = one_anchor(++k);
	} while (o->c.root_n == now->c.root_n &&
		 !memcmp(o->root, now->root, o->c.root_n));
	bytes_set(&root, o->root, o->c.root_n);
}

static void mode(struct bytes *b, uint64_t k, struct rng *r)
{
	static struct cmsfile turned;

	turned = *now;
	turned.c.detached = !turned.c.detached;
	now = &turned;
}

/* A byte more or less anywhere: no length is right any more. */
static void byte_gone(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_remove(b, bytes_spread(k / n_good, b->n), 1);
}

static void byte_more(struct bytes *b, uint64_t k, struct rng *r)
{
	uint8_t c = rng_next(r);

	bytes_insert(b, bytes_spread(k / n_good, b->n), &c, 1);
}

static void no_message(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"",
					  "0",
					  "-----BEGIN CMS-----\n",
					  "<html>",
					  "\x30\x80",
					  "\x30\x84\xff\xff\xff\xff",
					  "\x30\x82",
					  "slipway-manifest 1\n"};
	const char *s = odd[k % 8];

	bytes_set(b, s, strlen(s));
	for (k = k / 8 * 7 % 4000; k; k--)
		bytes_add(b, k % 2 ? "\xa0" : "0", 1);
}

static void too_long(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t zeros[CMSFILE_CONTENT_MAX + CMS_OVERHEAD_MAX];

	bytes_add(b, zeros, sizeof(zeros));
}

static const struct rule rules[] = {
	RULE("S3 to S19 a message of cmsgen", a_bad_one, 12),
	RULE("S2 a bit of a message", bit, 12),
	RULE("S2 a bit of the content", content, 3),
	RULE("S12 cut", cut, 4),
	RULE("S12 bytes behind", behind, 1),
	RULE("S12 a byte missing", byte_gone, 2),
	RULE("S12 a byte too many", byte_more, 2),
	RULE("S13 attached for detached, and the reverse", mode, 1),
	RULE("S16 no message", no_message, 1),
	RULE("S16 too long", too_long, 1),
	RULE("S19 another message's signature", other_signature, 1),
	RULE("S11 a bit of the anchor, or a cut", anchor, 2),
	RULE("S5 another anchor", other_anchor, 1),
};

static const char *const words[] = {
	"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
	"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01",
	"\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02",
	"\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01",
	"\x06\x03\x55\x1d\x25",
	"\x06\x03\x55\x1d\x13",
	"\x30\x82",
	"\xa0\x82",
	"\x02\x01\x01",
	NULL};

const struct format case_cms = {"cms",	      NULL,  good,	 decode,
				RULES(rules), words, .weight = 4};
