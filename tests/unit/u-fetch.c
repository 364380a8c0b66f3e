/* SPDX-License-Identifier: MIT */
/* u-fetch.c - mirrors, names for messages, failures and the clock. */
#include "fetch/clock.h"
#include "fetch/conn.h"
#include "fetch/try.h"
#include "unit.h"

static void mirrors(void)
{
	static const struct {
		const char *url;
		int ret;
		unsigned int n;
	} rows[] = {
		{"http://a/tree", 0, 1},    {"http://a/tree/", 0, 1},
		{"http://a/tree//", 0, 1},  {"http://b", 0, 2},
		{"https://b", -EBADMSG, 2}, {"http://c/?x=", -EBADMSG, 2},
		{"", -EBADMSG, 2},	    {"////", -EBADMSG, 2},
	};
	static struct fetch_conn conn;
	const struct fetch_env env = {0};
	struct fault why;
	struct fetch f;
	char url[32];
	size_t i;

	fetch_init(&f, &env, &conn);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].url;
		why.why = NULL;
		CHECK_INT(fetch_add_mirror(&f, text_span(rows[i].url), &why),
			  rows[i].ret);
		CHECK_INT(f.n_mirrors, rows[i].n);
		CHECK(!why.why == !rows[i].ret);
	}
	CHECK_STR(f.mirrors[0].url, "http://a/tree");
	for (i = f.n_mirrors; i < FETCH_MIRRORS_MAX; i++) {
		snprintf(url, sizeof(url), "http://m%u", (unsigned int)i);
		CHECK_INT(fetch_add_mirror(&f, text_span(url), NULL), 0);
	}
	CHECK_INT(fetch_add_mirror(&f, text_span("http://z"), NULL), -ENOSPC);
	CHECK_INT(fetch_add_mirror(&f, text_span("http://b"), NULL), 0);
}

static void no_mirror(void)
{
	static struct fetch_conn conn;
	const struct fetch_env env = {0};
	struct fetch_error e;
	struct fetch f;
	size_t size;
	char buf[4];

	fetch_init(&f, &env, &conn);
	CHECK_INT(fetch_blob(&f, "x", buf, sizeof(buf), &size, NULL, NULL, NULL,
			     &e),
		  -EPROTO);
	CHECK_INT(e.code, CODE_URL);
}

static void too_large(void)
{
	static const uint8_t digest[DIGEST_SIZE];
	static struct fetch_conn conn;
	const struct fetch_env env = {0};
	struct fetch_error e;
	struct fetch f;
	size_t size = 5;
	char buf[4];

	fetch_init(&f, &env, &conn);
	CHECK_INT(fetch_blob(&f, "x", buf, sizeof(buf), &size, digest, NULL,
			     NULL, &e),
		  -EPROTO);
	CHECK_INT(e.code, CODE_LEN);
}

static void names(void)
{
	static const struct {
		const char *rel, *shown;
	} rows[] = {
		{"manifest.cms", "manifest.cms"},
		{"layers/0123456789abcdef0123456789abcdef0123456789abcdef01234"
		 "56789abcdef.squashfs",
		 "layers/01234567...squashfs"},
		{"base debian13", "base debian13"},
		{"a name of a layer that is far too long for one line of text",
		 "a name of a layer that is far too long for one "},
	};
	char shown[TRY_NAME_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		try_name(shown, rows[i].rel);
		CHECK_STR(shown, rows[i].shown);
	}
}

static void failures(void)
{
	struct fetch_error e;
	char name[24];

	CHECK_INT(fetch_fail(&e, CODE_HASH, "a%c[31m%s\n", 27, "\xc3\xa4"),
		  -EPROTO);
	CHECK_STR(e.text, "a?[31m???");
	CHECK_STR(fetch_error_name(&e, name), "E-HASH");
	CHECK_INT(fetch_fail(&e, CODE_FETCH, "%0300d", 1), -EPROTO);
	CHECK_INT(strlen(e.text), FETCH_ERROR_TEXT - 1);
	CHECK_STR(fetch_error_name(&e, name), "E-FETCH");
	e.status = 404;
	CHECK_STR(fetch_error_name(&e, name), "E-FETCH-404");
	CHECK_STR(code_name(CODE_NONE), "");
	CHECK_STR(code_name(CODE_SYS), "E-SYS");
	CHECK_STR(code_name(CODE_COUNT), "");
	CHECK_STR(code_name((enum code) - 1), "");
}

static void clocks(void)
{
	uint64_t before = clock_ms();

	CHECK(before);
	clock_pause(20);
	CHECK(clock_ms() - before >= 20);
	clock_pause(0);
}

UNIT_MAIN(UNIT_CASE(mirrors), UNIT_CASE(no_mirror), UNIT_CASE(too_large),
	  UNIT_CASE(names), UNIT_CASE(failures), UNIT_CASE(clocks))
