// SPDX-License-Identifier: MIT
/*
 * reports.c - a fleet's reports in SQLite.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "host/alloc.h"
#include "host/error.h"
#include "reports.h"
#include "shape.h"

#define BUSY_MS	   5000
#define TRIM_EVERY 64

struct reports {
	sqlite3 *db;
	char *path;
	unsigned int keep, added;
};

static const char tables[] =
	"CREATE TABLE boots ("
	" boot TEXT PRIMARY KEY, machine TEXT NOT NULL,"
	" mac TEXT, uuid TEXT, serial TEXT, hostname TEXT, address TEXT,"
	" site TEXT, role TEXT, release INTEGER, kernel TEXT, init INTEGER,"
	" result TEXT NOT NULL, error TEXT, received INTEGER NOT NULL,"
	" ms INTEGER NOT NULL, slow TEXT, slow_ms INTEGER, bytes INTEGER,"
	" report TEXT NOT NULL);"
	"CREATE INDEX boots_machine ON boots (machine, received);"
	"CREATE INDEX boots_received ON boots (received);"
	"PRAGMA user_version = 1;";

/* A late copy of what a boot said earlier does not undo what it said last. */
static const char insert[] =
	"INSERT INTO boots VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
	" ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)"
	" ON CONFLICT (boot) DO UPDATE SET"
	" result = excluded.result, error = excluded.error,"
	" hostname = excluded.hostname, role = excluded.role,"
	" release = excluded.release, ms = excluded.ms,"
	" slow = excluded.slow, slow_ms = excluded.slow_ms,"
	" bytes = excluded.bytes, report = excluded.report"
	" WHERE excluded.ms >= boots.ms AND excluded.machine = boots.machine";

static void __attribute__((noreturn)) refuse(const struct reports *r)
{
	die("%s: %s", r->path, sqlite3_errmsg(r->db));
}

static void run(const struct reports *r, const char *sql)
{
	if (sqlite3_exec(r->db, sql, NULL, NULL, NULL) != SQLITE_OK)
		refuse(r);
}

static sqlite3_stmt *prepare(const struct reports *r, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(r->db, sql, -1, &s, NULL) != SQLITE_OK)
		refuse(r);
	return s;
}

static int version(const struct reports *r)
{
	sqlite3_stmt *s = prepare(r, "PRAGMA user_version");
	int v;

	if (sqlite3_step(s) != SQLITE_ROW)
		refuse(r);
	v = sqlite3_column_int(s, 0);
	sqlite3_finalize(s);
	return v;
}

struct reports *reports_open(const char *path, bool write, unsigned int keep)
{
	struct reports *r = xcalloc(1, sizeof(*r));
	int flags = SQLITE_OPEN_READWRITE | (write ? SQLITE_OPEN_CREATE : 0);
	int v;

	r->path = xstrdup(path);
	r->keep = keep;
	if (!write && access(path, F_OK))
		die("%s: no reports yet; 'slipway serve' takes them:", path);
	/* a reader may not be allowed to write, nor to make the log */
	if (!write && access(path, W_OK))
		flags = SQLITE_OPEN_READONLY;
	if (sqlite3_open_v2(path, &r->db, flags | SQLITE_OPEN_FULLMUTEX,
			    NULL) != SQLITE_OK)
		refuse(r);
	sqlite3_busy_timeout(r->db, BUSY_MS);
	v = version(r);
	if (v > REPORTS_VERSION)
		die("%s: of version %d, written by a newer slipway (this one knows %d)",
		    path, v, REPORTS_VERSION);
	if (!write && !v)
		die("%s: not a file of reports", path);
	if (!write)
		return r;
	run(r, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
	if (!v) {
		run(r, "BEGIN IMMEDIATE");
		if (!version(r))
			run(r, tables);
		run(r, "COMMIT");
	}
	return r;
}

void reports_close(struct reports *r)
{
	sqlite3_close(r->db);
	free(r->path);
	free(r);
}

static void bind_text(sqlite3_stmt *s, int i, const char *text)
{
	sqlite3_bind_text(s, i, text, -1, SQLITE_TRANSIENT);
}

/* What tells machines apart: the address of the card that booted, if known. */
static const char *machine_of(struct json_object *o, const char *address)
{
	const char *list[] = {shape_text(o, "mac"), shape_text(o, "uuid"),
			      shape_text(o, "serial"), address};
	size_t i;

	for (i = 0; i < 3 && !*list[i]; i++)
		;
	return list[i];
}

static void bind_report(sqlite3_stmt *s, struct json_object *o,
			const char *address, int64_t now)
{
	static const struct {
		int at;
		const char *key;
	} texts[] = {{1, "boot"},     {3, "mac"},   {4, "uuid"}, {5, "serial"},
		     {6, "hostname"}, {8, "site"},  {9, "role"}, {11, "kernel"},
		     {13, "result"},  {14, "error"}},
	  numbers[] = {{10, "manifest"},
		       {12, "init"},
		       {16, "uptime_ms"},
		       {19, "bytes"}};
	const char *slow;
	int64_t slow_ms;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		bind_text(s, texts[i].at, shape_text(o, texts[i].key));
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sqlite3_bind_int64(s, numbers[i].at,
				   shape_number(o, numbers[i].key));
	slow = shape_slowest(o, &slow_ms);
	bind_text(s, 2, machine_of(o, address));
	bind_text(s, 7, address);
	sqlite3_bind_int64(s, 15, now);
	bind_text(s, 17, slow);
	sqlite3_bind_int64(s, 18, slow_ms);
	bind_text(s, 20,
		  json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
}

static int step_done(sqlite3_stmt *s)
{
	int ret = sqlite3_step(s);

	sqlite3_finalize(s);
	return ret == SQLITE_DONE ? 0 : -EIO;
}

/* No fleet and no flood makes the file larger than its bound. */
static int trim(struct reports *r, const char *machine)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v2(
		    r->db,
		    "DELETE FROM boots WHERE machine = ?1 AND rowid IN"
		    " (SELECT rowid FROM boots WHERE machine = ?1"
		    " ORDER BY received DESC, ms DESC"
		    " LIMIT -1 OFFSET ?2)",
		    -1, &s, NULL))
		return -EIO;
	bind_text(s, 1, machine);
	sqlite3_bind_int(s, 2, REPORTS_EACH);
	if (step_done(s))
		return -EIO;
	if (r->added++ % TRIM_EVERY)
		return 0;
	if (sqlite3_prepare_v2(r->db,
			       "DELETE FROM boots WHERE rowid IN (SELECT rowid"
			       " FROM boots ORDER BY received DESC, ms DESC"
			       " LIMIT -1 OFFSET ?1)",
			       -1, &s, NULL))
		return -EIO;
	sqlite3_bind_int64(s, 1, r->keep);
	return step_done(s);
}

int reports_add(struct reports *r, struct json_object *report,
		const char *address, int64_t now, const char **why)
{
	sqlite3_stmt *s;
	int ret;

	ret = sqlite3_prepare_v2(r->db, insert, -1, &s, NULL) ? -EIO : 0;
	if (!ret) {
		bind_report(s, report, address, now);
		ret = step_done(s);
	}
	if (!ret)
		ret = trim(r, machine_of(report, address));
	*why = ret ? sqlite3_errmsg(r->db) : NULL;
	return ret;
}

/* ?1..?6 of the filter, as bind_filter() fills them in. */
#define LAST                                                                   \
	"b.rowid = (SELECT c.rowid FROM boots c WHERE c.machine = b.machine"   \
	" ORDER BY c.received DESC, c.ms DESC LIMIT 1)"
#define WHERE                                                                  \
	" (?1 IS NULL OR b.role = ?1)"                                         \
	" AND (?2 IS NULL OR b.result = ?2 OR (?2 = 'failed' AND b.result <> " \
	"'ok'))"                                                               \
	" AND (?3 IS NULL OR b.machine GLOB ?3 OR b.hostname GLOB ?3"          \
	" OR b.mac GLOB ?3 OR b.uuid GLOB ?3 OR b.serial GLOB ?3"              \
	" OR b.address GLOB ?3)"                                               \
	" AND b.received >= ?4"                                                \
	" AND (?5 = 0 OR (SELECT max(c.received) FROM boots c"                 \
	" WHERE c.machine = b.machine) < ?5)"

static void bind_filter(sqlite3_stmt *s, const struct reports_filter *f)
{
	if (f->role)
		bind_text(s, 1, f->role);
	if (f->result)
		bind_text(s, 2, f->result);
	if (f->machine)
		bind_text(s, 3, f->machine);
	sqlite3_bind_int64(s, 4, f->since);
	sqlite3_bind_int64(s, 5, f->silent_since);
}

static const char *column(sqlite3_stmt *s, int i)
{
	const unsigned char *t = sqlite3_column_text(s, i);

	return t ? (const char *)t : "";
}

#define COLUMNS                                                                \
	"b.machine, b.hostname, b.mac, b.uuid, b.serial, b.address, b.role,"   \
	" b.kernel, b.result, b.error, b.slow, b.report, b.release,"           \
	" b.received, b.ms, b.slow_ms, b.bytes"

static void see_all(struct reports *r, sqlite3_stmt *s,
		    void (*see)(void *user, const struct reports_boot *b),
		    void *user)
{
	int ret;

	while ((ret = sqlite3_step(s)) == SQLITE_ROW) {
		struct reports_boot b = {
			column(s, 0),
			column(s, 1),
			column(s, 2),
			column(s, 3),
			column(s, 4),
			column(s, 5),
			column(s, 6),
			column(s, 7),
			column(s, 8),
			column(s, 9),
			column(s, 10),
			column(s, 11),
			sqlite3_column_int64(s, 12),
			sqlite3_column_int64(s, 13),
			sqlite3_column_int64(s, 14),
			sqlite3_column_int64(s, 15),
			sqlite3_column_int64(s, 16),
		};

		see(user, &b);
	}
	if (ret != SQLITE_DONE)
		refuse(r);
	sqlite3_finalize(s);
}

void reports_each(struct reports *r, const struct reports_filter *f,
		  void (*see)(void *user, const struct reports_boot *b),
		  void *user)
{
	sqlite3_stmt *s = prepare(
		r, f->every ? "SELECT " COLUMNS " FROM boots b WHERE" WHERE
			      " ORDER BY b.received DESC, b.machine"
			    : "SELECT " COLUMNS " FROM boots b WHERE " LAST
			      " AND" WHERE
			      " ORDER BY b.received DESC, b.machine");

	bind_filter(s, f);
	see_all(r, s, see, user);
}

void reports_history(struct reports *r, const char *machine, unsigned int max,
		     void (*see)(void *user, const struct reports_boot *b),
		     void *user)
{
	sqlite3_stmt *s = prepare(r, "SELECT " COLUMNS " FROM boots b"
				     " WHERE b.machine = ?1 ORDER BY"
				     " b.received DESC, b.ms DESC LIMIT ?2");

	bind_text(s, 1, machine);
	sqlite3_bind_int(s, 2, (int)max);
	see_all(r, s, see, user);
}

void reports_days(struct reports *r, const struct reports_filter *f,
		  int64_t since,
		  void (*see)(void *user, const char *day, int64_t good,
			      int64_t failed),
		  void *user)
{
	sqlite3_stmt *s =
		prepare(r, "SELECT date(b.received, 'unixepoch') AS day,"
			   " sum(b.result = 'ok'), sum(b.result <> 'ok')"
			   " FROM boots b WHERE b.received >= ?6 AND" WHERE
			   " GROUP BY day ORDER BY day");
	int ret;

	bind_filter(s, f);
	sqlite3_bind_int64(s, 6, since);
	while ((ret = sqlite3_step(s)) == SQLITE_ROW)
		see(user, column(s, 0), sqlite3_column_int64(s, 1),
		    sqlite3_column_int64(s, 2));
	if (ret != SQLITE_DONE)
		refuse(r);
	sqlite3_finalize(s);
}
