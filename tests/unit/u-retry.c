/* SPDX-License-Identifier: MIT */
/* u-retry.c - who is asked next, and after how long. */
#include "fetch/clock.h"
#include "fetch/conn.h"
#include "fetch/retry.h"
#include "unit.h"

static uint64_t waits[64];
static unsigned int n_waits;

static void count_wait(void *user, uint64_t ms)
{
	CHECK(n_waits < ARRAY_SIZE(waits));
	waits[n_waits++] = ms;
}

static void begin(struct fetch *f, struct retry *r, unsigned int mirrors)
{
	static struct fetch_conn conn;
	const struct fetch_env env = {.pause = count_wait, .seed = 3};
	char url[] = "http://a";

	n_waits = 0;
	fetch_init(f, &env, &conn);
	for (; mirrors; mirrors--) {
		CHECK_INT(fetch_add_mirror(f, text_span(url), NULL), 0);
		url[7]++;
	}
	retry_start(r, "object");
}

static unsigned int spend(struct fetch *f, struct retry *r, enum code code,
			  unsigned int status)
{
	const struct fetch_error e = {.code = code, .status = status};
	unsigned int n = 1;

	while (!retry_next(f, r, &e))
		CHECK(++n < 100);
	return n;
}

static void budgets(void)
{
	static const struct {
		const char *name;
		unsigned int mirrors;
		enum code code;
		unsigned int status, tries;
	} rows[] = {
		{"one, cut", 1, CODE_CUT, 0, 5},
		{"one, 500", 1, CODE_FETCH, 500, 5},
		{"one, 404", 1, CODE_FETCH, 404, 4},
		{"one, 429", 1, CODE_FETCH, 429, 5},
		{"one, wrong bytes", 1, CODE_HASH, 0, 4},
		{"one, stalled", 1, CODE_STALL, 0, 3},
		{"three, cut", 3, CODE_CUT, 0, 15},
		{"three, 404", 3, CODE_FETCH, 404, 12},
		{"five, cut", 5, CODE_CUT, 0, 20},
		{"sixteen, cut", 16, CODE_CUT, 0, 20},
		{"sixteen, away", 16, CODE_CONNECT, 0, 20},
	};
	struct retry r;
	struct fetch f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].name;
		begin(&f, &r, rows[i].mirrors);
		CHECK_INT(spend(&f, &r, rows[i].code, rows[i].status),
			  rows[i].tries);
	}
}

/* Each mirror once without a wait, before any is asked again. */
static void first_round(void)
{
	const struct fetch_error e = {.code = CODE_CUT};
	unsigned int i, seen = 1;
	struct retry r;
	struct fetch f;

	begin(&f, &r, 4);
	for (i = 0; i < 3; i++) {
		CHECK_INT(retry_next(&f, &r, &e), 0);
		seen |= 1u << f.current;
	}
	CHECK_INT(seen, 15);
	CHECK_INT(n_waits, 0);
	CHECK_INT(retry_next(&f, &r, &e), 0);
	CHECK_INT(f.current, 0);
	CHECK_INT(n_waits, 1);
}

static void back_off(void)
{
	struct retry_budget many = retry_default;
	unsigned int i;
	struct retry r;
	struct fetch f;

	many.tries = many.tries_all = 40;
	begin(&f, &r, 1);
	f.budget = &many;
	CHECK_INT(spend(&f, &r, CODE_CUT, 0), 40);
	for (i = 0; i < n_waits; i++)
		CHECK(waits[i] <= (i < 5 ? 1000u << i : 30000u));
}

/* Good bytes give all tries back: a layer may be cut very often. */
static void progress(void)
{
	const struct fetch_error e = {.code = CODE_CUT};
	unsigned int n;
	struct retry r;
	struct fetch f;

	begin(&f, &r, 1);
	for (n = 0; n < 50; n++) {
		CHECK_INT(retry_next(&f, &r, &e), 0);
		retry_good(&f, &r, 0);
		CHECK_INT(f.mirrors[0].failures, 0);
	}
	CHECK_INT(spend(&f, &r, CODE_CUT, 0), 5);
}

/* What was on its way when a mirror failed is no second failure. */
static void together(void)
{
	const struct fetch_error e = {.code = CODE_CUT};
	uint64_t before = clock_ms();
	struct retry r;
	struct fetch f;

	begin(&f, &r, 1);
	clock_pause(2);
	retry_failed(&f, &r, 0, clock_ms(), &e);
	retry_failed(&f, &r, 0, before, &e);
	retry_failed(&f, &r, 0, before, &e);
	CHECK_INT(r.of[0], 1);
	clock_pause(2);
	retry_failed(&f, &r, 0, clock_ms(), &e);
	CHECK_INT(r.of[0], 2);
}

/* Good before bad, until bad is long ago; fast before slow; then the order. */
static void order(void)
{
	const struct fetch_error wrong = {.code = CODE_HASH};
	struct retry r;
	struct fetch f;

	begin(&f, &r, 3);
	CHECK_INT(retry_pick(&f, &r, 0, 0), 0);
	CHECK_INT(retry_pick(&f, &r, 2, 0), 2);
	f.mirrors[0].rate = 100;
	f.mirrors[1].rate = 150;
	CHECK_INT(retry_pick(&f, &r, 0, 0), 0);
	f.mirrors[1].rate = 250;
	CHECK_INT(retry_pick(&f, &r, 0, 0), 1);
	retry_failed(&f, &r, 1, clock_ms(), &wrong);
	CHECK(f.mirrors[1].bad);
	CHECK_INT(retry_pick(&f, &r, 0, 0), 2);
	retry_failed(&f, &r, 2, clock_ms(), &wrong);
	CHECK_INT(retry_pick(&f, &r, 0, 0), 0);
	retry_good(&f, &r, 1);
	f.mirrors[1].bad_until_ms = 0;
	CHECK_INT(retry_pick(&f, &r, 0, 0), 1);
}

/* What is silent for one object is not asked first for the next. */
static void away(void)
{
	const struct fetch_error silent = {.code = CODE_CONNECT};
	struct retry r, other;
	struct fetch f;

	begin(&f, &r, 2);
	retry_start(&other, "other");
	CHECK_INT(retry_pick(&f, &other, 0, 0), 0);
	retry_failed(&f, &r, 0, clock_ms(), &silent);
	CHECK_INT(retry_pick(&f, &other, 0, 0), 1);
	f.mirrors[0].away_until_ms = clock_ms();
	CHECK_INT(retry_pick(&f, &other, 0, 0), 0);
	retry_failed(&f, &r, 0, clock_ms() + 1, &silent);
	retry_good(&f, &other, 0);
	CHECK_INT(retry_pick(&f, &other, 0, 0), 0);
}

static void random_numbers(void)
{
	/* splitmix64's published first numbers for this seed */
	static const uint64_t known[] = {6457827717110365317ull,
					 3203168211198807973ull,
					 9817491932198370423ull};
	uint64_t state = 1234567;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		CHECK(retry_random(&state) == known[i]);
}

UNIT_MAIN(UNIT_CASE(budgets), UNIT_CASE(first_round), UNIT_CASE(back_off),
	  UNIT_CASE(progress), UNIT_CASE(together), UNIT_CASE(order),
	  UNIT_CASE(away), UNIT_CASE(random_numbers))
