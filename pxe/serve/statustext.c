// SPDX-License-Identifier: MIT
/*
 * statustext.c - the fleet as a table for a terminal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "status.h"

#define COLUMNS	 7
#define CELL_MAX 40

struct table {
	const struct status *s;
	size_t n, room;
	char *(*rows)[COLUMNS];
};

/* "41.3 s" */
static const char *span_text(int64_t ms, char buf[24])
{
	if (ms < 1000)
		snprintf(buf, 24, "%d ms", (int)ms);
	else if (ms < 100000)
		snprintf(buf, 24, "%d.%d s", (int)(ms / 1000),
			 (int)(ms / 100 % 10));
	else
		snprintf(buf, 24, "%lld min", (long long)(ms / 60000));
	return buf;
}

/* "3 h" */
static const char *age_text(int64_t sec, char buf[24])
{
	static const struct {
		int64_t below, unit;
		const char *name;
	} units[] = {{90, 1, "s"},
		     {5400, 60, "min"},
		     {2 * 86400, 3600, "h"},
		     {INT64_MAX, 86400, "d"}};
	size_t i = 0;

	if (sec < 0)
		sec = 0;
	while (sec >= units[i].below)
		i++;
	snprintf(buf, 24, "%lld %s", (long long)(sec / units[i].unit),
		 units[i].name);
	return buf;
}

static char *cell(const char *text)
{
	return xasprintf("%.*s", CELL_MAX, *text ? text : "-");
}

static char *cell_number(int64_t v)
{
	return v ? xasprintf("%lld", (long long)v) : cell("");
}

static void add(void *user, const struct reports_boot *b)
{
	struct table *t = user;
	char took[24], ago[24];
	char **row;

	if (t->n == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->rows = xrealloc(t->rows, t->room, sizeof(*t->rows));
	}
	row = t->rows[t->n++];
	row[0] = cell(*b->hostname ? b->hostname : b->machine);
	row[1] = cell(b->role);
	row[2] = cell_number(b->release);
	row[3] = xasprintf("%s ago", age_text(t->s->now - b->received, ago));
	row[4] = cell(span_text(b->ms, took));
	row[5] = *b->slow ? xasprintf("%s %s", b->slow,
				      span_text(b->slow_ms, took))
			  : cell("");
	row[6] = cell(b->result);
}

/* Numbers to the right; nothing is padded behind the last. */
static void print_row(char *const *row, const size_t *width)
{
	size_t c;

	for (c = 0; c < COLUMNS - 1; c++)
		printf("%*s  ",
		       c >= 2 && c <= 4 ? (int)width[c] : -(int)width[c],
		       row[c]);
	puts(row[c]);
}

size_t statustext_print(const struct status *s)
{
	static char *const head[COLUMNS] = {"MACHINE", "ROLE", "RELEASE",
					    "HEARD",   "TOOK", "SLOWEST",
					    "RESULT"};
	struct table t = {.s = s};
	size_t width[COLUMNS], i, c;

	reports_each(s->reports, &s->filter, add, &t);
	for (c = 0; c < COLUMNS; c++) {
		width[c] = strlen(head[c]);
		for (i = 0; i < t.n; i++)
			if (strlen(t.rows[i][c]) > width[c])
				width[c] = strlen(t.rows[i][c]);
	}
	if (t.n)
		print_row(head, width);
	for (i = 0; i < t.n; i++) {
		print_row(t.rows[i], width);
		for (c = 0; c < COLUMNS; c++)
			free(t.rows[i][c]);
	}
	free(t.rows);
	return t.n;
}
