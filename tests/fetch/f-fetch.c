// SPDX-License-Identifier: MIT
/* f-fetch.c - the engine against servers that misbehave, over loopback. */
#include "../unit/unit.h"
#include "rig.h"

struct row {
	const char *name;
	enum rig_what what;
	const char *rules[RIG_RULES_MAX];
	enum code code;
	unsigned int status;   /* of CODE_FETCH */
	unsigned int requests; /* 0: not looked at */
	const char *text;      /* in the message */
};

#define M RIG_BLOB
#define L RIG_LAYER

/* clang-format off */
static const struct row rows[] = {
	/* good ones */
	{"blob", BLOB, {NULL}, 0, 0, 1, NULL},
	{"blob with digest", BLOB_DIGEST, {NULL}, 0, 0, 1, NULL},
	{"layer", LAYER, {NULL}, 0, 0, 3, NULL},
	{"layer without keep-alive", LAYER, {"* close"}, 0, 0, 3, NULL},
	{"layer without range", LAYER, {"* norange"}, 0, 0, 2, NULL},
	{"layer, closed after each", LAYER, {"* header=Connection: close"}, 0,
	 0, 3, NULL},
	{"head bytewise", BLOB_DIGEST, {"* bytewise"}, 0, 0, 1, NULL},
	{"no length, with digest", BLOB_DIGEST, {"* length=none"}, 0, 0, 1,
	 NULL},
	{"no length", BLOB, {"* length=none"}, 0, 0, 1, NULL},
	{"layer without length", LAYER, {"* length=none;norange"}, 0, 0, 2,
	 NULL},
	{"interim heads", BLOB_DIGEST, {"* interim=8"}, 0, 0, 1, NULL},
	{"extra bytes after the body", LAYER, {"* extra=70000"}, 0, 0, 0, NULL},
	{"slow, but fast enough", BLOB_DIGEST, {"* slow=6000"}, 0, 0, 1, NULL},
	/* recovered */
	{"500 once", BLOB, {M "#1 status=500"}, 0, 0, 2, NULL},
	{"500 four times", BLOB, {M "#1-4 status=500"}, 0, 0, 5, NULL},
	{"404 three times", BLOB, {M "#1-3 status=404"}, 0, 0, 4, NULL},
	{"cut once", LAYER, {L "#1 truncate=70000"}, 0, 0, 0, NULL},
	{"cut, and no range", LAYER, {L "#2 truncate=300000", "* norange"}, 0,
	 0, 3, NULL},
	{"always cut after 70000 bytes", LAYER, {"* truncate=70000"}, 0, 0, 0,
	 NULL},
	{"always cut in a chunk, and no range", LAYER,
	 {"* truncate=1200000;norange"}, CODE_CUT, 0, 0, "cut off"},
	{"always reset after 64 KiB", LAYER, {"* reset=65536"}, 0, 0, 0, NULL},
	{"reset three times", LAYER, {L "#1-3 reset=100000"}, 0, 0, 0, NULL},
	{"flip once", LAYER, {L "#1 flip=100000"}, 0, 0, 0, NULL},
	{"flip in the largest chunk", LAYER, {L "#2 flip=3000000"}, 0, 0, 0,
	 NULL},
	{"flip in the last byte", LAYER, {L "#3 flip=7503360"}, 0, 0, 0, NULL},
	{"stall once", LAYER, {L "#2 stall=100000"}, 0, 0, 0, NULL},
	{"other file once", LAYER, {L "#2 swap=" M}, 0, 0, 0, NULL},
	{"mute once", BLOB, {M "#1 mute"}, 0, 0, 2, NULL},
	{"no head once", BLOB, {M "#1 drop"}, 0, 0, 2, NULL},
	{"kept connection closed unseen", LAYER, {L "#2 drop"}, 0, 0, 4, NULL},
	{"redirect", BLOB_DIGEST, {M "#1-5 redirect=/" M}, 0, 0, 6, NULL},
	{"redirect of a range", LAYER, {"layers/* redirect=/moved",
	 "moved swap=" L}, 0, 0, 6, NULL},
	/* status */
	{"404", BLOB, {"* status=404"}, CODE_FETCH, 404, 4, "manifest.cms: "},
	{"403", LAYER, {"* status=403"}, CODE_FETCH, 403, 4, "base rig: "},
	{"410", BLOB, {"* status=410"}, CODE_FETCH, 410, 4, NULL},
	{"408 is for later", BLOB, {"* status=408"}, CODE_FETCH, 408, 5, NULL},
	{"500", BLOB, {"* status=500"}, CODE_FETCH, 500, 5, "127.0.0.1:"},
	{"503", BLOB, {"* status=503"}, CODE_FETCH, 503, 5, NULL},
	{"204", BLOB, {"* status=204"}, CODE_FETCH, 204, 4, NULL},
	{"304", BLOB, {"* status=304"}, CODE_FETCH, 304, 4, NULL},
	{"300 is no redirect", BLOB, {"* redirect=/x;status=300"}, CODE_FETCH,
	 300, 4, NULL},
	{"101", BLOB, {"* status=101"}, CODE_FETCH, 101, 4, NULL},
	{"416", LAYER, {"* status=416"}, CODE_FETCH, 416, 4, NULL},
	{"206 unasked", BLOB,
	 {"* status=206;body=x;header=Content-Range: bytes 0-0/3000"},
	 CODE_HTTP, 0, 4, "unasked 206"},
	{"206 without range", LAYER, {"* status=206;body=x"}, CODE_HTTP, 0, 4,
	 NULL},
	{"206 of another size", LAYER,
	 {"* status=206;body=x;header=Content-Range: bytes 0-0/3000"}, CODE_LEN,
	 0, 4, "got 3000"},
	{"206 of another range", LAYER, {"* wrongrange"}, CODE_HTTP, 0, 4,
	 "wrong range"},
	{"too many interim heads", BLOB, {"* interim=9"}, CODE_HTTP, 0, 4,
	 NULL},
	/* bytes */
	{"garbage", BLOB, {"* garbage"}, CODE_HTTP, 0, 4, NULL},
	{"chunked", BLOB, {"* chunked"}, CODE_HTTP, 0, 4, NULL},
	{"gzip", BLOB, {"* header=Content-Encoding: gzip"}, CODE_HTTP, 0, 4,
	 NULL},
	{"two lengths", BLOB, {"* header=Content-Length: 3000"}, CODE_LEN, 0, 4,
	 NULL},
	{"length too large", BLOB_DIGEST, {"* length=+1"}, CODE_LEN, 0, 4,
	 "expected 3000, got 3001"},
	{"length too small", BLOB_DIGEST, {"* length=-1"}, CODE_LEN, 0, 4,
	 "expected 3000, got 2999"},
	{"length 2^64-1", LAYER, {"* length=18446744073709551615"}, CODE_LEN, 0,
	 4, NULL},
	{"length 2^63-1", BLOB, {"* length=9223372036854775807"}, CODE_LEN, 0,
	 4, "at most 3000"},
	{"length negative", BLOB, {"* length=-9999"}, CODE_LEN, 0, 4, NULL},
	{"larger than the buffer", BLOB, {"* swap=longer"}, CODE_LEN, 0, 4,
	 NULL},
	{"larger, no length", BLOB, {"* swap=longer;length=none"}, CODE_LEN, 0,
	 4, "too long"},
	{"shorter, no length", BLOB_DIGEST, {"* swap=empty;length=none"},
	 CODE_CUT, 0, 5, NULL},
	{"another file", BLOB_DIGEST, {"* swap=other"}, CODE_HASH, 0, 4,
	 "wrong digest"},
	{"layer of another size", LAYER, {"* swap=other"}, CODE_LEN, 0, 4,
	 NULL},
	{"whole layer of another size", LAYER, {"* swap=other;norange"},
	 CODE_LEN, 0, 4, NULL},
	{"flip for ever", LAYER, {"* flip=100000"}, CODE_HASH, 0, 0,
	 "chunk 2 at offset 65537"},
	{"flip for ever, no range", LAYER, {"* flip=100000;norange"}, CODE_HASH,
	 0, 0, "chunk 2 at offset 65537"},
	/* connections */
	{"always cut", LAYER, {"* truncate=1000"}, CODE_CUT, 0, 5, "cut off"},
	{"always reset", BLOB, {"* reset=10"}, CODE_CUT, 0, 5, NULL},
	{"never a head", BLOB, {"* drop"}, CODE_CUT, 0, 5, NULL},
	{"always mute", BLOB, {"* mute"}, CODE_STALL, 0, 3, "no response"},
	{"always stalled", BLOB, {"* stall=10"}, CODE_STALL, 0, 3, "stalled"},
	{"always too slow", LAYER, {"* slow=1000"}, CODE_STALL, 0, 0,
	 "stalled"},
	/* redirects */
	{"redirect loop", BLOB, {M " redirect=/" M}, CODE_REDIR, 0, 24,
	 "more than 5"},
	{"redirect to a file", BLOB, {"* redirect=file:///etc/passwd"},
	 CODE_REDIR, 0, 4, "refused"},
	{"redirect to https, without TLS", BLOB,
	 {"* redirect=https://127.0.0.1/"}, CODE_URL, 0, 4, "--https"},
	{"redirect with user info", BLOB, {"* redirect=http://u:p@127.0.0.1/"},
	 CODE_REDIR, 0, 4, NULL},
	{"redirect without a scheme", BLOB, {"* redirect=//127.0.0.1/x"},
	 CODE_REDIR, 0, 4, NULL},
	{"redirect, relative", BLOB, {"* redirect=x"}, CODE_REDIR, 0, 4, NULL},
	{"redirect to nowhere", BLOB, {"* status=302"}, CODE_REDIR, 0, 4, NULL},
};
/* clang-format on */

static void check_row(const struct row *row)
{
	static struct rig_request log[RIG_LOG_MAX];
	struct rig_server s;
	struct rig r;
	unsigned int n;
	int ret;

	rig_serve(&s, "127.0.0.1", row->rules);
	rig_init(&r, 42);
	rig_mirror(&r, s.port);
	ret = rig_fetch(&r, row->what);
	n = rig_log(&s, log);
	fetch_close(&r.f);
	rig_stop(&s);
	if (ret)
		CHECK_STR(code_name(r.e.code), code_name(row->code));
	CHECK_INT(ret, row->code ? -EPROTO : 0);
	if (row->requests)
		CHECK_INT(n, row->requests);
	if (!row->code)
		return;
	CHECK_INT(r.e.status, row->status);
	CHECK(strlen(r.e.text) <= 160);
	if (row->text && !strstr(r.e.text, row->text))
		CHECK_STR(r.e.text, row->text);
}

static void test_rows(void)
{
	size_t i;

	rig_setup();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].name;
		check_row(&rows[i]);
	}
}

/*
 * A proven byte is never asked for again, whatever happens after it; nor is
 * one that came before a cut, unless it turns out to be wrong.
 */
static void test_resume(void)
{
	static const struct {
		const char *rule;
		uint64_t next;
	} cuts[] = {
		{L "#1 truncate=0", 0},
		{L "#1 truncate=1", 1},
		{L "#1 truncate=65535", 65535},
		{L "#1 truncate=65536", 65536},
		{L "#1 truncate=65537", 65537},
		{L "#1 truncate=500000", 500000},
		{L "#1 stall=500000", 500000},
		{L "#1 flip=0", 0},
		{L "#1 flip=65536", 65536},
	};
	static struct rig_request log[RIG_LOG_MAX];
	struct rig_server s;
	struct rig r;
	unsigned int n, k;
	size_t i;

	rig_setup();
	for (i = 0; i < ARRAY_SIZE(cuts); i++) {
		const char *const rules[RIG_RULES_MAX] = {cuts[i].rule};

		unit_row = cuts[i].rule;
		rig_serve(&s, "127.0.0.1", rules);
		rig_init(&r, i);
		rig_mirror(&r, s.port);
		CHECK_INT(rig_fetch_layer(&r), 0);
		n = rig_log(&s, log);
		rig_stop(&s);
		CHECK(n >= 3);
		CHECK_INT(log[0].first, 0);
		CHECK_INT(log[1].first, cuts[i].next);
		/* chunks behind a wrong one may be proven already */
		for (k = 2; k < n; k++)
			CHECK(log[k].first > log[k - 1].last);
		CHECK(r.layer.bytes <= rig_index.layer_size + 65536);
		CHECK_INT(log[n - 1].last, rig_index.layer_size - 1);
		CHECK_INT(r.progress, rig_index.layer_size);
	}
}

/* No request but one for a single large chunk asks for more than 4 MiB. */
static void test_ranges(void)
{
	static struct rig_request log[RIG_LOG_MAX];
	struct rig_server s;
	unsigned int n, k;
	struct rig r;

	rig_setup();
	rig_serve(&s, "127.0.0.1", NULL);
	rig_init(&r, 1);
	rig_mirror(&r, s.port);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	CHECK_INT(rig_fetch_layer(&r), 0);
	n = rig_log(&s, log);
	for (k = 0; k < n; k++) {
		CHECK_INT(log[k].conn, k ? 2 : 1);
		CHECK(log[k].last - log[k].first < 4u << 20);
	}
	CHECK_INT(r.f.stats.requests, n);
	CHECK_INT(r.f.stats.bytes, rig_index.layer_size + RIG_BLOB_SIZE);
	CHECK_INT(r.n_waits, 0);
	fetch_close(&r.f);
	rig_stop(&s);
}

/* A server that closes what it kept alive costs no try and no wait. */
static void test_idle_close(void)
{
	const char *const rules[RIG_RULES_MAX] = {L "#2-3 drop", M "#2 drop"};
	struct rig_server s;
	struct rig r;

	rig_setup();
	rig_serve(&s, "127.0.0.1", rules);
	rig_init(&r, 1);
	rig_mirror(&r, s.port);
	CHECK_INT(rig_fetch_layer(&r), 0);
	/* #2 was reopened unseen, #3 then was a fresh connection's failure */
	CHECK_INT(r.n_waits, 1);
	CHECK_INT(rig_fetch_blob(&r, false), 0);
	CHECK_INT(rig_fetch_blob(&r, false), 0);
	CHECK_INT(r.n_waits, 1);
	fetch_close(&r.f);
	rig_stop(&s);
}

/* Bytes that came along with a response are not the beginning of the next. */
static void test_leftover(void)
{
	const char *const rules[RIG_RULES_MAX] = {M " extra=10;cork",
						  L " extra=70000"};
	static struct rig_request log[RIG_LOG_MAX];
	struct rig_server s;
	struct rig r;

	rig_setup();
	rig_serve(&s, "127.0.0.1", rules);
	rig_init(&r, 1);
	rig_mirror(&r, s.port);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	CHECK_INT(r.n_waits, 0);
	CHECK_INT(rig_log(&s, log), 2);
	CHECK(log[0].conn != log[1].conn);
	/* these may arrive when the next request is on its way already */
	CHECK_INT(rig_fetch_layer(&r), 0);
	CHECK_INT(r.n_waits, 0);
	fetch_close(&r.f);
	rig_stop(&s);
}

UNIT_MAIN(UNIT_CASE(test_rows), UNIT_CASE(test_resume), UNIT_CASE(test_ranges),
	  UNIT_CASE(test_idle_close), UNIT_CASE(test_leftover))
