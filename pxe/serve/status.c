// SPDX-License-Identifier: MIT
/*
 * status.c - slipway status: the machines, by their last boot reports.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/site.h"
#include "status.h"

#define AGE_MAX (100ull * 365 * 86400)

static const char *dir, *db, *role, *result, *machine, *since, *stale, *html;
static bool json, every;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"reports", 0, "FILE", "the reports (default: state/reports.db)", NULL,
	 &db},
	{"role", 'r', "ROLE", "machines of this role", NULL, &role},
	{"result", 0, "RESULT", "ok, failed, or a code such as E-DHCP", NULL,
	 &result},
	{"machine", 'm', "GLOB", "by name, MAC, address, serial or UUID", NULL,
	 &machine},
	{"since", 0, "WHEN", "heard of since 2h, 7d, or 2026-01-31", NULL,
	 &since},
	{"stale", 0, "AGE", "machines not heard of for 12h, 7d", NULL, &stale},
	{"all", 'a', NULL, "every boot, not each machine's last", &every, NULL},
	{"json", 0, NULL, "everything, as JSON", &json, NULL},
	{"html", 0, "FILE", "write a page that needs nothing else", NULL,
	 &html},
	{0},
};

static const struct opts opts = {
	.prog = "slipway status",
	.usage = "[-C DIR] [--reports FILE] [--role ROLE] [--result RESULT] "
		 "[--machine GLOB] [--since WHEN] [--stale AGE] [--all] "
		 "[--json | --html FILE]",
	.about = "Show the fleet: what each machine's last boot did.",
	.opts = table,
};

/* "30s", "5min", "12h", "7d", "2w" in seconds; 0 when it is none. */
static int64_t age(const char *text)
{
	static const struct {
		const char *suffix;
		uint64_t sec;
	} units[] = {{"s", 1},	  {"m", 60},	{"min", 60},
		     {"h", 3600}, {"d", 86400}, {"w", 7 * 86400}};
	size_t digits = strspn(text, "0123456789"), i;
	uint64_t n;

	if (text_u64((struct span){text, digits}, &n) || n > AGE_MAX)
		return 0;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(text + digits, units[i].suffix))
			return n * units[i].sec > AGE_MAX
				       ? 0
				       : (int64_t)(n * units[i].sec);
	return 0;
}

static int64_t moment(const char *text, int64_t now)
{
	struct tm t = {0};
	int64_t back = age(text);
	const char *end;

	if (back)
		return now - back;
	end = strptime(text, "%Y-%m-%d", &t);
	if (!end || *end)
		opts_usage(&opts,
			   "--since %s: expected 30min, 12h, 7d or 2026-01-31",
			   text);
	return timegm(&t);
}

static void set_filter(struct status *s)
{
	struct reports_filter *f = &s->filter;

	f->role = role;
	f->result = result;
	f->machine = machine;
	f->every = every;
	if (since)
		f->since = moment(since, s->now);
	if (stale && !age(stale))
		opts_usage(&opts, "--stale %s: expected 30min, 12h or 7d",
			   stale);
	if (stale)
		f->silent_since = s->now - age(stale);
}

/* What the page says it leaves out. */
static char *words_of_filter(void)
{
	const struct {
		const char *name, *value;
	} all[] = {{"role", role},
		   {"result", result},
		   {"machine", machine},
		   {"since", since},
		   {"stale", stale}};
	char *text = xstrdup(""), *longer;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (!all[i].value)
			continue;
		longer = xasprintf("%s%s%s %s", text, *text ? ", " : "",
				   all[i].name, all[i].value);
		free(text);
		text = longer;
	}
	return text;
}

static void print_json(const struct status *s)
{
	struct json_object *o = statusdoc_new(s, false);

	puts(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

int main(int argc, char **argv)
{
	struct status s = {.now = time(NULL), .site = ""};
	struct site site;

	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands");
	if (json && html)
		opts_usage(&opts, "--json or --html, not both");
	set_filter(&s);
	if (!db) {
		site_open(&site, dir);
		s.site = site.name;
		db = site_path(&site, "state/reports.db");
	}
	s.filtered = words_of_filter();
	s.reports = reports_open(db, false, 0);
	if (json)
		print_json(&s);
	else if (html)
		statuspage_write(&s, html);
	else if (!statustext_print(&s))
		info("no machine%s%s", *s.filtered ? ": " : " has reported yet",
		     s.filtered);
	reports_close(s.reports);
	return EXIT_DONE;
}
