/* SPDX-License-Identifier: MIT */
/* u-anchor.c - whom a machine believes, and whom no longer. */
#include "format/anchor.h"
#include "unit.h"

#define CERT   "\x30\x03\x02\x01\x07"
#define TWO    "01234567"
#define KEY    TWO TWO TWO TWO
#define DENY   "\x04\x20" KEY
#define LIT(s) s, sizeof(s) - 1

static void forms(void)
{
	static const struct {
		const char *p;
		size_t n;
		int err;
		unsigned int roots, revoked;
	} rows[] = {
		{LIT(CERT), 0, 1, 0},
		{LIT(CERT CERT), 0, 2, 0},
		{LIT(CERT DENY), 0, 1, 1},
		{LIT(CERT CERT DENY DENY), 0, 2, 2},
		{LIT(""), .err = -EBADMSG},
		{LIT(DENY), .err = -EBADMSG},
		{LIT(CERT CERT CERT), .err = -EOVERFLOW},
		{LIT(CERT DENY CERT), .err = -EBADMSG},
		{LIT(CERT "\x04\x1f" TWO TWO TWO "0123456"), .err = -EBADMSG},
		{LIT(CERT "\x04\x21" KEY "8"), .err = -EBADMSG},
		{LIT(CERT "\x04\x20" TWO), .err = -EBADMSG},
		{LIT(CERT "\x04\x81\x20" KEY), .err = -EBADMSG},
		{LIT(CERT "\x02\x20" KEY), .err = -EBADMSG},
		{LIT(CERT "x"), .err = -EBADMSG},
		{LIT("\x30\x04\x02\x01\x07"), .err = -EBADMSG},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = {0};
		struct anchor a;
		int err = anchor_read(&a, rows[i].p, rows[i].n, &f);

		CHECK_INT(err, rows[i].err);
		CHECK(!err == !f.why);
		if (err)
			continue;
		CHECK_INT(a.n_roots, rows[i].roots);
		CHECK_INT(a.n_revoked, rows[i].revoked);
		CHECK(a.roots[0].p == rows[i].p && a.roots[0].n == 5);
		CHECK(anchor_revokes(&a, (const uint8_t *)KEY) ==
		      !!rows[i].revoked);
		CHECK(!anchor_revokes(&a, (const uint8_t *)TWO TWO TWO "01234568"));
	}
}

static void limits(void)
{
	static char buf[ANCHOR_SIZE_MAX + 8];
	const size_t one = sizeof(DENY) - 1;
	struct anchor a;
	size_t n = 5;
	int i;

	memcpy(buf, CERT, n);
	for (i = 0; i <= ANCHOR_REVOKED_MAX; i++, n += one) {
		CHECK_INT(anchor_read(&a, buf, n, NULL), 0);
		CHECK_INT(a.n_revoked, i);
		memcpy(buf + n, DENY, one);
	}
	CHECK_INT(anchor_read(&a, buf, n, NULL), -EOVERFLOW);
	CHECK_INT(anchor_read(&a, buf, ANCHOR_SIZE_MAX + 1, NULL), -EOVERFLOW);
}

/* Only as deep as the key: a certificate's frame with "abc" as its key. */
#define SEQ0	   "\x30\x00"
#define FRAME(key) "\xa0\x00\x02\x01\x01" SEQ0 SEQ0 SEQ0 SEQ0 key
#define SPKI                                                                   \
	"\x30\x03"                                                             \
	"abc"

static void keys(void)
{
	static const struct {
		const char *p;
		size_t n;
		int err;
	} rows[] = {
		{LIT("\x30\x14\x30\x12" FRAME(SPKI)), 0},
		{LIT("\x30\x16\x30\x12" FRAME(SPKI) "\x05\x00"), 0},
		{LIT("\x30\x14\x30\x12" FRAME(SPKI) "\x05\x00"), .err = -EBADMSG},
		{LIT("\x30\x14\x30\x12" FRAME("\x31\x03"
					      "abc")),
		 -EBADMSG},
		{LIT("\x30\x0f\x30\x0d" FRAME("")), .err = -EBADMSG},
		{LIT("\x31\x14\x30\x12" FRAME(SPKI)), .err = -EBADMSG},
		{LIT("\x30\x12" FRAME(SPKI)), .err = -EBADMSG},
		{LIT(""), .err = -EBADMSG},
	};
	uint8_t want[DIGEST_SIZE], got[DIGEST_SIZE];
	size_t i;

	digest_of(LIT(SPKI), want);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memset(got, 0, sizeof(got));
		CHECK_INT(anchor_key((struct span){rows[i].p, rows[i].n}, got),
			  rows[i].err);
		CHECK(digest_equal(got, want) == !rows[i].err);
	}
}

static void certs(void)
{
	static const char two[] = "\x30\x14\x30\x12" FRAME(
		SPKI) "\x30\x16\x30\x12" FRAME(SPKI) "\x05\x00";
	const struct span good = {two, sizeof(two) - 1},
			  bad = {two, sizeof(two) - 2};
	uint8_t list[5 + 2 + DIGEST_SIZE] = CERT DENY;
	struct anchor a;

	CHECK_INT(anchor_read(&a, list, 5, NULL), 0);
	CHECK_INT(anchor_certs(&a, bad, NULL), 0);
	CHECK_INT(anchor_read(&a, list, sizeof(list), NULL), 0);
	CHECK_INT(anchor_certs(&a, good, NULL), 0);
	CHECK_INT(anchor_certs(&a, bad, NULL), -EBADMSG);
	CHECK_INT(anchor_certs(&a, (struct span){CERT, 5}, NULL), -EBADMSG);
	digest_of(LIT(SPKI), list + 7);
	CHECK_INT(anchor_certs(&a, good, NULL), -EKEYREJECTED);
}

UNIT_MAIN(UNIT_CASE(forms), UNIT_CASE(limits), UNIT_CASE(keys),
	  UNIT_CASE(certs))
