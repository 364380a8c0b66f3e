/* SPDX-License-Identifier: MIT */
/* main.c - slipway-overlay: from a role's folder to its packed overlay. */
#include <errno.h>
#include <fcntl.h>
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
#include "fromoci.h"
#include "inputs.h"
#include "pack.h"
#include "phase.h"
#include "plan.h"
#include "sources.h"
#include "times.h"
#include "unpack.h"
#include "work.h"

static struct {
	const char *dir, *pack, *unpack, *out, *base_digest, *grants, *lower;
	const char *breaks, *from_oci;
	bool plan, json, force, keep, shell_on_error, offline;
} opt;

static char *arguments; /* of this run, for overlay.info */

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: here or above)", NULL,
	 &opt.dir},
	{"dry-run", 'n', NULL, "show the plan, change nothing", &opt.plan,
	 NULL},
	{"json", 0, NULL, "print the facts as JSON", &opt.json, NULL},
	{"force", 0, NULL, "build even when nothing changed", &opt.force, NULL},
	{"keep", 0, NULL, "build on disk, keep the work area", &opt.keep, NULL},
	{"shell-on-error", 0, NULL, "open a shell where a hook failed",
	 &opt.shell_on_error, NULL},
	{"break", 0, "POINT,...",
	 "open a shell: before-PHASE, after-PHASE, after-error", NULL,
	 &opt.breaks},
	{"offline", 0, NULL, "use only what is cached", &opt.offline, NULL},
	{"from-oci", 0, "IMAGE", "the layers above the base's become the role",
	 NULL, &opt.from_oci},
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
		 "[--shell-on-error] [--break POINT] [--offline] "
		 "[--from-oci IMAGE] ROLE...",
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

/* Digests of the overlays below, as overlay.info has them. */
static char **dep_digests(const struct site *s, char **deps)
{
	char **list;
	size_t n = 0;

	while (deps[n])
		n++;
	list = xcalloc(n + 1, sizeof(*list));
	for (size_t k = 0; k < n; k++) {
		char *path =
			site_path(s, "build/overlays/%s/overlay.info", deps[k]);
		char inputs[DIGEST_HEX + 1], base[DIGEST_HEX + 1];
		struct info i;

		if (info_read(path, &i, inputs, base))
			die("overlay %s: not built", deps[k]);
		list[k] = xstrdup(i.digest);
		free(path);
	}
	return list;
}

/* Is what lies there the very thing that would be built? */
static bool unchanged(const char *out, const char *key, struct info *i)
{
	char *path = xasprintf("%s/overlay.info", out);
	char *file = xasprintf("%s/overlay.cpio.gz", out);
	char inputs[DIGEST_HEX + 1], base[DIGEST_HEX + 1];
	char digest[DIGEST_HEX + 1];
	uint8_t raw[DIGEST_SIZE];
	uint64_t size;
	bool same = false;

	if (!info_read(path, i, inputs, base) && !strcmp(inputs, key) &&
	    !hash_file(file, raw, &size)) {
		digest_hex(raw, digest);
		same = !strcmp(digest, i->digest);
	}
	free(path);
	free(file);
	return same;
}

static void open_log(struct build *b)
{
	char *path = xasprintf("%s/build.log", b->out);

	b->log = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		      0644);
	if (b->log < 0)
		die("%s:", path);
	free(path);
}

static int build_and_commit(struct build *b, struct info *i, const char *inputs)
{
	char *file = xasprintf("%s/overlay.cpio.gz", b->out);
	char *path = xasprintf("%s/overlay.info", b->out);
	struct outfile o;
	int err;

	open_log(b);
	work_make(b);
	outfile_open(&o, file, 0644);
	err = build_overlay(b, &o, i);
	times_say(b->times);
	if (!b->keep && !rmdir(b->work))
		outfile_keep(b->work);
	if (!err && b->role->budget && i->size > b->role->budget) {
		warn("role %s: %llu bytes, above its size-budget of %llu",
		     b->role->name, (unsigned long long)i->size,
		     (unsigned long long)b->role->budget);
		err = -1;
	}
	if (err) {
		outfile_drop(&o);
		return EXIT_FAILED;
	}
	/* no info of an older overlay may lie beside the new one */
	if (unlink(path) && errno != ENOENT)
		die("%s:", path);
	outfile_commit(&o);
	info_write(path, i, b->role, b->base, inputs, arguments);
	close(b->log);
	free(file);
	free(path);
	return EXIT_DONE;
}

/* One role, all that it depends on being there. */
static int one(const struct site *s, const char *name, const char *base_name,
	       char **deps, bool top)
{
	char inputs[DIGEST_HEX + 1];
	struct build b = {.site = s,
			  .deps = deps,
			  .user = userns_inside(),
			  .keep = opt.keep,
			  .offline = opt.offline,
			  .breaks = words(opt.breaks ? opt.breaks : ""),
			  .shell_on_error = opt.shell_on_error};
	struct role r;
	struct base base;
	struct info i;
	int ret;

	role_read(&r, s, name);
	if (r.foreign && base_name)
		r.base = base_name;
	if (opt.from_oci && top)
		r.from_oci = opt.from_oci;
	phase_check(&r);
	sources_read(&r);
	if (opt.plan) {
		plan_print(&r, deps);
		return EXIT_DONE;
	}
	role_base(&base, s, r.base);
	inputs_key(&r, &base, dep_digests(s, deps), inputs);
	b.out = site_path(s, "build/overlays/%s", name);
	if (!(opt.force && top) && unchanged(b.out, inputs, &i)) {
		info_print(&i, &r, &base, NULL, opt.json);
		return EXIT_DONE;
	}
	site_mkdirs(b.out);
	b.role = &r;
	b.base = &base;
	b.work = xasprintf("%s/work", b.out);
	b.root = xasprintf("%s/root", b.work);
	b.cache = work_cache();
	b.helpers = site_share("helpers");
	b.times = times_new();
	b.sources = sources_read(&r);
	fromoci_open(&b);
	sources_fetch(&r, b.sources, b.cache, b.offline);
	ret = build_and_commit(&b, &i, inputs);
	if (ret == EXIT_DONE)
		info_print(&i, &r, &base, b.times, opt.json);
	return ret;
}

/* A role, after everything that it stands on. */
static int role_mode(const struct site *s, const char *name)
{
	char **order = role_order(s, name);
	struct role top;
	int ret = EXIT_DONE;

	role_read(&top, s, name);

	for (size_t i = 0; order[i] && ret == EXIT_DONE; i++) {
		/* its own dependencies: the order without itself */
		char **deps = role_order(s, order[i]);
		size_t n = 0;

		while (deps[n + 1])
			n++;
		deps[n] = NULL;
		ret = one(s, order[i], top.base, deps, !order[i + 1]);
		free(deps);
	}
	free(order);
	return ret;
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
			opt.shell_on_error = true;
	}
	if (points[0] && (!isatty(0) || !isatty(2)))
		opts_usage(&opts,
			   "--break: opens a shell, so it needs a terminal");
	free(points);
}

static void note_arguments(int argc, char **argv)
{
	arguments = xstrdup("");
	for (int i = 1; i < argc; i++) {
		char *next = xasprintf("%s%s%s", arguments, i > 1 ? " " : "",
				       argv[i]);

		free(arguments);
		arguments = next;
	}
	/* one line, and no second key in it */
	for (char *p = arguments; *p; p++)
		if ((unsigned char)*p < 0x20)
			*p = '?';
}

int main(int argc, char **argv)
{
	int first, ret = EXIT_DONE;
	struct site s;

	note_arguments(argc, argv);
	first = opts_parse(&opts, argc, argv);
	check_breaks();
	digest_setup();
	if (opt.pack || opt.unpack) {
		userns_enter();
		return opt.pack ? pack_mode() : unpack_mode();
	}
	if (first == argc)
		opts_usage(&opts, "which role?");
	if (opt.from_oci && first + 1 != argc)
		opts_usage(&opts, "--from-oci is for one ROLE");
	site_open(&s, opt.dir);
	if (!opt.plan) {
		userns_enter();
		site_lock(&s);
	}
	for (int i = first; i < argc && ret == EXIT_DONE; i++)
		ret = role_mode(&s, argv[i]);
	return ret;
}
