/* SPDX-License-Identifier: MIT */
/* main.c - slipway-base: from a recipe, or a system that exists, to a base. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "format/digest.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "host/userns.h"
#include "inside.h"
#include "make.h"
#include "single.h"
#include "stop.h"
#include "verify.h"

#define JOBS_MAX 64

static struct {
	const char *dir, *from, *profile, *jobs, *pack, *out;
	bool plan, json, force, offline, no_lock, verify;
} opt;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: here or above)", NULL,
	 &opt.dir},
	{"from", 0, "SRC", "pack a tar (-: stdin), folder, disk or OCI image",
	 NULL, &opt.from},
	{"profile", 0, "NAME", "quick (zstd-3) or release (zstd-15)", NULL,
	 &opt.profile},
	{"dry-run", 'n', NULL, "show the plan, change nothing", &opt.plan,
	 NULL},
	{"json", 0, NULL, "print the facts as JSON", &opt.json, NULL},
	{"force", 0, NULL, "build even when nothing changed", &opt.force, NULL},
	{"offline", 0, NULL, "use only what was built before", &opt.offline,
	 NULL},
	{"no-lock", 0, NULL, "take today's packages, whatever base.lock says",
	 &opt.no_lock, NULL},
	{"verify", 0, NULL, "build twice, under other conditions, and compare",
	 &opt.verify, NULL},
	{"jobs", 'j', "N", "threads that pack (default: all cores)", NULL,
	 &opt.jobs},
	{"pack", 0, "SRC", "pack SRC to a squashfs and no more", NULL,
	 &opt.pack},
	{"output", 'o', "FILE", "of --pack", NULL, &opt.out},
	{NULL},
};

static const struct opts opts = {
	.prog = "slipway base",
	.usage = "[-C DIR] [--from SRC] [--profile NAME] [-n] [--json] "
		 "[--force] [--offline] [--no-lock] [--verify] [-j N] [NAME]",
	.about = "Build the squashfs that every machine of a kind shares.",
	.opts = table,
};

static unsigned int jobs(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t n;

	if (!opt.jobs)
		return cores < 1 ? 1 : cores > JOBS_MAX ? JOBS_MAX : cores;
	if (text_u64(text_span(opt.jobs), &n) || !n || n > JOBS_MAX)
		opts_usage(&opts, "--jobs: a number from 1 to %d", JOBS_MAX);
	return n;
}

static void set_epoch(struct work *w)
{
	const char *env = getenv("SOURCE_DATE_EPOCH");
	uint64_t v = 0;

	if (env && (text_u64(text_span(env), &v) || v > UINT32_MAX))
		die("SOURCE_DATE_EPOCH: '%s' is not a date", env);
	w->dated = env;
	w->epoch = env ? v : UINT32_MAX;
}

static const char *choose(const struct site *s, char **argv, int n)
{
	char **names;

	if (n > 1)
		opts_usage(&opts, "one NAME");
	if (n == 1 && !site_name_ok(argv[0]))
		opts_usage(&opts, "'%.130s' is no name for a base", argv[0]);
	if (n == 1)
		return argv[0];
	names = site_list(s, "bases", "base.conf");
	if (!names[0])
		die("%s/bases: no base here; make bases/NAME/base.conf",
		    s->dir);
	if (names[1])
		opts_usage(&opts, "which NAME? There are several bases");
	return names[0];
}

static void print_list(const char *what, char *const *list)
{
	printf("  %s", what);
	for (size_t i = 0; list[i]; i++)
		printf(" %s", list[i]);
	putchar('\n');
}

static void print_plan(const struct work *w, const struct from *from)
{
	const struct recipe *r = &w->recipe;

	printf("base %s, profile %s, to %s\n", r->name, r->profile, w->image);
	if (opt.from) {
		printf("  from %s (%s)\n", opt.from, from_word(from));
		return;
	}
	printf("  suite %s, variant %s, architecture %s\n", r->suite,
	       r->variant, r->arch);
	for (size_t i = 0; i < r->n_archives; i++)
		printf("  %s\n", r->archives[i].line);
	print_list("packages", r->packages);
	print_list("hooks", inside_hooks(r->dir));
}

/* What a build left that was killed; the site's lock says it is not alive. */
static void sweep(const struct work *w)
{
	char *pattern = xasprintf("%s/*.??????", w->dir);

	outfile_sweep(pattern);
	free(pattern);
}

static void places(struct work *w, const struct site *site, const char *name)
{
	w->dir = site_path(site, "build/bases/%s", name);
	w->image = xasprintf("%s/base.squashfs", w->dir);
	w->info = xasprintf("%s/base.info", w->dir);
	w->log = xasprintf("%s/build.log", w->dir);
	w->keys = xasprintf("%s/base.keys", w->dir);
	w->packages = xasprintf("%s/base.packages", w->dir);
	w->spdx = xasprintf("%s/base.spdx.json", w->dir);
}

static void prepare(struct work *w)
{
	site_mkdirs(w->dir);
	sweep(w);
	w->scratch = xasprintf("%s/work.XXXXXX", w->dir);
	outfile_mkdtemp(w->scratch);
}

int main(int argc, char **argv)
{
	struct work w = {0};
	struct site site;
	struct from have, *from = NULL;
	const char *name;
	int i;

	digest_setup();
	if (argc == 3 && !strcmp(argv[1], "--inside")) {
		error_program("slipway base");
		return inside_run(argv[2]);
	}
	i = opts_parse(&opts, argc, argv);
	w.jobs = jobs();
	set_epoch(&w);
	if (opt.pack && (!opt.out || i != argc))
		opts_usage(&opts, "--pack needs --output, and no NAME");
	if (opt.pack)
		return single_pack(opt.pack, opt.out, opt.profile, w.jobs,
				   w.epoch);
	w.force = opt.force;
	w.offline = opt.offline;
	w.json = opt.json;
	w.no_lock = opt.no_lock;
	site_open(&site, opt.dir);
	name = choose(&site, argv + i, argc - i);
	recipe_read(&w.recipe, &site, name, opt.profile, opt.from);
	if (!opt.from)
		opt.from = w.recipe.from;
	if (opt.from) {
		from_look(&have, opt.from);
		from = &have;
	} else {
		recipe_archives(&w.recipe);
	}
	if (opt.verify && opt.from && !strcmp(opt.from, "-"))
		opts_usage(&opts, "--verify: a tar on stdin comes only once");
	places(&w, &site, name);
	if (opt.plan) {
		print_plan(&w, from);
		return EXIT_DONE;
	}
	/* what exists is packed as it is seen, owners too */
	if (!from)
		userns_enter();
	/* ahead of outfile.h, which leaves signals alone that are taken */
	stop_watch();
	site_lock(&site);
	prepare(&w);
	if (opt.verify)
		return verify_base(&site, &w, from);
	return from ? make_from(&w, from) : make_build(&w);
}
