// SPDX-License-Identifier: MIT
/*
 * u-cms.c - the strict CMS profile against the messages of cmsgen.
 */
#include "cmsload.h"
#include "format/cms.h"

#define CONTENT_MAX (256u << 10)

static uint8_t copy[64 << 10];

/* What was signed comes back whole, or nothing does. */
static int judge(const struct view *v, const void *der, size_t n,
		 const void *data, struct fault *f)
{
	const void *content = NULL;
	size_t content_n = 0;
	int err;

	if (v->c.detached)
		return cms_verify_detached(der, n, v->root, v->c.root_n, data,
					   v->c.data_n, f);
	err = cms_verify(der, n, v->root, v->c.root_n, CONTENT_MAX, &content,
			 &content_n, f);
	CHECK(!err == !!content);
	if (err)
		return err;
	CHECK_INT(content_n, v->c.data_n);
	CHECK(!memcmp(content, v->data, content_n));
	cms_release();
	return 0;
}

static void verdicts(void)
{
	size_t at = 0, good = 0, n = 0;
	struct view v;

	while (next(&at, &v)) {
		struct fault f = {0};

		n++;
		CHECK_INT(judge(&v, v.der, v.c.der_n, v.data, &f), v.c.err);
		CHECK(!f.why == !v.c.err);
		if (*v.c.why)
			CHECK_STR(f.why, v.c.why);
		good += !v.c.err;
	}
	printf("# %zu cases, %zu of them good\n", n, good);
	CHECK(n > 90 && good > 15);
}

/* A signature made with attributes reads as content without them. What keeps
 * it out is the magic: no signed object of ours begins with 0x31. */
static void stripped(void)
{
	size_t at = 0, seen = 0;
	struct view v;

	while (next(&at, &v)) {
		if (strncmp(v.c.name, "S9 ", 3))
			continue;
		CHECK_INT(judge(&v, v.der, v.c.der_n, v.data, NULL), 0);
		CHECK_INT(v.data[0], 0x31);
		seen++;
	}
	CHECK_INT(seen, 1);
}

static size_t flip(const struct view *v, uint8_t *p, size_t n, bool in_der)
{
	size_t bit, accepted = 0;
	const uint8_t *der = in_der ? p : v->der;

	for (bit = 0; bit < 8 * n; bit++) {
		p[bit / 8] ^= 1 << bit % 8;
		if (!judge(v, der, v->c.der_n, in_der ? v->data : p, NULL)) {
			printf("# %s: bit %zu\n", v->c.name, bit);
			accepted++;
		}
		p[bit / 8] ^= 1 << bit % 8;
	}
	return accepted;
}

/* Every bit of the message, and of what a detached one is over. */
static void flips(void)
{
	size_t at = 0, accepted = 0, bits = 0;
	struct view v;

	while (next(&at, &v)) {
		if (!v.c.sweep)
			continue;
		CHECK(v.c.der_n <= sizeof(copy));
		memcpy(copy, v.der, v.c.der_n);
		accepted += flip(&v, copy, v.c.der_n, true);
		bits += 8 * v.c.der_n;
		if (!v.c.detached)
			continue;
		memcpy(copy, v.data, v.c.data_n);
		accepted += flip(&v, copy, v.c.data_n, false);
		bits += 8 * v.c.data_n;
	}
	printf("# %zu bits turned, %zu accepted\n", bits, accepted);
	CHECK(bits > 20000);
	CHECK_INT(accepted, 0);
}

/* Cut short anywhere, the first good one and its anchor. */
static void truncated(void)
{
	const void *content;
	size_t at = 0, n, got;
	struct view v;

	CHECK(next(&at, &v));
	for (n = 0; n < v.c.der_n; n++)
		CHECK_INT(judge(&v, v.der, n, v.data, NULL), -EBADMSG);
	for (n = 0; n < v.c.root_n; n++)
		CHECK_INT(cms_verify(v.der, v.c.der_n, v.root, n, CONTENT_MAX,
				     &content, &got, NULL),
			  -EKEYREJECTED);
}

/* PEM, other text, and sizes at their limits. */
static void odd_files(void)
{
	static const char pem[] =
		"-----BEGIN CMS-----\n"
		"MIIEtwYJKoZIhvcNAQcCoIIEqDCCBKQCAQExDTALBglghkgBZQMEAgEwOgYJKoZI\n"
		"-----END CMS-----\n";
	const void *content;
	size_t at = 0, got;
	struct view v;

	CHECK(next(&at, &v));
	CHECK_INT(judge(&v, pem, sizeof(pem) - 1, v.data, NULL), -EBADMSG);
	memset(copy, '<', sizeof(copy));
	CHECK_INT(judge(&v, copy, sizeof(copy), v.data, NULL), -EBADMSG);
	CHECK_INT(cms_verify_detached(copy, CMS_OVERHEAD_MAX + 1, v.root,
				      v.c.root_n, v.data, v.c.data_n, NULL),
		  -EOVERFLOW);
	CHECK_INT(cms_verify_detached(copy, CMS_OVERHEAD_MAX, v.root,
				      v.c.root_n, v.data, v.c.data_n, NULL),
		  -EBADMSG);
	CHECK_INT(cms_verify(copy, CMS_OVERHEAD_MAX + 8, v.root, v.c.root_n, 7,
			     &content, &got, NULL),
		  -EOVERFLOW);
	CHECK_INT(cms_verify(v.der, v.c.der_n, v.root, v.c.root_n, v.c.data_n,
			     &content, &got, NULL),
		  0);
	CHECK_INT(cms_verify(v.der, v.c.der_n, v.root, v.c.root_n,
			     v.c.data_n - 1, &content, &got, NULL),
		  -EBADMSG);
	cms_release();
}

/* A refused message leaves the content of the last good one alone. */
static void held(void)
{
	const void *content, *other = NULL;
	size_t at = 0, got, n;
	struct view v;

	CHECK(next(&at, &v));
	CHECK_INT(cms_verify(v.der, v.c.der_n, v.root, v.c.root_n, CONTENT_MAX,
			     &content, &got, NULL),
		  0);
	CHECK(cms_verify(v.der, v.c.der_n - 1, v.root, v.c.root_n, CONTENT_MAX,
			 &other, &n, NULL));
	CHECK(!other);
	CHECK(got == v.c.data_n && !memcmp(content, v.data, got));
	cms_release();
	cms_release();
}

/* One key, one name, whatever it has signed; and another of another. */
static void signers(void)
{
	uint8_t one[DIGEST_SIZE], key[DIGEST_SIZE];
	const void *content;
	size_t at = 0, n, seen = 0, other = 0;
	struct view v;

	while (next(&at, &v)) {
		if (v.c.err || v.c.detached)
			continue;
		CHECK_INT(cms_verify(v.der, v.c.der_n, v.root, v.c.root_n,
				     CONTENT_MAX, &content, &n, NULL),
			  0);
		cms_signer(key);
		if (!strcmp(v.c.name, "S1 P-256, enveloping"))
			memcpy(one, key, DIGEST_SIZE);
		if (!strcmp(v.c.name, "S1 P-256, SHA-512") ||
		    !strncmp(v.c.name, "S17 another key", 15))
			seen += digest_equal(one, key);
		if (!strcmp(v.c.name, "S1 P-384"))
			other += !digest_equal(one, key);
	}
	cms_release();
	CHECK_INT(seen, 2);
	CHECK_INT(other, 1);
}

UNIT_MAIN(UNIT_CASE(signers), UNIT_CASE(verdicts), UNIT_CASE(stripped), UNIT_CASE(flips),
	  UNIT_CASE(truncated), UNIT_CASE(odd_files), UNIT_CASE(held))
