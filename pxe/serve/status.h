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

/*
 * statusdoc_new - the same as one JSON object, the caller's to put: "site",
 * "filter", "generated", "machines", "days". With @page each machine has what
 * page.js draws, else its whole report.
 */
struct json_object *statusdoc_new(const struct status *s, bool page);

/* statuspage_write - one HTML file that needs no other, at @path, or die. */
void statuspage_write(const struct status *s, const char *path);

#endif
