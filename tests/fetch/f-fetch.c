// SPDX-License-Identifier: MIT
/* f-fetch.c - the engine against servers that misbehave, over loopback. */
#include <signal.h>
#include <unistd.h>
#include "../unit/unit.h"
#include "rig.h"

enum what { BLOB, BLOB_DIGEST, LAYER };

struct row {
	const char *name;
	enum what what;
	const char *rules[RIG_RULES_MAX];
	enum code code;
	unsigned int status;   /* of CODE_FETCH */
	unsigned int requests; /* 0: not looked at */
	const char *text;      /* in the message */
};

#define M RIG_BLOB
#define L RIG_LAYER

static const struct row rows[] = {
	/* good ones */
	{"blob", BLOB, {NULL}, 0, 0, 1, NULL},
	{"blob with digest", BLOB_DIGEST, {NULL}, 0, 0, 1, NULL},
	{"layer", LAYER, {NULL}, 0, 0, 3, NULL},
	{"layer without keep-alive", LAYER, {"* close"}, 0, 0, 3, NULL},
	{"layer without range", LAYER, {"* norange"}, 0, 0, 1, NULL},
	{"layer, closed after each",
	 LAYER,
	 {"* header=Connection: close"},
	 0,
	 0,
	 3,
	 NULL},
	{"head bytewise", BLOB_DIGEST, {"* bytewise"}, 0, 0, 1, NULL},
	{"no length, with digest",
	 BLOB_DIGEST,
	 {"* length=none"},
	 0,
	 0,
	 1,
	 NULL},
	{"no length", BLOB, {"* length=none"}, 0, 0, 1, NULL},
	{"layer without length",
	 LAYER,
	 {"* length=none;norange"},
	 0,
	 0,
	 1,
	 NULL},
	{"interim heads", BLOB_DIGEST, {"* interim=8"}, 0, 0, 1, NULL},
	{"extra bytes after the body", LAYER, {"* extra=70000"}, 0, 0, 3, NULL},
	{"slow, but fast enough", BLOB_DIGEST, {"* slow=6000"}, 0, 0, 1, NULL},
	/* recovered */
	{"500 once", BLOB, {M "#1 status=500"}, 0, 0, 2, NULL},
	{"500 four times", BLOB, {M "#1-4 status=500"}, 0, 0, 5, NULL},
	{"404 three times", BLOB, {M "#1-3 status=404"}, 0, 0, 4, NULL},
	{"cut once", LAYER, {L "#1 truncate=70000"}, 0, 0, 0, NULL},
	{"cut, and no range",
	 LAYER,
	 {L "#1 truncate=300000", "* norange"},
	 0,
	 0,
	 2,
	 NULL},
	{"reset three times", LAYER, {L "#1-3 reset=100000"}, 0, 0, 0, NULL},
	{"flip once", LAYER, {L "#1 flip=100000"}, 0, 0, 0, NULL},
	{"flip in the largest chunk",
	 LAYER,
	 {L "#2 flip=3000000"},
	 0,
	 0,
	 0,
	 NULL},
	{"flip in the last byte", LAYER, {L "#3 flip=7503360"}, 0, 0, 0, NULL},
	{"stall once", LAYER, {L "#2 stall=100000"}, 0, 0, 0, NULL},
	{"other file once", LAYER, {L "#2 swap=" M}, 0, 0, 0, NULL},
	{"mute once", BLOB, {M "#1 mute"}, 0, 0, 2, NULL},
	{"no head once", BLOB, {M "#1 drop"}, 0, 0, 2, NULL},
	{"kept connection closed unseen", LAYER, {L "#2 drop"}, 0, 0, 4, NULL},
	{"redirect", BLOB_DIGEST, {M "#1-5 redirect=/" M}, 0, 0, 6, NULL},
	{"redirect of a range",
	 LAYER,
	 {"layers/* redirect=/moved", "moved swap=" L},
	 0,
	 0,
	 6,
	 NULL},
	/* status */
	{"404", BLOB, {"* status=404"}, CODE_FETCH, 404, 4, "manifest.cms: "},
	{"403", LAYER, {"* status=403"}, CODE_FETCH, 403, 4, "base rig: "},
	{"410", BLOB, {"* status=410"}, CODE_FETCH, 410, 4, NULL},
	{"408 is for later", BLOB, {"* status=408"}, CODE_FETCH, 408, 5, NULL},
	{"500", BLOB, {"* status=500"}, CODE_FETCH, 500, 5, "127.0.0.1:"},
	{"503", BLOB, {"* status=503"}, CODE_FETCH, 503, 5, NULL},
	{"204", BLOB, {"* status=204"}, CODE_FETCH, 204, 4, NULL},
	{"304", BLOB, {"* status=304"}, CODE_FETCH, 304, 4, NULL},
	{"300 is no redirect",
	 BLOB,
	 {"* redirect=/x;status=300"},
	 CODE_FETCH,
	 300,
	 4,
	 NULL},
	{"101", BLOB, {"* status=101"}, CODE_FETCH, 101, 4, NULL},
	{"416", LAYER, {"* status=416"}, CODE_FETCH, 416, 4, NULL},
	{"206 unasked",
	 BLOB,
	 {"* status=206;body=x;header=Content-Range: bytes 0-0/3000"},
	 CODE_HTTP,
	 0,
	 4,
	 "unasked 206"},
	{"206 without range",
	 LAYER,
	 {"* status=206;body=x"},
	 CODE_HTTP,
	 0,
	 4,
	 NULL},
	{"206 of another size",
	 LAYER,
	 {"* status=206;body=x;header=Content-Range: bytes 0-0/3000"},
	 CODE_LEN,
	 0,
	 4,
	 "got 3000"},
	{"206 of another range",
	 LAYER,
	 {"* wrongrange"},
	 CODE_HTTP,
	 0,
	 4,
	 "wrong range"},
	{"too many interim heads",
	 BLOB,
	 {"* interim=9"},
	 CODE_HTTP,
	 0,
	 4,
	 NULL},
	/* bytes */
	{"garbage", BLOB, {"* garbage"}, CODE_HTTP, 0, 4, NULL},
	{"chunked", BLOB, {"* chunked"}, CODE_HTTP, 0, 4, NULL},
	{"gzip",
	 BLOB,
	 {"* header=Content-Encoding: gzip"},
	 CODE_HTTP,
	 0,
	 4,
	 NULL},
	{"two lengths",
	 BLOB,
	 {"* header=Content-Length: 3000"},
	 CODE_LEN,
	 0,
	 4,
	 NULL},
	{"length too large",
	 BLOB_DIGEST,
	 {"* length=+1"},
	 CODE_LEN,
	 0,
	 4,
	 "expected 3000, got 3001"},
	{"length too small",
	 BLOB_DIGEST,
	 {"* length=-1"},
	 CODE_LEN,
	 0,
	 4,
	 "expected 3000, got 2999"},
	{"length 2^64-1",
	 LAYER,
	 {"* length=18446744073709551615"},
	 CODE_LEN,
	 0,
	 4,
	 NULL},
	{"length 2^63-1",
	 BLOB,
	 {"* length=9223372036854775807"},
	 CODE_LEN,
	 0,
	 4,
	 "at most 3000"},
	{"length negative", BLOB, {"* length=-9999"}, CODE_LEN, 0, 4, NULL},
	{"larger than the buffer",
	 BLOB,
	 {"* swap=longer"},
	 CODE_LEN,
	 0,
	 4,
	 NULL},
	{"larger, no length",
	 BLOB,
	 {"* swap=longer;length=none"},
	 CODE_LEN,
	 0,
	 4,
	 "too long"},
	{"shorter, no length",
	 BLOB_DIGEST,
	 {"* swap=empty;length=none"},
	 CODE_CUT,
	 0,
	 5,
	 NULL},
	{"another file",
	 BLOB_DIGEST,
	 {"* swap=other"},
	 CODE_HASH,
	 0,
	 4,
	 "wrong digest"},
	{"layer of another size",
	 LAYER,
	 {"* swap=other"},
	 CODE_LEN,
	 0,
	 4,
	 NULL},
	{"whole layer of another size",
	 LAYER,
	 {"* swap=other;norange"},
	 CODE_LEN,
	 0,
	 4,
	 NULL},
	{"flip for ever",
	 LAYER,
	 {"* flip=100000"},
	 CODE_HASH,
	 0,
	 0,
	 "chunk 2 at offset 65537"},
	{"flip for ever, no range",
	 LAYER,
	 {"* flip=100000;norange"},
	 CODE_HASH,
	 0,
	 0,
	 "chunk 2 at offset 65537"},
	/* connections */
	{"always cut", LAYER, {"* truncate=1000"}, CODE_CUT, 0, 5, "cut off"},
	{"always cut after a chunk",
	 LAYER,
	 {"* truncate=70000"},
	 CODE_CUT,
	 0,
	 0,
	 NULL},
	{"always reset", BLOB, {"* reset=10"}, CODE_CUT, 0, 5, NULL},
	{"never a head", BLOB, {"* drop"}, CODE_CUT, 0, 5, NULL},
	{"always mute", BLOB, {"* mute"}, CODE_STALL, 0, 3, "no response"},
	{"always stalled", BLOB, {"* stall=10"}, CODE_STALL, 0, 3, "stalled"},
	{"always too slow",
	 LAYER,
	 {"* slow=1000"},
	 CODE_STALL,
	 0,
	 0,
	 "stalled"},
	/* redirects */
	{"redirect loop",
	 BLOB,
	 {M " redirect=/" M},
	 CODE_REDIR,
	 0,
	 24,
	 "more than 5"},
	{"redirect to a file",
	 BLOB,
	 {"* redirect=file:///etc/passwd"},
	 CODE_REDIR,
	 0,
	 4,
	 "refused"},
	{"redirect to https",
	 BLOB,
	 {"* redirect=https://127.0.0.1/"},
	 CODE_REDIR,
	 0,
	 4,
	 NULL},
	{"redirect with user info",
	 BLOB,
	 {"* redirect=http://u:p@127.0.0.1/"},
	 CODE_REDIR,
	 0,
	 4,
	 NULL},
	{"redirect without a scheme",
	 BLOB,
	 {"* redirect=//127.0.0.1/x"},
	 CODE_REDIR,
	 0,
	 4,
	 NULL},
	{"redirect, relative", BLOB, {"* redirect=x"}, CODE_REDIR, 0, 4, NULL},
	{"redirect to nowhere", BLOB, {"* status=302"}, CODE_REDIR, 0, 4, NULL},
};

static int fetch(struct rig *r, enum what what)
{
	return what == LAYER ? rig_fetch_layer(r)
			     : rig_fetch_blob(r, what == BLOB_DIGEST);
}

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
	ret = fetch(&r, row->what);
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

/* The chunk that ends at or after @at bytes. */
static uint64_t chunk_at(uint64_t at)
{
	uint64_t i;

	for (i = 0; rig_offset(i + 1) <= at; i++)
		;
	return rig_offset(i);
}

/* A proven byte is never asked for again, whatever happens after it. */
static void test_resume(void)
{
	static const struct {
		const char *rule;
		uint64_t broken;
	} cuts[] = {
		{L "#1 truncate=0", 0},
		{L "#1 truncate=65535", 65535},
		{L "#1 truncate=65536", 65536},
		{L "#1 truncate=65537", 65537},
		{L "#1 truncate=500000", 500000},
		{L "#1 stall=500000", 500000},
		{L "#1 flip=0", 0},
		{L "#1 flip=65536", 65536},
		{L "#1 flip=500000", 500000},
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
		CHECK(n >= 4);
		CHECK_INT(log[0].first, 0);
		CHECK_INT(log[1].first, chunk_at(cuts[i].broken));
		for (k = 2; k < n; k++)
			CHECK_INT(log[k].first, log[k - 1].last + 1);
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
	CHECK_INT(rig_fetch_layer(&r), 0);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	n = rig_log(&s, log);
	for (k = 0; k < n; k++) {
		CHECK_INT(log[k].conn, 1);
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
	const char *const rules[RIG_RULES_MAX] = {L "#2-3 drop", M "#1 drop"};
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
	CHECK_INT(r.n_waits, 1);
	fetch_close(&r.f);
	rig_stop(&s);
}

struct mirrors_row {
	const char *name;
	enum what what;
	const char *a[RIG_RULES_MAX], *b[RIG_RULES_MAX];
	enum code code;
	unsigned int waits;
	bool bad_a, bad_b;
	unsigned int current;
};

static const struct mirrors_row mirrors[] = {
	{"first has all",
	 LAYER,
	 {NULL},
	 {"* status=404"},
	 0,
	 0,
	 false,
	 false,
	 0},
	{"first lacks it",
	 LAYER,
	 {"* status=404"},
	 {NULL},
	 0,
	 0,
	 true,
	 false,
	 1},
	{"first flips",
	 LAYER,
	 {"* flip=5000000"},
	 {NULL},
	 0,
	 0,
	 true,
	 false,
	 1},
	{"first stalls",
	 LAYER,
	 {"* stall=200000"},
	 {NULL},
	 0,
	 0,
	 false,
	 false,
	 1},
	{"first is mute", BLOB, {"* mute"}, {NULL}, 0, 0, false, false, 1},
	{"first is away for a while",
	 BLOB,
	 {"* status=503;retry-after=60"},
	 {NULL},
	 0,
	 0,
	 false,
	 false,
	 1},
	{"first has another file",
	 BLOB_DIGEST,
	 {"* swap=other"},
	 {NULL},
	 0,
	 0,
	 true,
	 false,
	 1},
	{"each breaks what the other has proven",
	 LAYER,
	 {L " flip=5000000"},
	 {L " flip=100000"},
	 0,
	 0,
	 true,
	 false,
	 1},
	{"both break the same chunk",
	 LAYER,
	 {L " flip=100000"},
	 {L " flip=100000"},
	 CODE_HASH,
	 6,
	 true,
	 true,
	 0},
	{"both lack it",
	 BLOB,
	 {"* status=404"},
	 {"* status=403"},
	 CODE_FETCH,
	 6,
	 true,
	 true,
	 1},
	{"both are down",
	 BLOB,
	 {"* status=500"},
	 {"* status=500"},
	 CODE_FETCH,
	 8,
	 false,
	 false,
	 1},
	{"bad comes last",
	 BLOB,
	 {"* status=404"},
	 {M "#1-4 status=500"},
	 0,
	 4,
	 true,
	 false,
	 1},
};

static void check_mirrors(const struct mirrors_row *row)
{
	struct rig_server a, b;
	struct rig r;
	int ret;

	unit_row = row->name;
	rig_serve(&a, "127.0.0.1", row->a);
	rig_serve(&b, "127.0.0.1", row->b);
	rig_init(&r, 7);
	rig_mirror(&r, a.port);
	rig_mirror(&r, b.port);
	ret = fetch(&r, row->what);
	fetch_close(&r.f);
	rig_stop(&a);
	rig_stop(&b);
	CHECK_INT(ret, row->code ? -EPROTO : 0);
	if (ret)
		CHECK_STR(code_name(r.e.code), code_name(row->code));
	CHECK_INT(r.n_waits, row->waits);
	CHECK_INT(r.f.mirrors[0].bad, row->bad_a);
	CHECK_INT(r.f.mirrors[1].bad, row->bad_b);
	if (!row->code)
		CHECK_INT(r.f.current, row->current);
}

static void test_mirrors(void)
{
	size_t i;

	rig_setup();
	for (i = 0; i < ARRAY_SIZE(mirrors); i++)
		check_mirrors(&mirrors[i]);
}

static int refuse_first(void *user, const void *p, size_t size,
			struct fetch_error *e)
{
	unsigned int *calls = user;

	if ((*calls)++)
		return 0;
	return fetch_fail(e, CODE_SIG, "manifest.cms: refused");
}

/* What the check refuses is asked of the next mirror. */
static void test_check(void)
{
	struct rig_server a, b;
	uint8_t buf[RIG_BLOB_SIZE];
	unsigned int calls = 0;
	size_t size = 0;
	struct rig r;

	rig_setup();
	rig_serve(&a, "127.0.0.1", NULL);
	rig_serve(&b, "127.0.0.1", NULL);
	rig_init(&r, 7);
	rig_mirror(&r, a.port);
	rig_mirror(&r, b.port);
	CHECK_INT(fetch_blob(&r.f, M, buf, sizeof(buf), &size, NULL,
			     refuse_first, &calls, &r.e),
		  0);
	CHECK_INT(calls, 2);
	CHECK_INT(size, RIG_BLOB_SIZE);
	CHECK(r.f.mirrors[0].bad && !r.f.mirrors[1].bad);
	CHECK(strstr(r.note, "E-SIG"));
	fetch_close(&r.f);
	rig_stop(&a);
	rig_stop(&b);
}

/* Waits stay within full jitter's bounds, use them, and differ by seed. */
static void test_jitter(void)
{
	const char *const rules[RIG_RULES_MAX] = {"* status=500"};
	uint64_t seed, most[4] = {0}, first = 0;
	struct rig_server s;
	unsigned int i;
	bool differ = false;
	struct rig r;

	rig_setup();
	rig_serve(&s, "127.0.0.1", rules);
	for (seed = 0; seed < 40; seed++) {
		rig_init(&r, seed);
		rig_mirror(&r, s.port);
		CHECK_INT(rig_fetch_blob(&r, true), -EPROTO);
		CHECK_INT(r.n_waits, 4);
		CHECK_INT(r.n_notes, 4);
		CHECK(strlen(r.note) < 240);
		for (i = 0; i < 4; i++) {
			CHECK(r.waits[i] <= 1000u << i);
			if (r.waits[i] > most[i])
				most[i] = r.waits[i];
		}
		differ |= seed && r.waits[0] != first;
		first = r.waits[0];
		fetch_close(&r.f);
	}
	for (i = 0; i < 4; i++)
		CHECK(most[i] > 700u << i);
	CHECK(differ);
	rig_stop(&s);
}

static void test_retry_after(void)
{
	static const struct {
		const char *rule;
		uint64_t least, most;
	} table[] = {
		{M "#1 status=503;retry-after=7", 7000, 8000},
		{M "#1 status=429;retry-after=60", 60000, 61000},
		{M "#1 status=503;retry-after=86400", 60000, 61000},
		{M "#1 status=503;retry-after=18446744073709551615", 0, 1000},
		{M "#1 status=503;retry-after=Fri, 31 Dec 2027 23:59:59 GMT", 0,
		 1000},
		{M "#1 status=500;retry-after=7", 0, 1000},
	};
	struct rig_server s;
	struct rig r;
	size_t i;

	rig_setup();
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		const char *const rules[RIG_RULES_MAX] = {table[i].rule};

		unit_row = table[i].rule;
		rig_serve(&s, "127.0.0.1", rules);
		rig_init(&r, i);
		rig_mirror(&r, s.port);
		CHECK_INT(rig_fetch_blob(&r, true), 0);
		CHECK_INT(r.n_waits, 1);
		CHECK(r.waits[0] >= table[i].least);
		CHECK(r.waits[0] <= table[i].most);
		fetch_close(&r.f);
		rig_stop(&s);
	}
}

/* A server that is away is waited for half a minute, and no longer. */
static void test_away(void)
{
	struct rig_server s;
	uint64_t seed, sum;
	unsigned int i;
	struct rig r;

	rig_setup();
	rig_serve(&s, "127.0.0.1", NULL);
	rig_stop(&s);
	for (seed = 0; seed < 20; seed++) {
		rig_init(&r, seed);
		rig_mirror(&r, s.port);
		CHECK_INT(rig_fetch_blob(&r, true), -EPROTO);
		CHECK_INT(r.e.code, CODE_CONNECT);
		for (i = 0, sum = 0; i < r.n_waits; i++)
			sum += r.waits[i];
		CHECK(r.n_waits >= 4 && r.n_waits < 20);
		CHECK(sum == 30000 || r.n_waits == 19);
	}
}

static int resolve_two(void *user, const char *host,
		       struct fetch_addr out[FETCH_ADDRS_MAX],
		       struct fetch_error *e)
{
	static const uint8_t addrs[2][4] = {{127, 0, 0, 2}, {127, 0, 0, 1}};
	int i;

	if (strcmp(host, "boot.test"))
		return fetch_fail(e, CODE_DNS, "%s: no such name", host);
	for (i = 0; i < 2; i++) {
		out[i].family = AF_INET;
		memcpy(out[i].addr, addrs[i], 4);
	}
	return 2;
}

static void test_names(void)
{
	struct rig_server s;
	char url[64];
	struct rig r;

	rig_setup();
	rig_serve(&s, "127.0.0.1", NULL);
	rig_init(&r, 1);
	r.f.env.resolve = resolve_two;
	snprintf(url, sizeof(url), "http://boot.test:%u/", s.port);
	CHECK_INT(fetch_add_mirror(&r.f, text_span(url), NULL), 0);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	CHECK_INT(r.n_waits, 0);
	fetch_close(&r.f);
	rig_init(&r, 1);
	r.f.env.resolve = resolve_two;
	CHECK_INT(fetch_add_mirror(&r.f, text_span("http://no.test"), NULL), 0);
	CHECK_INT(rig_fetch_blob(&r, true), -EPROTO);
	CHECK_INT(r.e.code, CODE_DNS);
	CHECK_INT(r.n_waits, 4);
	rig_stop(&s);
}

static void test_ipv6(void)
{
	struct rig_server s;
	char url[64];
	struct rig r;

	rig_setup();
	rig_serve(&s, "::1", NULL);
	rig_init(&r, 1);
	snprintf(url, sizeof(url), "http://[::1]:%u", s.port);
	CHECK_INT(fetch_add_mirror(&r.f, text_span(url), NULL), 0);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	fetch_close(&r.f);
	rig_stop(&s);
}

int main(void)
{
	static const struct unit_case cases[] = {
		UNIT_CASE(test_rows),	 UNIT_CASE(test_resume),
		UNIT_CASE(test_ranges),	 UNIT_CASE(test_idle_close),
		UNIT_CASE(test_mirrors), UNIT_CASE(test_check),
		UNIT_CASE(test_jitter),	 UNIT_CASE(test_retry_after),
		UNIT_CASE(test_away),	 UNIT_CASE(test_names),
		UNIT_CASE(test_ipv6),
	};

	return unit_main(cases, ARRAY_SIZE(cases));
}
