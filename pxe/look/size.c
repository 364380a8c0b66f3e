// SPDX-License-Identifier: MIT
/* size.c - slipway size: what the layers that are built take, and of what. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "facts.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/budget.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/site.h"
#include "print.h"

#define TOP 5

static const char *dir, *top_text;
static bool json;
static uint64_t top = TOP;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"top", 'n', "N", "how many folders and packages (default: 5)", NULL,
	 &top_text},
	{"json", 0, NULL, "one JSON object a layer, with all of them", &json,
	 NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway size",
	.usage = "[-C DIR] [--top N] [--json] [BASE|ROLE...]",
	.about = "Say what the layers that are built take, and of what.",
	.opts = table,
};

/* A kind of layer, and where things of it are. */
struct kind {
	const char *name, *section;
	const char *built, *info, *file;
};

static const struct kind kinds[] = {
	{"base", "base", "build/bases", "base.info", "base.squashfs"},
	{"role", "overlay", "build/overlays", "overlay.info",
	 "overlay.cpio.gz"},
};

struct layer {
	const struct kind *kind;
	const char *name;
	uint64_t packed, unpacked, budget;
	uint64_t total; /* packed, of all that its machines load */
	struct facts folders, packages;
	size_t entries;
};

static void add_bytes(void *user, const struct look_entry *e)
{
	*(uint64_t *)user += e->size;
}

/* Sorted by size, largest first. */
static int by_size(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	uint64_t m = strtoull(x->value, NULL, 10);
	uint64_t n = strtoull(y->value, NULL, 10);

	if (m != n)
		return m < n ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void rank(struct facts *f)
{
	if (f->n)
		qsort(f->list, f->n, sizeof(*f->list), by_size);
}

static char *layer_file(const struct site *s, const struct kind *k,
			const char *name)
{
	return site_path(s, "%s/%s/%s", k->built, name, k->file);
}

static uint64_t packed(const struct site *s, const struct kind *k,
		       const char *name)
{
	char *file = layer_file(s, k, name);
	struct stat st;

	if (stat(file, &st))
		die("%s %s: not built:", k->name, name);
	free(file);
	return st.st_size;
}

static void read_info(struct ini *ini, const struct site *s, const char *role)
{
	char *path = site_path(s, "build/overlays/%s/overlay.info", role);
	int err = ini_read(ini, path);

	if (err) {
		errno = -err;
		die("role %s: not built (%s):", role, path);
	}
	free(path);
}

static bool is_built(const struct site *s, const char *role)
{
	char *file = layer_file(s, &kinds[1], role);
	bool there = !access(file, F_OK);

	free(file);
	return there;
}

/* @role's overlay and those below it, but for what is in @seen already. */
static uint64_t overlays(const struct site *s, const char *role, char ***seen)
{
	const char *text;
	uint64_t bytes;
	struct ini ini;
	char **deps;
	size_t n = 0;

	for (; (*seen)[n]; n++)
		if (!strcmp((*seen)[n], role))
			return 0;
	*seen = xrealloc(*seen, n + 2, sizeof(**seen));
	(*seen)[n] = xstrdup(role);
	(*seen)[n + 1] = NULL;
	bytes = packed(s, &kinds[1], role);
	read_info(&ini, s, role);
	text = ini_get(&ini, "overlay", "depends");
	deps = words(text ? text : "");
	for (n = 0; deps[n]; n++)
		/* what no role is named after, one of the others provides */
		if (is_built(s, deps[n]))
			bytes += overlays(s, deps[n], seen);
	free(deps);
	ini_free(&ini);
	return bytes;
}

static void sum_up(struct layer *l, const struct site *s)
{
	char **seen = xcalloc(1, sizeof(*seen));
	struct ini ini;

	l->total = l->packed;
	if (l->kind == &kinds[1]) {
		read_info(&ini, s, l->name);
		l->total =
			overlays(s, l->name, &seen) +
			packed(s, &kinds[0], ini_need(&ini, "overlay", "base"));
		ini_free(&ini);
	}
	for (size_t i = 0; seen[i]; i++)
		free(seen[i]);
	free(seen);
}

/* A base that was imported has no folder, a role may be a stock one. */
static uint64_t budget_of(const struct site *s, const struct kind *k,
			  const char *name)
{
	char *own = k == kinds ? site_path(s, "bases/%s", name)
			       : site_role_dir(s, name);
	char *path = own ? xasprintf("%s/%s.conf", own, k->name) : NULL;
	uint64_t budget = 0;
	struct ini ini;

	if (path && !ini_read(&ini, path)) {
		budget = budget_read(&ini, k->name);
		ini_free(&ini);
	}
	free(path);
	free(own);
	return budget;
}

static void measure(struct layer *l, const struct site *s)
{
	char *file = layer_file(s, l->kind, l->name);
	struct look_from from = {dir, NULL};
	struct look in;

	l->packed = packed(s, l->kind, l->name);
	l->budget = budget_of(s, l->kind, l->name);
	sum_up(l, s);
	look_open(&in, &from, file);
	l->entries = in.n;
	facts_files(&in, add_bytes, &l->unpacked);
	facts_sizes(&l->folders, &in);
	facts_owned(&l->packages, &in);
	rank(&l->folders);
	rank(&l->packages);
	look_close(&in);
	free(file);
}

static void print_top(const char *what, const struct facts *f)
{
	for (size_t i = 0; i < f->n && i < top; i++)
		printf("  %-8s %9s  %s\n", i ? "" : what,
		       print_size(strtoull(f->list[i].value, NULL, 10)),
		       print_path(f->list[i].name));
}

static void print_text(const struct layer *l)
{
	printf("%s %s: %s packed", l->kind->name, l->name,
	       print_size(l->packed));
	if (l->budget)
		printf(" of %s", print_size(l->budget));
	printf(", %s unpacked, %zu entries", print_size(l->unpacked),
	       l->entries);
	if (l->total != l->packed)
		printf("; %s with what is below", print_size(l->total));
	putchar('\n');
	print_top("folders", &l->folders);
	print_top("packages", &l->packages);
}

static struct json_object *list(const struct facts *f)
{
	struct json_object *all = json_object_new_array(), *o;

	for (size_t i = 0; i < f->n; i++) {
		o = json_object_new_object();
		json_object_object_add(
			o, "name",
			json_object_new_string(print_path(f->list[i].name)));
		json_object_object_add(o, "bytes",
				       json_object_new_int64(strtoll(
					       f->list[i].value, NULL, 10)));
		json_object_array_add(all, o);
	}
	return all;
}

static void print_object(const struct layer *l)
{
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {{"packed", l->packed},
		       {"unpacked", l->unpacked},
		       {"entries", l->entries},
		       {"total", l->total},
		       {"budget", l->budget}};
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "kind",
			       json_object_new_string(l->kind->name));
	json_object_object_add(o, "name", json_object_new_string(l->name));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].value || i < 4)
			json_object_object_add(
				o, numbers[i].name,
				json_object_new_int64(numbers[i].value));
	json_object_object_add(o, "folders", list(&l->folders));
	json_object_object_add(o, "packages", list(&l->packages));
	puts(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

/* Returns whether it is within its budget. */
static bool one(const struct site *s, const struct kind *k, const char *name)
{
	struct layer l = {.kind = k, .name = name};
	char *why;

	measure(&l, s);
	if (json)
		print_object(&l);
	else
		print_text(&l);
	fflush(stdout);
	why = budget_why(l.packed, l.budget);
	if (why)
		warn("%s %s: %s", k->name, name, why);
	facts_free(&l.folders);
	facts_free(&l.packages);
	free(why);
	return l.packed <= l.budget || !l.budget;
}

static bool named(const struct site *s, const char *name)
{
	bool found = false, good = true;

	if (!site_name_ok(name))
		opts_usage(&opts, "'%.130s' is no name of a base or role",
			   name);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		char *file = layer_file(s, &kinds[k], name);

		if (!access(file, F_OK)) {
			good &= one(s, &kinds[k], name);
			found = true;
		}
		free(file);
	}
	if (!found)
		die("%s: no base or role of that name is built", name);
	return good;
}

static bool everything(const struct site *s)
{
	bool good = true;

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		char **names = site_list(s, kinds[k].built, kinds[k].info);

		for (size_t i = 0; names[i]; i++)
			good &= one(s, &kinds[k], names[i]);
	}
	return good;
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	bool good = true;
	struct site s;

	if (top_text && text_u64(text_span(top_text), &top))
		opts_usage(&opts, "--top: '%s' is no number", top_text);
	site_open(&s, dir);
	if (at == argc)
		good = everything(&s);
	for (; at < argc; at++)
		good &= named(&s, argv[at]);
	if (fflush(stdout) || ferror(stdout))
		die("standard output:");
	return good ? EXIT_DONE : EXIT_FAILED;
}
