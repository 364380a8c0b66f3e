// SPDX-License-Identifier: MIT
/*
 * chart.c - a boot's timeline for a terminal or a serial console.
 */
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "shape.h"

#define LABEL	26 /* columns of a name */
#define NUMBERS 20 /* of "   1.2 s    13 ms  " */
#define NOTE	30 /* left for what stands behind a bar */
#define BAR_MIN 10

struct chart {
	int64_t end; /* ms */
	unsigned int bar;
	bool blocks;
};

static const char *ms_text(int64_t ms, char buf[24])
{
	if (ms < 1000)
		snprintf(buf, 24, "%d ms", (int)ms);
	else
		snprintf(buf, 24, "%lld.%d s", (long long)(ms / 1000),
			 (int)(ms / 100 % 10));
	return buf;
}

static const char *size_text(int64_t bytes, char buf[24])
{
	if (bytes < 1000000)
		snprintf(buf, 24, "%lld kB", (long long)(bytes / 1000));
	else
		snprintf(buf, 24, "%lld.%d MB", (long long)(bytes / 1000000),
			 (int)(bytes / 100000 % 10));
	return buf;
}

/* From @start to @stop, at least one mark; blanks to the end if @whole. */
static void bar(const struct chart *c, int64_t start, int64_t stop, bool whole)
{
	unsigned int from, to, i;

	if (start > c->end)
		start = c->end;
	if (stop > c->end)
		stop = c->end;
	from = (unsigned int)(start * c->bar / c->end);
	to = stop > start ? (unsigned int)(stop * c->bar / c->end) : from;
	if (from == c->bar)
		from--;
	if (to <= from)
		to = from + 1;
	for (i = 0; i < (whole ? c->bar : to); i++)
		if (i < from || i >= to)
			putchar(' ');
		else
			fputs(c->blocks ? "\u2588" : "#", stdout);
}

static void line(const struct chart *c, const char *name, int64_t start,
		 int64_t stop, const char *note)
{
	char at[24], took[24];

	printf("%-*.*s%9s%9s  ", LABEL, LABEL - 1, name, ms_text(start, at),
	       ms_text(stop > start ? stop - start : 0, took));
	bar(c, start, stop, *note);
	printf("%s%s\n", *note ? " " : "", note);
}

static void note_bytes(char *buf, size_t size, struct json_object *o,
		       int64_t took)
{
	int64_t bytes = shape_number(o, "bytes"),
		tries = shape_number(o, "failed_tries");
	char a[24], b[24];
	int n = 0;

	buf[0] = '\0';
	if (bytes)
		n = snprintf(buf, size, "%s", size_text(bytes, a));
	if (bytes && took > 0)
		n += snprintf(buf + n, size - n, ", %s/s",
			      size_text(bytes * 1000 / took, b));
	if (tries)
		snprintf(buf + n, size - n, "%s%lld failed", n ? ", " : "",
			 (long long)tries);
}

static void layer_lines(const struct chart *c, struct json_object *report)
{
	struct json_object *list, *l;
	char name[200], note[80];
	int64_t from, to;
	size_t n, i;

	list = shape_list(report, "layers", &n);
	for (i = 0; i < n; i++) {
		l = json_object_array_get_idx(list, i);
		from = shape_number(l, "start_ms");
		to = shape_number(l, "stop_ms");
		snprintf(name, sizeof(name), "  %s", shape_text(l, "name"));
		note_bytes(note, sizeof(note), l, to - from);
		line(c, name, from, to, note);
		from = shape_number(l, "unpack_start_ms");
		to = shape_number(l, "unpack_stop_ms");
		if (to > from)
			line(c, "    unpacked", from, to, "");
	}
}

static void step_lines(const struct chart *c, struct json_object *report)
{
	struct json_object *list, *s;
	const char *name, *result;
	char note[80];
	int64_t from, to;
	size_t n, i;

	list = shape_list(report, "steps", &n);
	for (i = 0; i < n; i++) {
		s = json_object_array_get_idx(list, i);
		name = shape_text(s, "name");
		from = shape_number(s, "start_ms");
		to = shape_number(s, "stop_ms");
		result = shape_text(s, "result");
		if (!i)
			line(c, "kernel", 0, from, "");
		note_bytes(note, sizeof(note), s, to - from);
		line(c, name, from, to,
		     strcmp(result, "ok") && *result ? result : note);
		if (!strcmp(name, "layers"))
			layer_lines(c, report);
	}
}

static void mirror_lines(struct json_object *report)
{
	struct json_object *list, *m, *bad;
	int64_t failures;
	char size[24];
	size_t n, i;

	list = shape_list(report, "mirrors", &n);
	for (i = 0; i < n; i++) {
		m = json_object_array_get_idx(list, i);
		failures = shape_number(m, "failures");
		printf("mirror  %s  %s", shape_text(m, "url"),
		       size_text(shape_number(m, "bytes"), size));
		if (failures)
			printf(", %lld failed", (long long)failures);
		if (json_object_object_get_ex(m, "bad", &bad) &&
		    json_object_get_boolean(bad))
			fputs(", wrong bytes or 4xx", stdout);
		putchar('\n');
	}
}

static void fact(const char *before, const char *value)
{
	if (*value)
		printf("  %s%s", before, value);
}

static void head(struct json_object *report)
{
	int64_t release = shape_number(report, "manifest");
	char took[24];

	printf("%s in %s", shape_text(report, "result"),
	       ms_text(shape_number(report, "uptime_ms"), took));
	fact("role ", shape_text(report, "role"));
	if (release)
		printf("  release %lld", (long long)release);
	fact("kernel ", shape_text(report, "kernel"));
	putchar('\n');
	printf("boot %s", shape_text(report, "boot"));
	fact("", shape_text(report, "hostname"));
	fact("", shape_text(report, "mac"));
	putchar('\n');
	if (*shape_text(report, "error"))
		printf("%s: %s\n", shape_text(report, "result"),
		       shape_text(report, "error"));
}

void chart_print(struct json_object *report, unsigned int width, bool blocks)
{
	const unsigned int fixed = LABEL + NUMBERS + NOTE;
	struct chart c = {
		.end = shape_number(report, "uptime_ms"),
		.bar = width > fixed + BAR_MIN ? width - fixed : BAR_MIN,
		.blocks = blocks,
	};

	if (c.end < 1)
		c.end = 1;
	head(report);
	printf("\n%-*s%9s%9s\n", LABEL, "step", "at", "took");
	step_lines(&c, report);
	putchar('\n');
	mirror_lines(report);
}
