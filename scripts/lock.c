// SPDX-License-Identifier: MIT
/*
 * lock.c - slipway lock: build with what the mirrors have today, and write
 * down what that was.
 */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/pkglist.h"
#include "host/site.h"
#include "host/spawn.h"

static const char *dir;
static bool json;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: here or above)", NULL,
	 &dir},
	{"json", 0, NULL, "print the facts as JSON", &json, NULL},
	{NULL},
};

static const struct opts opts = {
	.prog = "slipway lock",
	.usage = "[-C DIR] [--json] [BASE|ROLE...]",
	.about = "Build anew, and lock the exact versions of all packages.",
	.opts = table,
};

/* One kind of thing that has a lock. */
struct kind {
	const char *name, *folder, *conf, *lock;
	const char *program;
	const char *out, *list; /* what is built, its list of packages */
};

static const struct kind kinds[] = {
	{"base", "bases", "base.conf", "base.lock", "slipway-base", "bases",
	 "base.packages"},
	{"role", "roles", "role.conf", "role.lock", "slipway-overlay",
	 "overlays", "overlay.packages"},
};

/* The program beside this one. */
static char *beside(const char *name)
{
	char *self = realpath("/proc/self/exe", NULL), *path;

	if (!self)
		die("/proc/self/exe:");
	path = xasprintf("%s/%s", dirname(self), name);
	free(self);
	return path;
}

static void build(const struct site *s, const struct kind *k, const char *name)
{
	char *prog = beside(k->program);
	const char *const argv[] = {prog,      "-C", s->dir, "--no-lock",
				    "--force", name, NULL};
	struct spawn p = {.argv = argv,
			  .in = -1,
			  .out = STDERR_FILENO,
			  .err = STDERR_FILENO};
	int status = spawn_run(&p);

	if (status)
		die("%s %s: not built, so not locked", k->name, name);
	free(prog);
}

static void lock(const struct site *s, const struct kind *k, const char *name)
{
	char *path = site_path(s, "%s/%s/%s", k->folder, name, k->lock);
	char *what = xasprintf("%s %s", k->name, name);
	char *built = site_path(s, "build/%s/%s/%s", k->out, name, k->list);
	struct pkglist l;

	build(s, k, name);
	if (pkglist_read(&l, built))
		die("%s: not there", built);
	pkglist_lockable(&l, what);
	pkglist_write(&l, path);
	if (json)
		printf("{\"kind\":\"%s\",\"name\":\"%s\",\"packages\":%zu}\n",
		       k->name, name, l.n);
	else
		printf("%s: %zu packages locked\n", what, l.n);
	free(built);
	free(what);
	free(path);
}

static void one(const struct site *s, const char *name)
{
	unsigned int found = 0;

	if (!site_name_ok(name))
		opts_usage(&opts, "'%.130s' is no name of a base or role",
			   name);
	for (size_t i = 0; i < 2; i++) {
		char *conf = site_path(s, "%s/%s/%s", kinds[i].folder, name,
				       kinds[i].conf);

		if (!access(conf, F_OK)) {
			lock(s, &kinds[i], name);
			found++;
		}
		free(conf);
	}
	if (!found)
		die("%s: neither a base nor a role of this site; a role from elsewhere is copied to roles/ first",
		    name);
}

int main(int argc, char **argv)
{
	int first = opts_parse(&opts, argc, argv);
	struct site s;

	site_open(&s, dir);
	for (int i = first; i < argc; i++)
		one(&s, argv[i]);
	for (size_t k = 0; first == argc && k < 2; k++) {
		char **names = site_list(&s, kinds[k].folder, kinds[k].conf);

		for (size_t i = 0; names[i]; i++)
			lock(&s, &kinds[k], names[i]);
	}
	return EXIT_DONE;
}
