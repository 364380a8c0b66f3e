// SPDX-License-Identifier: MIT
/* kernel.c - slipway kernel: the kernel and initrd that belong to an image. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/site.h"
#include "look.h"

#define VMLINUZ "boot/vmlinuz-"

static const char *dir, *root, *to = ".", *version;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"root", 0, "FILE", "certificate that signs the tree (the site's)",
	 NULL, &root},
	{"output", 'o', "DIR", "where they go (default: here)", NULL, &to},
	{"version", 'k', "VERSION", "this kernel (default: the newest)", NULL,
	 &version},
	{0},
};

static const struct opts opts = {
	.prog = "slipway kernel",
	.usage = "[-C DIR] [--root FILE] [-k VERSION] [-o DIR] "
		 "FILE|NAME|TREE:NAME",
	.about = "Put out the kernel and initrd that belong to an image.",
	.opts = table,
};

/* The kernel asked for, or of several the newest; NULL. */
static const struct look_entry *choose(const struct look *l)
{
	const struct look_entry *best = NULL;
	const size_t n = strlen(VMLINUZ);
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct look_entry *e = &l->entries[i];

		if (strncmp(e->path, VMLINUZ, n) || !S_ISREG(e->mode) ||
		    (version && strcmp(e->path + n, version)))
			continue;
		if (!best || strverscmp(e->path, best->path) > 0)
			best = e;
	}
	return best;
}

static int put(void *user, const void *p, size_t size)
{
	outfile_write(user, p, size);
	return 0;
}

static void extract(const struct look *l, const struct look_entry *e,
		    const char *name)
{
	char *path = xasprintf("%s/%s", to, name);
	struct outfile o;

	outfile_open(&o, path, 0644);
	look_stream(l, e, put, &o);
	outfile_commit(&o);
	printf("%s\t%s\n", path, e->path);
	free(path);
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	const struct look_entry *kernel, *initrd;
	struct look_from from;
	struct look l;
	char *path;

	if (argc - at != 1)
		opts_usage(&opts, "expected one image");
	from = (struct look_from){dir, root};
	look_open(&l, &from, argv[at]);
	kernel = choose(&l);
	if (!kernel)
		die("%s: no kernel%s%s in its /boot", argv[at],
		    version ? " " : "", version ? version : "");
	site_mkdirs(to);
	extract(&l, kernel, "vmlinuz");
	path = xasprintf("boot/initrd.img-%s", kernel->path + strlen(VMLINUZ));
	initrd = look_resolve(&l, path);
	if (initrd && S_ISREG(initrd->mode))
		extract(&l, initrd, "initrd.img");
	else
		info("%s: no %s: 'slipway initrd' makes one", argv[at], path);
	free(path);
	look_close(&l);
	return EXIT_DONE;
}
