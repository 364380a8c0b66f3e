/* SPDX-License-Identifier: MIT */
/*
 * bootcase.h - tables of command lines, each with what it sets as one text; a
 * test file shows its own keys by bootcase_show().
 */
#ifndef BOOTCASE_H
#define BOOTCASE_H

#include "format/bootargs.h"
#include "unit.h"

static struct bootargs b;

static void bootcase_show(struct text_out *o);

static void show(struct text_out *o, const char *key, struct span v)
{
	if (!v.n)
		return;
	text_put_str(o, key);
	text_put(o, v);
	text_put_str(o, " ");
}

static void show_u64(struct text_out *o, const char *key, bool has, uint64_t v)
{
	if (!has)
		return;
	text_put_str(o, key);
	text_put_u64(o, v);
	text_put_str(o, " ");
}

/* What a line set, in one text; a note shows as !word. */
static const char *bootcase_parse(const char *line)
{
	static char shown[2 * BOOTARGS_MAX];
	struct text_out o = {.buf = shown, .size = sizeof(shown) - 1};
	unsigned int i;

	CHECK_INT(bootargs_parse(&b, text_span(line)), 0);
	bootcase_show(&o);
	for (i = 0; i < b.n_notes; i++) {
		CHECK(b.notes[i].why);
		show(&o, "!", b.notes[i].word);
	}
	CHECK(!o.over);
	shown[o.n ? o.n - 1 : 0] = '\0';
	return shown;
}

struct bootcase_row {
	const char *line, *want;
};

static void bootcase_check(const struct bootcase_row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unit_row = rows[i].line;
		CHECK_STR(bootcase_parse(rows[i].line), rows[i].want);
	}
}

#endif
