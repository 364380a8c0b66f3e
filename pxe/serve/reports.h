/* SPDX-License-Identifier: MIT */
/*
 * reports.h - the reports of a fleet, in one SQLite file (write-ahead log, so
 * that it can be read while a server writes). PRAGMA user_version is the
 * version of its tables.
 */
#ifndef SERVE_REPORTS_H
#define SERVE_REPORTS_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#define REPORTS_VERSION 1
#define REPORTS_KEEP	100000 /* boots, unless told otherwise */
#define REPORTS_EACH	200    /* boots of one machine */

struct reports;

/*
 * reports_open - make or open @path, or die; without @write it must be there.
 * A file of a newer version is refused. reports_close() ends it.
 */
struct reports *reports_open(const char *path, bool write, unsigned int keep);
void reports_close(struct reports *r);

/*
 * reports_add - a report as shape_read() gave it, come from @address at @now
 * (seconds since 1970). A boot that reports again replaces what it said
 * before. The oldest beyond what is kept go. Returns 0, or -EIO with *@why.
 */
int reports_add(struct reports *r, struct json_object *report,
		const char *address, int64_t now, const char **why);

/* What to look for; NULL and 0 mean all. */
struct reports_filter {
	const char *role, *result; /* "ok", "failed", "E-CODE" */
	const char *machine;	   /* glob over names and numbers of it */
	int64_t since;		   /* received at or after */
	int64_t silent_since;	   /* its last word was before */
	bool every;		   /* every boot, not each machine's last */
};

struct reports_boot {
	const char *machine, *hostname, *mac, *uuid, *serial, *address;
	const char *role, *kernel, *result, *error, *slow;
	const char *report; /* JSON */
	int64_t release, received, ms, slow_ms, bytes;
};

/* reports_each - @see each, newest first; strings are gone afterwards. */
void reports_each(struct reports *r, const struct reports_filter *f,
		  void (*see)(void *user, const struct reports_boot *b),
		  void *user);

/* reports_history - the last @max boots of @machine, newest first. */
void reports_history(struct reports *r, const char *machine, unsigned int max,
		     void (*see)(void *user, const struct reports_boot *b),
		     void *user);

/* reports_days - boots of each day since @since: "2026-11-25", good, failed. */
void reports_days(struct reports *r, const struct reports_filter *f,
		  int64_t since,
		  void (*see)(void *user, const char *day, int64_t good,
			      int64_t failed),
		  void *user);

#endif
