// SPDX-License-Identifier: MIT
/* f-mirrors.c - who is asked, when, and at which address. */
#include <netinet/in.h>
#include <unistd.h>
#include "../unit/unit.h"
#include "fetch/clock.h"
#include "rig.h"

#define M RIG_BLOB
#define L RIG_LAYER

struct mirrors_row {
	const char *name;
	enum rig_what what;
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
	ret = rig_fetch(&r, row->what);
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
		CHECK_INT(row->what == LAYER ? r.layer.mirror : r.f.current,
			  row->current);
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

/* A port that takes no more connections: its SYNs are dropped. */
static int full_port(int held[4], unsigned int *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), i;

	CHECK(!bind(s, (void *)&a, size) && !listen(s, 0));
	CHECK(!getsockname(s, (void *)&a, &size));
	*port = ntohs(a.sin_port);
	for (i = 0; i < 4; i++) {
		held[i] = socket(AF_INET,
				 SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (connect(held[i], (void *)&a, size))
			CHECK_INT(errno, EINPROGRESS);
	}
	return s;
}

/* Where there is another mirror a silent one is left long before its time. */
static void test_silent(void)
{
	struct retry_budget slow = retry_default;
	unsigned int port, i;
	struct rig_server s;
	int held[4], full;
	uint64_t begun;
	struct rig r;

	rig_setup();
	full = full_port(held, &port);
	rig_serve(&s, "127.0.0.1", NULL);
	rig_init(&r, 1);
	slow.connect_ms = 600000;
	slow.connect_first_ms = 100;
	r.f.budget = &slow;
	rig_mirror(&r, port);
	rig_mirror(&r, s.port);
	begun = clock_ms();
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	CHECK(clock_ms() - begun < slow.connect_ms / 2);
	CHECK_INT(r.f.current, 1);
	CHECK_INT(r.n_waits, 0);
	fetch_close(&r.f);
	rig_stop(&s);
	for (i = 0; i < 4; i++)
		close(held[i]);
	close(full);
}

static int resolve_two(void *user, const char *host, uint64_t timeout_ms,
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
	CHECK_INT(r.n_waits, 1);
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

UNIT_MAIN(UNIT_CASE(test_mirrors), UNIT_CASE(test_check),
	  UNIT_CASE(test_jitter), UNIT_CASE(test_retry_after),
	  UNIT_CASE(test_away), UNIT_CASE(test_silent), UNIT_CASE(test_names),
	  UNIT_CASE(test_ipv6))
