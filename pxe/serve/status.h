/* SPDX-License-Identifier: MIT */
/* status.h - the fleet as a table, as JSON, as a page. */
#ifndef SERVE_STATUS_H
#define SERVE_STATUS_H

#include "reports.h"

/* What is asked for, and when. */
struct status {
	struct reports *reports;
	struct reports_filter filter;
	const char *site;     /* its name, or "" */
	const char *filtered; /* the filter in words, or "" */
	int64_t now;	      /* seconds since 1970 */
};

/* statustext_print - a line a machine on standard output; their number. */
size_t statustext_print(const struct status *s);

/* statustext_ms - "41.3 s"; statustext_age - "3 h". Into @buf. */
const char *statustext_ms(int64_t ms, char buf[24]);
const char *statustext_age(int64_t sec, char buf[24]);

/*
 * statusdoc_new - the same as one JSON object, the caller's to put: "site",
 * "filter", "generated", "machines", "days". With @page each machine has what
 * page.js draws, else its whole report.
 */
struct json_object *statusdoc_new(const struct status *s, bool page);

/* statuspage_write - one HTML file that needs no other, at @path, or die. */
void statuspage_write(const struct status *s, const char *path);

#endif
