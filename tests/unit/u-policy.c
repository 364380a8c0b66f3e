/* SPDX-License-Identifier: MIT */
/* u-policy.c - the rules baked into an initrd. */
#include "format/policy.h"
#include "unit.h"

#define HEAD POLICY_MAGIC "site demo\nepoch 1\nfloor 7\nbuilt 1700000000\n"

static const char full[] =
	HEAD "mode enforce\nstale warn\nkernel 6.12.9-amd64\n"
	     "url http://a/{mac}\nurl http://b/\nrole web\n"
	     "report /report\nsigners 3\n";

static int parse(struct policy *p, const char *text, size_t n)
{
	struct fault f = {0};
	int err = policy_parse(p, (struct span){text, n}, &f);

	CHECK(!err == !f.why);
	return err;
}

static void round_trip(void)
{
	char buf[sizeof(full)];
	struct policy p;
	size_t i, n = sizeof(full) - 1;

	CHECK_INT(parse(&p, full, n), 0);
	CHECK(span_is(p.site, "demo") && span_is(p.role, "web"));
	CHECK(p.epoch == 1 && p.floor == 7 && p.built == 1700000000);
	CHECK(!p.rescue && !p.stale_refuse && p.n_urls == 2);
	CHECK(span_is(p.kernel, "6.12.9-amd64"));
	CHECK(span_is(p.report, "/report") && p.signers == 3);
	CHECK(span_is(p.urls[0], "http://a/{mac}"));
	CHECK_INT(policy_print(&p, buf, n), n);
	CHECK(!memcmp(buf, full, n));
	for (i = 0; i < n; i++)
		CHECK_INT(policy_print(&p, buf, i), -EOVERFLOW);
	p.n_urls = POLICY_URLS_MAX + 1;
	CHECK_INT(policy_print(&p, buf, n), -EOVERFLOW);
	CHECK_INT(parse(&p, HEAD "mode rescue\nstale refuse\n",
			strlen(HEAD "mode rescue\nstale refuse\n")),
		  0);
	CHECK(p.rescue && p.stale_refuse && !p.role.n && !p.kernel.n);
	CHECK_INT(p.signers, 1);
	p.signers = POLICY_SIGNERS_MAX + 1;
	CHECK_INT(policy_print(&p, buf, n), -EOVERFLOW);
}

static void refused(void)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{"", -EBADMSG},
		{"slipway-policy 2\n", -EBADMSG},
		{POLICY_MAGIC, -EBADMSG},
		{HEAD "mode enforce\n", -EBADMSG},
		{HEAD "mode Rescue\nstale warn\n", -EBADMSG},
		{HEAD "mode rescue\nmode enforce\nstale warn\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nfloor 0\n", -EBADMSG},
		{HEAD "mode enforce\nstale never\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nupper anywhere\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nsigners 0\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nsigners 1\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nsigners 5\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nsigners 2\nsigners 2\n",
		 -EBADMSG},
		{HEAD "mode enforce\nstale warn\nverify off\n", -ENOTSUP},
		{HEAD "mode enforce\nstale warn\nreport x\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nreport off\nreport off\n",
		 -EBADMSG},
		{HEAD "mode enforce\nstale warn\n\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn", -EBADMSG},
		{HEAD "mode enforce \nstale warn\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nurl ftp://h/\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nurl http://h/ x\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nrole a/b\n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nrole \n", -EBADMSG},
		{HEAD "mode enforce\nstale warn\nrole\n", -EBADMSG},
		{HEAD "mode enforce\r\nstale warn\n", -EBADMSG},
	};
	static char big[POLICY_SIZE_MAX + 1];
	struct policy p;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].text;
		CHECK_INT(parse(&p, rows[i].text, strlen(rows[i].text)),
			  rows[i].err);
	}
	CHECK_INT(parse(&p, big, sizeof(big)), -EOVERFLOW);
}

static void too_many_urls(void)
{
	char text[512] = HEAD "mode enforce\nstale warn\n";
	struct policy p;
	size_t n = strlen(text), i;

	for (i = 0; i < POLICY_URLS_MAX; i++, n += 13)
		memcpy(text + n, "url http://a\n", 13);
	CHECK_INT(parse(&p, text, n), 0);
	memcpy(text + n, "url http://a\n", 13);
	CHECK_INT(parse(&p, text, n + 13), -EOVERFLOW);
}

static void every_cut_and_byte(void)
{
	char copy[sizeof(full)], out[sizeof(full)];
	size_t n = sizeof(full) - 1, i;
	struct policy p;
	int c;

	for (i = 0; i < n; i++) {
		/* cut behind a whole line, what was optional may be gone */
		if (!i || full[i - 1] != '\n')
			CHECK(parse(&p, full, i) < 0);
		for (c = 0; c < 256; c++) {
			memcpy(copy, full, sizeof(copy));
			copy[i] = c;
			if (parse(&p, copy, n))
				continue;
			CHECK_INT(policy_print(&p, out, n), n);
			CHECK(!memcmp(out, copy, n));
		}
	}
}

UNIT_MAIN(UNIT_CASE(round_trip), UNIT_CASE(refused), UNIT_CASE(too_many_urls),
	  UNIT_CASE(every_cut_and_byte))
