// SPDX-License-Identifier: MIT
/*
 * main.c - slipway-initrd: pack the initrd that belongs to a base's kernel.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/roots.h"
#include "output.h"

static struct {
	const char *dir, *init, *busybox, *drivers, *policy;
	const char *tls_roots, *firmware, *extra, *roles;
	bool plan, json, force, no_modules, verbose, https;
} opt = {.busybox = "/bin/busybox",
	 .drivers = "all",
	 .policy = "enforce",
	 .firmware = "base",
	 .roles = ""};

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: here or above)", NULL,
	 &opt.dir},
	{"dry-run", 'n', NULL, "show the plan, change nothing", &opt.plan,
	 NULL},
	{"json", 0, NULL, "print the facts as JSON", &opt.json, NULL},
	{"force", 0, NULL, "pack even when nothing changed", &opt.force, NULL},
	{"verbose", 'v', NULL, "name the firmware that is missing",
	 &opt.verbose, NULL},
	{"init", 0, "PATH", "another /init", NULL, &opt.init},
	{"busybox", 0, "PATH", "a static BusyBox, for rescue (/bin/busybox)", NULL,
	 &opt.busybox},
	{"drivers", 0, "LIST", "net, storage, all, or modules (default all)",
	 NULL, &opt.drivers},
	{"firmware", 0, "WHICH", "base (what it has; default), all, or none",
	 NULL, &opt.firmware},
	{"extra-drivers", 0, "DIR", "the .ko files of DIR too", NULL,
	 &opt.extra},
	{"no-modules", 0, NULL, "no modules at all", &opt.no_modules, NULL},
	{"roles", 0, "LIST", "with what these roles' initrd/ folders bring",
	 NULL, &opt.roles},
	{"https", 0, NULL, "an /init that can do https, this system's roots",
	 &opt.https, NULL},
	{"tls-roots", 0, "FILE", "the same, with these certificates as roots",
	 NULL, &opt.tls_roots},
	{"policy", 0, "MODE", "enforce or rescue (default enforce)", NULL,
	 &opt.policy},
	{NULL},
};

static const struct opts opts = {
	.prog = "slipway initrd",
	.usage = "[-C DIR] [-n] [--json] [--force] [--drivers LIST] "
		 "[--firmware WHICH] [--extra-drivers DIR] "
		 "[--no-modules] [--roles LIST] [--policy MODE] [--https] "
		 "[--tls-roots FILE] [BASE...]",
	.about = "Pack /init, drivers and the site's trust anchor "
		 "for a base's kernel.",
	.opts = table,
};

/* Beside us in a build tree, or where install puts it. */
static char *find_init(const char *name)
{
	static const char *const near[] = {"../initrd", "../lib/slipway",
					   "../../lib/slipway", NULL};
	char self[PATH_MAX], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0)
		die("/proc/self/exe:");
	self[n] = '\0';
	slash = strrchr(self, '/');
	*slash = '\0';
	for (const char *const *p = near; *p; p++) {
		path = xasprintf("%s/%s/%s", self, *p, name);
		if (!access(path, R_OK))
			return path;
		free(path);
	}
	die("no %s near %s; run make, or name one with --init", name, self);
}

static void check_urls(const struct site *s)
{
	char **list = words(s->url);

	for (char **u = list; *u; u++)
		if (!opt.tls_roots && !strncmp(*u, "https://", 8))
			warn("%s: not for this initrd without --https or --tls-roots",
			     *u);
	free(list);
}

static uint64_t epoch_of(const struct base *b)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	uint64_t v = b->created;

	if (text && (text_u64(text_span(text), &v)))
		die("SOURCE_DATE_EPOCH: '%s' is not a date", text);
	if (v > UINT32_MAX)
		die("base %s: its date does not fit an initrd", b->name);
	return v;
}

static void print_missing(const struct pack *p)
{
	for (unsigned int i = 0; i < p->n_missing; i++)
		info("firmware %s: not in base %s", p->missing[i],
		     p->base->name);
}

static void print_plan(const struct pack *p)
{
	printf("initrd for base %s, kernel %s, policy %s\n", p->base->name,
	       p->base->release, p->rescue ? "rescue" : "enforce");
	for (size_t i = 0; i < p->bundle.n; i++)
		printf("  %10zu %s\n", p->bundle.entries[i].size,
		       p->bundle.entries[i].path);
	for (unsigned int i = 0; i < p->n_missing; i++)
		printf("  %10s lib/firmware/%s\n", "missing", p->missing[i]);
}

static void build(struct pack *p, struct info *i, const char *dir)
{
	struct split split;

	pack_gather(p);
	if (opt.plan) {
		print_plan(p);
		return;
	}
	bundle_seal(&p->bundle);
	split_make(&split, p);
	output_write(p, &split, i, dir);
	split_free(&split);
	if (opt.verbose)
		print_missing(p);
	else if (p->n_missing)
		info("initrd %s: %u firmware files its drivers name are not in the base; -v names them",
		     p->base->name, p->n_missing);
}

static enum firmware firmware(void)
{
	static const char *const names[] = {[FIRMWARE_BASE] = "base",
					    [FIRMWARE_NONE] = "none",
					    [FIRMWARE_ALL] = "all"};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(opt.firmware, names[i]))
			return i;
	opts_usage(&opts, "--firmware: '%s' is neither base, all nor none",
		   opt.firmware);
}

static void one(const struct site *s, const char *name)
{
	char *dir = site_path(s, "build/initrd/%s", name);
	char *facts = xasprintf("%s/initrd.info", dir);
	struct base base;
	struct pack p = {
		.site = s,
		.base = &base,
		.init = opt.init,
		.busybox = opt.busybox,
		.tls_roots = opt.tls_roots,
		.drivers = opt.no_modules ? NULL : opt.drivers,
		.extra = opt.no_modules ? NULL : opt.extra,
		.roles = words(opt.roles),
		.firmware = firmware(),
		.rescue = !strcmp(opt.policy, "rescue"),
	};
	struct info i = {0};
	bool same;

	base_open(&base, s, name);
	p.epoch = epoch_of(&base);
	info_inputs(&p, i.inputs);
	same = !opt.force && info_same(dir, i.inputs);
	if (!same || opt.plan)
		build(&p, &i, dir);
	if (!opt.plan)
		info_print(facts, same, opt.json);
	pack_free(&p);
	base_close(&base);
	free(facts);
	free(dir);
}

static void check_roles(void)
{
	for (char **r = words(opt.roles); *r; r++)
		if (!site_name_ok(*r))
			opts_usage(&opts, "--roles: '%s' is no name of a role",
				   *r);
}

int main(int argc, char **argv)
{
	int first = opts_parse(&opts, argc, argv);
	struct site site;
	char **names;

	if (strcmp(opt.policy, "enforce") && strcmp(opt.policy, "rescue"))
		opts_usage(&opts,
			   "--policy: '%s' is neither enforce nor rescue",
			   opt.policy);
	for (int i = first; i < argc; i++)
		if (!site_name_ok(argv[i]))
			opts_usage(&opts, "'%s' is no name of a base", argv[i]);
	check_roles();
	if (opt.https && !opt.tls_roots)
		opt.tls_roots = ROOTS_SYSTEM;
	site_open(&site, opt.dir);
	check_urls(&site);
	if (!opt.init)
		opt.init = find_init(opt.tls_roots ? "init-tls" : "init");
	names = first < argc ? argv + first
			     : site_list(&site, "build/bases", "base.info");
	if (!*names)
		die("%s: no base is built; run 'slipway base' first", site.dir);
	if (!opt.plan)
		site_lock(&site);
	for (; *names; names++)
		one(&site, *names);
	return EXIT_DONE;
}
