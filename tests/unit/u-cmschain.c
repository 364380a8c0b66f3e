// SPDX-License-Identifier: MIT
/*
 * u-cmschain.c - the second opinion on a signature: it agrees with the first
 * on everything good, and never lets other content pass.
 */
#include "cmsload.h"
#include "format/cms.h"
#include "format/cmschain.h"

static uint8_t copy[64 << 10];

static int judge(const struct view *v, const void *der, size_t n,
		 struct span *content)
{
	struct fault f = {0};
	int err = cmschain_verify(der, n, v->root, v->c.root_n, content, &f);

	CHECK(!err == !f.why);
	return err;
}

static bool same(const struct view *v, struct span content)
{
	return content.n == v->c.data_n &&
	       !memcmp(content.p, v->data, content.n);
}

/* What the profile refuses beyond signatures is not this file's to refuse. */
static bool beyond(const char *why)
{
	static const char *const rules[] = {
		"signature or chain", "not for signing code", "a key is not",
		"does not fit",	      "trust anchor",	      "issuer differs",
		"not canonical",      "content is",	      "not exactly one",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		if (strstr(why, rules[i]))
			return true;
	return false;
}

static void agree(void)
{
	size_t at = 0, good = 0, refused = 0, only_first = 0;
	struct span content;
	struct view v;
	int err;

	while (next(&at, &v)) {
		if (v.c.detached)
			continue;
		err = judge(&v, v.der, v.c.der_n, &content);
		if (!v.c.err)
			CHECK_INT(err, 0);
		if (!err)
			CHECK(same(&v, content) || v.c.err);
		good += !err && !v.c.err;
		refused += !!err;
		if (!err && v.c.err) {
			only_first++;
			CHECK(!*v.c.why || beyond(v.c.why));
		}
	}
	printf("# %zu good, %zu refused, %zu that only the profile refuses\n",
	       good, refused, only_first);
	CHECK(good > 8 && refused > 25);
}

/* Every bit: accepted only where what was signed is untouched. */
static void flips(void)
{
	size_t at = 0, bit, bits = 0, accepted = 0;
	struct span content;
	struct view v;

	while (next(&at, &v)) {
		if (!v.c.sweep || v.c.detached)
			continue;
		memcpy(copy, v.der, v.c.der_n);
		for (bit = 0; bit < 8 * v.c.der_n; bit++, bits++) {
			copy[bit / 8] ^= 1 << bit % 8;
			if (!judge(&v, copy, v.c.der_n, &content)) {
				CHECK(same(&v, content));
				accepted++;
			}
			copy[bit / 8] ^= 1 << bit % 8;
		}
	}
	printf("# %zu bits turned, %zu of them not looked at here\n", bits,
	       accepted);
	/* the signer's name, and algorithms that are named twice */
	CHECK(bits > 5000 && accepted < bits / 5);
}

/* A content that another key has signed, and one with no signer at all. */
static void strangers(void)
{
	struct view first, v;
	size_t at = 0;
	struct span content;

	CHECK(next(&at, &first));
	while (next(&at, &v)) {
		/* S17: anchors of more than one root share some */
		if (v.c.detached || v.c.err || !v.c.root_n ||
		    !strncmp(v.c.name, "S17", 3) ||
		    (v.c.root_n == first.c.root_n &&
		     !memcmp(v.root, first.root, v.c.root_n)))
			continue;
		/* this message under the other's root */
		CHECK(cmschain_verify(v.der, v.c.der_n, first.root,
				      first.c.root_n, &content, NULL));
		CHECK(cmschain_verify(first.der, first.c.der_n, v.root,
				      v.c.root_n, &content, NULL));
	}
}

UNIT_MAIN(UNIT_CASE(agree), UNIT_CASE(flips), UNIT_CASE(strangers))
