// SPDX-License-Identifier: MIT
/*
 * diff.c - slipway diff: two layers or two roles, in people's terms: packages,
 * units, privileges, accounts, sizes by folder, then files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "facts.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "print.h"

static const char *dir, *root;
static bool json, files, times, status;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"root", 0, "FILE", "certificate that signs the trees (the site's)",
	 NULL, &root},
	{"files", 'f', NULL, "each path that differs, and in what", &files,
	 NULL},
	{"times", 't', NULL, "also where only the date differs", &times, NULL},
	{"exit-code", 0, NULL, "exit 1 when there is a difference", &status,
	 NULL},
	{"json", 0, NULL, "one JSON object", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway diff",
	.usage = "[-C DIR] [--root FILE] [-f] [-t] [--exit-code] "
		 "[--json] OLD NEW",
	.about = "Tell two layers or two roles apart.",
	.opts = table,
};

static const struct topic {
	const char *name;
	void (*read)(struct facts *f, const struct look *l);
	bool bytes; /* the values are numbers of them */
} topics[] = {
	{"packages", facts_packages, false},
	{"units", facts_units, false},
	{"privileges", facts_privileges, false},
	{"accounts", facts_accounts, false},
	{"sizes", facts_sizes, true},
};

#define N_TOPICS (sizeof(topics) / sizeof(topics[0]))

static const struct {
	unsigned int what;
	const char *name;
} words[] = {
	{COMPARE_TYPE, "type"},	    {COMPARE_CONTENT, "content"},
	{COMPARE_MODE, "mode"},	    {COMPARE_OWNER, "owner"},
	{COMPARE_XATTRS, "xattrs"}, {COMPARE_TIME, "time"},
};

struct found {
	struct look_entry const *a, *b;
	unsigned int what;
};

/* All that differs, before any of it is printed. */
struct report {
	struct look old, new;
	struct facts facts[N_TOPICS][2];
	size_t n;
	struct found *found;
	unsigned int added, removed, changed;
};

static void note(void *user, const struct look_entry *a,
		 const struct look_entry *b, unsigned int what)
{
	struct report *r = user;

	if (what == COMPARE_TIME && !times)
		return;
	r->added += what == COMPARE_ADDED;
	r->removed += what == COMPARE_REMOVED;
	r->changed += !(what & (COMPARE_ADDED | COMPARE_REMOVED));
	if (!(r->n & (r->n - 1)))
		r->found = xrealloc(r->found, r->n ? 2 * r->n : 1,
				    sizeof(*r->found));
	r->found[r->n++] = (struct found){a, b, what};
}

static void print_fact(void *user, const char *name, const char *a,
		       const char *b)
{
	const char **heading = user;

	if (*heading)
		printf("%s\n", *heading);
	*heading = NULL;
	printf("  %c %s", !a ? '+' : !b ? '-' : '~', print_path(name));
	if (a)
		printf(" %s", print_path(a));
	if (a && b)
		printf(" ->");
	if (b)
		printf(" %s", print_path(b));
	putchar('\n');
}

static void print_bytes(void *user, const char *name, const char *a,
			const char *b)
{
	unsigned long long x = a ? strtoull(a, NULL, 10) : 0;
	unsigned long long y = b ? strtoull(b, NULL, 10) : 0;
	const char **heading = user;

	if (*heading)
		printf("%s\n", *heading);
	*heading = NULL;
	printf("  %c%-10s %s (%s -> %s)\n", y > x ? '+' : '-',
	       print_size(y > x ? y - x : x - y), print_path(name),
	       print_size(x), print_size(y));
}

static void print_found(const struct found *f)
{
	const struct look_entry *e = f->b ? f->b : f->a;
	const char *comma = " (";
	size_t i;

	printf("  %c %s", !f->a ? '+' : !f->b ? '-' : '~', print_path(e->path));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(f->what & words[i].what))
			continue;
		printf("%s%s", comma, words[i].name);
		comma = ", ";
	}
	puts(f->a && f->b ? ")" : "");
}

static void print_text(struct report *r)
{
	size_t i;

	for (i = 0; i < N_TOPICS; i++) {
		const char *heading = topics[i].name;

		facts_each(&r->facts[i][0], &r->facts[i][1],
			   topics[i].bytes ? print_bytes : print_fact,
			   &heading);
	}
	printf("files: %u added, %u removed, %u changed\n", r->added,
	       r->removed, r->changed);
	for (i = 0; files && i < r->n; i++)
		print_found(&r->found[i]);
}

static struct json_object *text_or_null(const char *text)
{
	return text ? json_object_new_string(print_path(text)) : NULL;
}

static void json_fact(void *user, const char *name, const char *a,
		      const char *b)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "name", text_or_null(name));
	json_object_object_add(o, "old", text_or_null(a));
	json_object_object_add(o, "new", text_or_null(b));
	json_object_array_add(user, o);
}

static struct json_object *json_found(const struct report *r,
				      const struct found *f)
{
	struct json_object *o = json_object_new_object();
	struct json_object *what = json_object_new_array();
	const struct look_entry *e = f->b ? f->b : f->a;
	size_t i;

	json_object_object_add(o, "path", text_or_null(e->path));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (f->what & words[i].what)
			json_object_array_add(
				what, json_object_new_string(words[i].name));
	json_object_object_add(o, "differ", what);
	json_object_object_add(o, "old",
			       f->a ? print_json(&r->old, f->a) : NULL);
	json_object_object_add(o, "new",
			       f->b ? print_json(&r->new, f->b) : NULL);
	return o;
}

static void print_object(struct report *r)
{
	struct json_object *o = json_object_new_object(), *list;
	size_t i;

	for (i = 0; i < N_TOPICS; i++) {
		list = json_object_new_array();
		facts_each(&r->facts[i][0], &r->facts[i][1], json_fact, list);
		json_object_object_add(o, topics[i].name, list);
	}
	list = json_object_new_array();
	for (i = 0; i < r->n; i++)
		json_object_array_add(list, json_found(r, &r->found[i]));
	json_object_object_add(o, "files", list);
	puts(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void free_report(struct report *r)
{
	size_t i;

	for (i = 0; i < N_TOPICS; i++) {
		facts_free(&r->facts[i][0]);
		facts_free(&r->facts[i][1]);
	}
	free(r->found);
	look_close(&r->old);
	look_close(&r->new);
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv), differ;
	struct look_from from;
	static struct report r;
	size_t i;

	if (argc - at != 2)
		opts_usage(&opts, "expected an old one and a new one");
	from = (struct look_from){dir, root};
	look_open(&r.old, &from, argv[at]);
	look_open(&r.new, &from, argv[at + 1]);
	for (i = 0; i < N_TOPICS; i++) {
		topics[i].read(&r.facts[i][0], &r.old);
		topics[i].read(&r.facts[i][1], &r.new);
	}
	compare(&r.old, &r.new, note, &r);
	if (json)
		print_object(&r);
	else
		print_text(&r);
	differ = r.n != 0;
	free_report(&r);
	if (fflush(stdout))
		die("standard output:");
	return status && differ ? EXIT_FAILED : EXIT_DONE;
}
