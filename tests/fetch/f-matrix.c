// SPDX-License-Identifier: MIT
/*
 * f-matrix.c - faults by the hundred: an end at every kind of place, every
 * status, bits turned all over a layer, files of every wrong length.
 */
#include "../unit/unit.h"
#include "rig.h"

#define M RIG_BLOB
#define L RIG_LAYER

static char row_name[160];

static int run(enum rig_what what, const char *rule, uint64_t seed,
	       struct rig *r, unsigned int *requests)
{
	const char *const rules[RIG_RULES_MAX] = {rule};
	static struct rig_request log[RIG_LOG_MAX];
	struct rig_server s;
	int ret;

	rig_setup();
	snprintf(row_name, sizeof(row_name), "%s", rule);
	unit_row = row_name;
	rig_serve(&s, "127.0.0.1", rules);
	rig_init(r, seed);
	rig_mirror(r, s.port);
	ret = rig_fetch(r, what);
	if (requests)
		*requests = rig_log(&s, log);
	fetch_close(&r->f);
	rig_stop(&s);
	return ret;
}

/*
 * A connection that ends, by FIN or RST, before the status, in it, in the
 * head, at its end, at the body's first byte, 4 KiB, half, one before the
 * last, after the last: it boots, at the cost of one request.
 */
static void ends(void)
{
	static const struct {
		const char *cut, *reset;
		unsigned long at;
	} places[] = {
		{"headcut", "headreset", 0},
		{"headcut", "headreset", 6},
		{"headcut", "headreset", 11},
		{"headcut", "headreset", 40},
		{"headcut", "headreset", 60},
		{"truncate", "reset", 0},
		{"truncate", "reset", 1},
		{"truncate", "reset", 1500},
		{"truncate", "reset", 2999},
		{"truncate", "reset", 3000},
	};
	unsigned int k, requests;
	uint64_t seed;
	char rule[80];
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		for (k = 0; k < 2; k++) {
			for (seed = 0; seed < 5; seed++) {
				snprintf(rule, sizeof(rule), M "#1 %s=%lu",
					 k ? places[i].reset : places[i].cut,
					 places[i].at);
				CHECK_INT(run(BLOB_DIGEST, rule, seed, &r,
					      &requests),
					  0);
				CHECK(requests <= 2);
			}
		}
	}
}

/* The same in a layer, at every chunk's edge and beside it. */
static void layer_ends(void)
{
	unsigned int k, requests;
	uint64_t i, at;
	char rule[80];
	struct rig r;

	rig_setup();
	for (i = 0; i < 60; i += 3) {
		for (k = 0; k < 3; k++) {
			at = rig_offset(i) + k - (i > 0);
			snprintf(rule, sizeof(rule), L "#1 %s=%llu",
				 i & 1 ? "reset" : "truncate",
				 (unsigned long long)at);
			CHECK_INT(run(LAYER, rule, i, &r, &requests), 0);
			/* what a reset takes back comes again, no more */
			CHECK(r.layer.bytes <=
			      rig_index.layer_size + (i & 1 ? 6 << 20 : 0));
		}
	}
}

/* Only 200, and a 206 that was asked for, carry data. */
static void statuses(void)
{
	static const unsigned int all[] = {
		100, 101, 103, 201, 202, 203, 204, 205, 226, 300, 304, 400,
		401, 403, 404, 408, 410, 416, 418, 425, 429, 451, 500, 501,
		502, 503, 504, 511, 599};
	char rule[80];
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		snprintf(rule, sizeof(rule), "* status=%u", all[i]);
		CHECK_INT(run(i & 1 ? BLOB_DIGEST : LAYER, rule, i, &r, NULL),
			  -EPROTO);
		CHECK(r.e.code == CODE_FETCH || r.e.code == CODE_HTTP ||
		      r.e.code == CODE_CUT || r.e.code == CODE_STALL);
	}
	CHECK_INT(run(BLOB, "* status=600", 1, &r, NULL), -EPROTO);
	CHECK_INT(r.e.code, CODE_HTTP);
	CHECK_INT(run(BLOB, "* status=99", 1, &r, NULL), -EPROTO);
	CHECK_INT(r.e.code, CODE_HTTP);
}

/* 5xx k times, then good: a mirror has five tries. */
static void later(void)
{
	unsigned int k;
	char rule[80];
	struct rig r;

	for (k = 1; k <= 6; k++) {
		snprintf(rule, sizeof(rule), M "#1-%u status=50%u", k, k % 5);
		CHECK_INT(run(BLOB_DIGEST, rule, k, &r, NULL),
			  k <= 4 ? 0 : -EPROTO);
	}
}

/* Slower than the limits, and just not; a silence that ends in time. */
static void slow(void)
{
	static const struct {
		const char *rule;
		enum rig_what what;
		enum code code;
		unsigned int waits;
	} rows[] = {
		{M " headslow=20", BLOB, CODE_STALL, 2},
		{M "#1 headslow=20", BLOB, 0, 1},
		{M "#1 headstall=20", BLOB, 0, 1},
		{M " headslow=1", BLOB_DIGEST, 0, 0},
		{M " pause=200", BLOB_DIGEST, 0, 0},
		{L " pause=200", LAYER, 0, 0},
		{L "#1 pause=800", LAYER, 0, 1},
	};
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK_INT(run(rows[i].what, rows[i].rule, i, &r, NULL),
			  rows[i].code ? -EPROTO : 0);
		if (rows[i].code)
			CHECK_INT(r.e.code, rows[i].code);
		CHECK_INT(r.n_waits, rows[i].waits);
	}
}

/* One bit at 256 places of a layer: refused each time, by its chunk. */
static void bits(void)
{
	uint64_t i, at, seed = 77;
	char rule[80];
	struct rig r;

	rig_setup();
	for (i = 0; i < 256; i++) {
		at = retry_random(&seed) % rig_index.layer_size;
		snprintf(rule, sizeof(rule), "* flip=%llu%s",
			 (unsigned long long)at, i % 4 ? "" : ";norange");
		CHECK_INT(run(LAYER, rule, i, &r, NULL), -EPROTO);
		CHECK_INT(r.e.code, CODE_HASH);
	}
	for (i = 0; i < 256; i++) {
		at = retry_random(&seed) % RIG_BLOB_SIZE;
		snprintf(rule, sizeof(rule), "* flip=%llu",
			 (unsigned long long)at);
		CHECK_INT(run(BLOB_DIGEST, rule, i, &r, NULL), -EPROTO);
		CHECK_INT(r.e.code, CODE_HASH);
	}
}

/* Files that are too short or too long, by ranges and without. */
static void lengths(void)
{
	static const char *const lies[] = {"-1",    "+1", "-4096", "+4096",
					   "+1073741824", "0", "1", "95"};
	char rule[80];
	struct rig r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(lies); i++) {
		snprintf(rule, sizeof(rule), "* length=%s;norange", lies[i]);
		CHECK_INT(run(LAYER, rule, i, &r, NULL), -EPROTO);
		CHECK(r.e.code == CODE_LEN || r.e.code == CODE_HTTP);
		CHECK_INT(r.layer.bytes, 0);
	}
}

UNIT_MAIN(UNIT_CASE(ends), UNIT_CASE(layer_ends), UNIT_CASE(statuses),
	  UNIT_CASE(later), UNIT_CASE(slow), UNIT_CASE(bits),
	  UNIT_CASE(lengths))
