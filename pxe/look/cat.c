// SPDX-License-Identifier: MIT
/* cat.c - slipway cat: a file of a layer, or of the union of a role. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "host/error.h"
#include "host/opts.h"
#include "look.h"

static const char *dir, *root;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"root", 0, "FILE", "certificate that signs the tree (the site's)",
	 NULL, &root},
	{0},
};

static const struct opts opts = {
	.prog = "slipway cat",
	.usage = "[-C DIR] [--root FILE] FILE|NAME|TREE:NAME PATH...",
	.about = "Print files of a layer, or of the union of a role.",
	.opts = table,
};

static int put(void *user, const void *p, size_t size)
{
	if (fwrite(p, 1, size, user) != size)
		die("standard output:");
	return 0;
}

static void show(const struct look *l, const char *path)
{
	const struct look_entry *e = look_resolve(l, path);

	if (!e)
		die("%s:", path);
	if (e->deleted)
		die("%s: deleted by this overlay", path);
	if (!S_ISREG(e->mode))
		die("%s: not a regular file", path);
	look_stream(l, e, put, stdout);
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	struct look_from from;
	struct look l;

	if (argc - at < 2)
		opts_usage(&opts, "expected what to look into, and a path");
	from = (struct look_from){dir, root};
	look_open(&l, &from, argv[at++]);
	for (; at < argc; at++)
		show(&l, argv[at]);
	look_close(&l);
	if (fflush(stdout))
		die("standard output:");
	return EXIT_DONE;
}
