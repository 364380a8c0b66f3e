// SPDX-License-Identifier: MIT
/* ls.c - slipway ls: what is in a layer, or in the union of a role. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "host/error.h"
#include "host/opts.h"
#include "print.h"

static const char *dir, *root;
static bool longer, json, hash;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"root", 0, "FILE", "certificate that signs the tree (the site's)",
	 NULL, &root},
	{"long", 'l', NULL, "mode, owner, size, date, attributes", &longer,
	 NULL},
	{"hash", 0, NULL, "SHA-256 of each file", &hash, NULL},
	{"json", 0, NULL, "one JSON object a line", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway ls",
	.usage = "[-C DIR] [--root FILE] [-l] [--hash] [--json] "
		 "FILE|NAME|TREE:NAME [PATH...]",
	.about = "List what is in a layer, or in the union of a role.",
	.opts = table,
};

static void show(const struct look *l, struct look_entry *e)
{
	char hex[DIGEST_HEX + 1];
	struct json_object *o;

	if (hash && S_ISREG(e->mode))
		look_digest(l, e);
	if (json) {
		o = print_json(l, e);
		puts(json_object_to_json_string_ext(
			o, JSON_C_TO_STRING_PLAIN |
				   JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(o);
		return;
	}
	if (hash) {
		memset(hex, '-', DIGEST_HEX);
		hex[DIGEST_HEX] = '\0';
		if (S_ISREG(e->mode))
			digest_hex(e->digest, hex);
		printf("%s ", hex);
	}
	if (longer)
		print_line(l, e);
	else
		printf("%s%s\n", e->deleted ? "-" : "", print_path(e->path));
}

/* The entry at @path and all that is below it. */
static void show_below(struct look *l, const char *path)
{
	const struct look_entry *top = look_find(l, path);
	size_t i, n;

	if (!top)
		die("%s: not there", path);
	n = strlen(top->path);
	for (i = 0; i < l->n; i++) {
		struct look_entry *e = &l->entries[i];

		if (!n || e == top ||
		    (!strncmp(e->path, top->path, n) && e->path[n] == '/'))
			show(l, e);
	}
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	struct look_from from;
	struct look l;

	if (at == argc)
		opts_usage(&opts, "expected what to look into");
	from = (struct look_from){dir, root};
	look_open(&l, &from, argv[at++]);
	if (at == argc)
		show_below(&l, "");
	for (; at < argc; at++)
		show_below(&l, argv[at]);
	look_close(&l);
	if (fflush(stdout) || ferror(stdout))
		die("standard output:");
	return EXIT_DONE;
}
