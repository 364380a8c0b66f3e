// SPDX-License-Identifier: MIT
/*
 * statusdoc.c - the fleet as one JSON object.
 */
#include <string.h>

#include "shape.h"
#include "status.h"

#define HISTORY 12
#define DAYS	30
#define DAY_SEC 86400

struct doc {
	const struct status *s;
	struct json_object *machines, *days, *history;
	bool page;
};

static void put_text(struct json_object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static void put_number(struct json_object *o, const char *key, int64_t v)
{
	json_object_object_add(o, key, json_object_new_int64(v));
}

static void put_facts(struct json_object *o, const struct reports_boot *b)
{
	put_text(o, "machine", b->machine);
	put_text(o, "hostname", b->hostname);
	put_text(o, "mac", b->mac);
	put_text(o, "uuid", b->uuid);
	put_text(o, "serial", b->serial);
	put_text(o, "address", b->address);
	put_text(o, "role", b->role);
	put_number(o, "release", b->release);
	put_text(o, "kernel", b->kernel);
	put_text(o, "result", b->result);
	put_text(o, "error", b->error);
	put_number(o, "received", b->received);
	put_number(o, "ms", b->ms);
	put_text(o, "slow", b->slow);
	put_number(o, "slow_ms", b->slow_ms);
	put_number(o, "bytes", b->bytes);
}

/* Each element of the list @key of @report as an array of its @names. */
static void put_rows(struct json_object *o, struct json_object *report,
		     const char *key, const char *const *names)
{
	struct json_object *to = json_object_new_array(), *row, *v;
	struct json_object *list;
	size_t n, i, k;

	list = shape_list(report, key, &n);
	for (i = 0; i < n; i++) {
		row = json_object_new_array();
		for (k = 0; names[k]; k++) {
			if (!json_object_object_get_ex(
				    json_object_array_get_idx(list, i),
				    names[k], &v))
				v = NULL;
			/* a page that counts on numbers gets numbers */
			json_object_array_add(row, v ? json_object_get(v)
						     : json_object_new_int(0));
		}
		json_object_array_add(to, row);
	}
	json_object_object_add(o, key, to);
}

static void add_past(void *user, const struct reports_boot *b)
{
	struct doc *d = user;
	struct json_object *row = json_object_new_array();

	json_object_array_add(row, json_object_new_int64(b->received));
	json_object_array_add(row, json_object_new_string(b->result));
	json_object_array_add(row, json_object_new_int64(b->ms));
	json_object_array_add(d->history, row);
}

static void put_drawn(struct doc *d, struct json_object *o,
		      struct json_object *report, const char *machine)
{
	static const char *const steps[] = {"name",  "start_ms",     "stop_ms",
					    "bytes", "failed_tries", "result",
					    NULL};
	static const char *const layers[] = {
		"name",		"start_ms",	   "stop_ms",	     "bytes",
		"failed_tries", "unpack_start_ms", "unpack_stop_ms", NULL};
	static const char *const mirrors[] = {"url", "bytes", "failures", "bad",
					      NULL};

	put_rows(o, report, "steps", steps);
	put_rows(o, report, "layers", layers);
	put_rows(o, report, "mirrors", mirrors);
	d->history = json_object_new_array();
	reports_history(d->s->reports, machine, HISTORY, add_past, d);
	json_object_object_add(o, "history", d->history);
}

static void add_machine(void *user, const struct reports_boot *b)
{
	struct doc *d = user;
	struct json_object *o = json_object_new_object(), *report;

	put_facts(o, b);
	/* what was kept had its shape checked before */
	report = json_tokener_parse(b->report);
	if (d->page) {
		put_drawn(d, o, report, b->machine);
		json_object_put(report);
	} else {
		json_object_object_add(o, "report", report);
	}
	json_object_array_add(d->machines, o);
}

static void add_day(void *user, const char *day, int64_t good, int64_t failed)
{
	struct doc *d = user;
	struct json_object *row = json_object_new_array();

	json_object_array_add(row, json_object_new_string(day));
	json_object_array_add(row, json_object_new_int64(good));
	json_object_array_add(row, json_object_new_int64(failed));
	json_object_array_add(d->days, row);
}

struct json_object *statusdoc_new(const struct status *s, bool page)
{
	struct json_object *o = json_object_new_object();
	struct doc d = {.s = s,
			.machines = json_object_new_array(),
			.days = json_object_new_array(),
			.page = page};

	put_text(o, "site", s->site);
	put_text(o, "filter", s->filtered);
	put_number(o, "generated", s->now);
	reports_each(s->reports, &s->filter, add_machine, &d);
	json_object_object_add(o, "machines", d.machines);
	reports_days(s->reports, &s->filter, s->now - (DAYS - 1) * DAY_SEC,
		     add_day, &d);
	json_object_object_add(o, "days", d.days);
	return o;
}
