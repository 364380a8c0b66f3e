/* SPDX-License-Identifier: MIT */
/* shell_main.c - slipway-shell: look and try inside a built role. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/scratch.h"
#include "host/spawn.h"
#include "host/userns.h"
#include "captured.h"
#include "make.h"
#include "shell.h"
#include "work.h"

static struct {
	const char *dir, *role, *base, *save;
	bool disk;
} opt;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: here or above)", NULL,
	 &opt.dir},
	{"role", 'r', "ROLE", "the built role to be in", NULL, &opt.role},
	{"base", 'b', "NAME", "no role, only this base", NULL, &opt.base},
	{"save", 0, "NAME", "turn what changed into a new role", NULL,
	 &opt.save},
	{"disk", 0, NULL, "hold what changes on disk instead of in memory",
	 &opt.disk, NULL},
	{NULL},
};

static const struct opts opts = {
	.prog = "slipway shell",
	.usage = "[-C DIR] [--role ROLE] [--base NAME] [--save NAME] [--disk] "
		 "[-- COMMAND...]",
	.about = "Open a shell inside a built role; what changes is thrown "
		 "away.",
	.opts = table,
};

/* All overlays of the role, lowest first, itself the last. */
static void find_layers(struct build *b, const struct site *s, struct role *r,
			struct base *base)
{
	b->deps =
		opt.role ? role_order(s, opt.role) : xcalloc(1, sizeof(char *));
	if (opt.role)
		role_read(r, s, opt.role);
	role_base(base, s, opt.base ? opt.base : r->base);
	free(make_digests(s, b->deps));
	if (!opt.role) {
		r->name = xasprintf("%s", opt.base);
		r->packages = xcalloc(1, sizeof(char *));
	}
	b->role = r;
	b->base = base;
}

static void prepare(struct build *b, const struct site *s, struct role *r)
{
	b->site = s;
	b->out = scratch_make(s, "shell");
	b->work = xasprintf("%s/work", b->out);
	outfile_mkdir(b->work, 0700);
	b->root = xasprintf("%s/root", b->work);
	b->cache = work_cache();
	b->helpers = site_share("helpers");
	b->user = userns_inside();
	b->keep = opt.disk;
	b->log = -1;
	/* an imported base has no folder of its own */
	if (opt.base)
		r->dir = b->out;
}

/* A role like any other, whose overlay is what was captured here. */
static void write_role(const struct build *b, const struct shell *s,
		       const char *dir)
{
	char *path = xasprintf("%s/role.conf", dir);
	const char *grants = role_grants_text(s->grants);
	char *text = xasprintf("[role]\nbase = %s\n%s%s%s%s%s%s", b->base->name,
			       opt.role ? "depends = " : "",
			       opt.role ? opt.role : "", opt.role ? "\n" : "",
			       *grants ? "grants = " : "", grants,
			       *grants ? "\n" : "");

	captured_note(dir, b->base->digest, make_digests(b->site, b->deps));
	outfile_put(path, 0644, text, strlen(text));
	free(text);
	free(path);
}

static void say_role(const struct shell *s, const char *above)
{
	printf("role %s: %llu bytes, %llu entries, %llu deleted, above %s\n",
	       opt.save, (unsigned long long)s->info.size,
	       (unsigned long long)s->info.entries,
	       (unsigned long long)s->info.deletes, above);
}

/* A role is there whole or not at all; build/ may be another disk. */
static void put_role(const char *from, const char *to)
{
	const char *const argv[] = {"mv", "-T", "--", from, to, NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};

	if (spawn_run(&s))
		die("%s: cannot be moved to %s", from, to);
}

static char *saved_dir(const struct site *s)
{
	char *roles = site_path(s, "roles");
	char *dir = site_path(s, "roles/%s", opt.save);

	if (!site_name_ok(opt.save))
		opts_usage(&opts, "--save: '%.130s' is not a role's name",
			   opt.save);
	if (!access(dir, F_OK))
		die("%s: there already; another name, or remove it first", dir);
	site_mkdirs(roles);
	free(roles);
	return dir;
}

int main(int argc, char **argv)
{
	struct shell sh = {0};
	struct build b = {0};
	struct role role = {0};
	struct base base;
	char *dir = NULL, *made, *file;
	struct site s;
	int first, ret;

	first = opts_parse(&opts, argc, argv);
	digest_setup();
	if (!opt.role == !opt.base)
		opts_usage(&opts, "--role ROLE or --base NAME");
	site_open(&s, opt.dir);
	userns_enter();
	find_layers(&b, &s, &role, &base);
	if (opt.save)
		dir = saved_dir(&s);
	prepare(&b, &s, &role);
	sh.argv = argv + first;
	sh.save = opt.save;
	if (!opt.save)
		return shell_run(&b, &sh) ? EXIT_FAILED : sh.status & 0xff;
	made = xasprintf("%s/role", b.out);
	site_mkdirs(made);
	file = xasprintf("%s/captured.cpio.gz", made);
	outfile_open(&sh.out, file, 0644);
	ret = shell_run(&b, &sh) ? EXIT_FAILED : sh.status & 0xff;
	if (ret && sh.argv[0]) {
		outfile_drop(&sh.out);
		return ret;
	}
	outfile_commit(&sh.out);
	write_role(&b, &sh, made);
	put_role(made, dir);
	say_role(&sh, opt.role ? opt.role : base.name);
	return EXIT_DONE;
}
