/* SPDX-License-Identifier: MIT */
/* main.c - slipway-overlay: from a role's folder to its packed overlay. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/opts.h"
#include "host/userns.h"
#include "build.h"
#include "check.h"
#include "make.h"
#include "pack.h"
#include "phase.h"
#include "unpack.h"
#include "verify.h"

static struct {
	const char *dir, *pack, *unpack, *out, *base_digest, *grants, *lower;
	const char *breaks;
	struct make make;
	bool verify;
} opt;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: here or above)", NULL,
	 &opt.dir},
	{"dry-run", 'n', NULL, "show the plan, change nothing", &opt.make.plan,
	 NULL},
	{"json", 0, NULL, "print the facts as JSON", &opt.make.json, NULL},
	{"force", 0, NULL, "build even when nothing changed", &opt.make.force,
	 NULL},
	{"keep", 0, NULL, "build on disk, keep the work area", &opt.make.keep,
	 NULL},
	{"shell-on-error", 0, NULL, "open a shell where a hook failed",
	 &opt.make.shell_on_error, NULL},
	{"break", 0, "POINT,...",
	 "open a shell: before-PHASE, after-PHASE, after-error", NULL,
	 &opt.breaks},
	{"offline", 0, NULL, "use only what is cached", &opt.make.offline,
	 NULL},
	{"from-oci", 0, "IMAGE", "the layers above the base's become the role",
	 NULL, &opt.make.from_oci},
	{"no-lock", 0, NULL, "take today's packages, whatever role.lock says",
	 &opt.make.no_lock, NULL},
	{"rebase", 0, NULL, "put an overlay on a newer base, no hook runs",
	 &opt.make.rebase, NULL},
	{"verify", 0, NULL, "build twice, under other conditions, and compare",
	 &opt.verify, NULL},
	{"pack", 0, "DIR", "pack an upper directory of overlayfs", NULL,
	 &opt.pack},
	{"unpack", 0, "FILE", "unpack an overlay as such a directory", NULL,
	 &opt.unpack},
	{"output", 'o', "PATH", "of --pack and --unpack", NULL, &opt.out},
	{"base-digest", 0, "HEX", "the base that --pack binds to", NULL,
	 &opt.base_digest},
	{"grants", 0, "LIST", "of --pack: devnodes,setid,caps", NULL,
	 &opt.grants},
	{"lower", 0, "DIR", "of --pack: the union below DIR", NULL, &opt.lower},
	{NULL},
};

static const struct opts opts = {
	.prog = "slipway overlay",
	.usage = "[-C DIR] [-n] [--json] [--force] [--keep] "
		 "[--shell-on-error] [--break POINT] [--offline] [--no-lock] "
		 "[--from-oci IMAGE] [--rebase] [--verify] ROLE...",
	.about = "Build a role's overlay against its base, capture exactly "
		 "what changed, pack.",
	.opts = table,
};

static uint64_t env_epoch(void)
{
	const char *s = getenv("SOURCE_DATE_EPOCH");
	uint64_t v = 0;

	if (s && (text_u64(text_span(s), &v) || v > UINT32_MAX))
		die("SOURCE_DATE_EPOCH: '%s' is not a date", s);
	return v;
}

static int pack_mode(void)
{
	uint8_t digest[DIGEST_SIZE];
	struct capture c;
	struct outfile o;
	struct info i;

	if (!opt.out || !opt.base_digest)
		opts_usage(&opts, "--pack needs --base-digest and --output");
	if (digest_unhex(text_span(opt.base_digest), digest))
		opts_usage(&opts, "--base-digest: not 64 lower-case digits");
	capture_tree(&c, opt.pack, env_epoch());
	check_capture(&c, &opt.lower, opt.lower ? 1 : 0,
		      role_grants(opt.grants ? opt.grants : "", "--grants"));
	outfile_open(&o, opt.out, 0644);
	pack_write(&c, digest, &o, &i);
	outfile_commit(&o);
	printf("digest = %s\nsize = %llu\nunpacked = %llu\ninodes = %llu\n",
	       i.digest, (unsigned long long)i.size,
	       (unsigned long long)i.unpacked, (unsigned long long)i.inodes);
	return EXIT_DONE;
}

static int unpack_mode(void)
{
	if (!opt.out)
		opts_usage(&opts, "--unpack needs --output");
	if (mkdir(opt.out, 0755))
		die("%s:", opt.out);
	unpack_overlay(opt.unpack, opt.out, 1u << 20, UINT64_MAX / 2);
	return EXIT_DONE;
}

/* Shells at break points need somebody to type into them. */
static void check_breaks(void)
{
	char **points = words(opt.breaks ? opt.breaks : "");

	for (size_t i = 0; points[i]; i++) {
		if (!phase_break_ok(points[i]))
			opts_usage(
				&opts,
				"--break: '%s' is not before-PHASE, after-PHASE or after-error",
				points[i]);
		if (!strcmp(points[i], "after-error"))
			opt.make.shell_on_error = true;
	}
	if (points[0] && (!isatty(0) || !isatty(2)))
		opts_usage(&opts,
			   "--break: opens a shell, so it needs a terminal");
	free(points);
}

static char *note_arguments(int argc, char **argv)
{
	char *all = xstrdup("");

	for (int i = 1; i < argc; i++) {
		char *next =
			xasprintf("%s%s%s", all, i > 1 ? " " : "", argv[i]);

		free(all);
		all = next;
	}
	/* one line, and no second key in it */
	for (char *p = all; *p; p++)
		if ((unsigned char)*p < 0x20)
			*p = '?';
	return all;
}

int main(int argc, char **argv)
{
	int first, ret = EXIT_DONE;
	struct site s;

	opt.make.arguments = note_arguments(argc, argv);
	first = opts_parse(&opts, argc, argv);
	check_breaks();
	digest_setup();
	if (opt.pack || opt.unpack) {
		userns_enter();
		return opt.pack ? pack_mode() : unpack_mode();
	}
	if (first == argc)
		opts_usage(&opts, "which role?");
	if (opt.make.from_oci && first + 1 != argc)
		opts_usage(&opts, "--from-oci is for one ROLE");
	site_open(&s, opt.dir);
	opt.make.site = &s;
	opt.make.breaks = opt.breaks;
	if (!opt.make.plan) {
		userns_enter();
		site_lock(&s);
	}
	for (int i = first; i < argc && ret == EXIT_DONE; i++)
		ret = opt.verify ? verify_role(&opt.make, argv[i])
				 : make_order(&opt.make, argv[i]);
	return ret;
}
