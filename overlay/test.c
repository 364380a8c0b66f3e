/* SPDX-License-Identifier: MIT */
/* test.c - slipway-test: do roles do what their tests say? */
#include <dirent.h>
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
#include "host/opts.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "host/userns.h"
#include "machine.h"
#include "phase.h"
#include "run.h"
#include "union.h"
#include "work.h"

#define LOG_MAX	  (16u << 20)
#define T_DEFAULT 300

static struct {
	const char *dir, *timeout, *append, *disk, *ram, *only;
	bool boot;
} opt;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: here or above)", NULL,
	 &opt.dir},
	{"boot", 0, NULL, "on a machine in QEMU, not in a union", &opt.boot,
	 NULL},
	{"only", 0, "TEXT", "only tests whose name holds TEXT", NULL,
	 &opt.only},
	{"append", 'a', "TEXT", "of --boot: more kernel arguments", NULL,
	 &opt.append},
	{"disk", 0, "FILE", "of --boot: a disk, raw", NULL, &opt.disk},
	{"ram", 'm', "MB", "of --boot: memory", NULL, &opt.ram},
	{"timeout", 't', "SEC", "of a test, or of the boot (default: 300)",
	 NULL, &opt.timeout},
	{NULL},
};

static const struct opts opts = {
	.prog = "slipway test",
	.usage = "[-C DIR] [--only TEXT] [--timeout SEC] [--boot] "
		 "[--append TEXT] [--disk FILE] [--ram MB] [ROLE...]",
	.about = "Run the tests of roles, of all the site's when none is "
		 "named.",
	.opts = table,
};

static unsigned int seconds = T_DEFAULT, failed, passed, skipped;

static void verdict(const char *role, const char *name, int status)
{
	char *why = status < 0 ? xstrdup("it did not end") : run_why(status);

	if (!status) {
		passed++;
		printf("ok %s/%s\n", role, name);
	} else if (status == UNION_SKIP) {
		skipped++;
		printf("skip %s/%s\n", role, name);
	} else {
		failed++;
		printf("not ok %s/%s: %s\n", role, name, why);
	}
	fflush(stdout);
	free(why);
}

static int visible(const struct dirent *d)
{
	return d->d_name[0] >= '0' && d->d_name[0] <= '9' &&
	       d->d_name[1] >= '0' && d->d_name[1] <= '9' &&
	       d->d_name[2] == '-';
}

/* Names of the tests, sorted; dies on one that would silently not run. */
static char **tests_of(const struct role *r)
{
	char *dir = xasprintf("%s/tests", r->dir);
	struct dirent **list = NULL;
	int n = scandir(dir, &list, visible, alphasort);
	char **names = xcalloc(n > 0 ? n + 1 : 1, sizeof(*names));
	size_t k = 0;

	if (n < 0 && errno != ENOENT)
		die("%s:", dir);
	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, list[i]->d_name);

		if (!text_name_ok(text_span(list[i]->d_name)))
			die("%s: not a test's name", path);
		if (access(path, X_OK))
			die("%s: not executable: chmod +x it", path);
		if (!opt.only || strstr(list[i]->d_name, opt.only))
			names[k++] = xstrdup(list[i]->d_name);
		free(path);
	}
	free(dir);
	return names;
}

static int open_log(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s.log", dir, name);
	int fd;

	site_mkdirs(dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		  0644);
	if (fd < 0)
		die("%s:", path);
	free(path);
	return fd;
}

/* slipway overlay ROLE; what it says goes to @log, or is seen when -1. */
static int build_role(const struct site *s, const char *role, int log)
{
	char *prog = machine_prog("slipway-overlay");
	const char *const argv[] = {prog, "-C", s->dir, role, NULL};
	struct spawn p = {.argv = argv,
			  .in = -1,
			  .out = log < 0 ? STDERR_FILENO : log,
			  .err = log};
	int status = spawn_run(&p);

	free(prog);
	return status;
}

/* The convention of roles that must not build: their conf says why. */
static void must_fail(const struct site *s, const struct role *r,
		      const char *text)
{
	char *dir = site_path(s, "build/tests/%s", r->name);
	char *path = xasprintf("%s/should-fail.log", dir);
	int log = open_log(dir, "should-fail");
	int status = build_role(s, r->name, log);
	size_t size;
	char *said = outfile_slurp(path, LOG_MAX, &size);

	if (status == 1 && said && strstr(said, text)) {
		verdict(r->name, "should-fail", 0);
	} else {
		failed++;
		printf("not ok %s/should-fail: exit status %d, expected 1 with "
		       "'%s'; log: %s\n",
		       r->name, status, text, path);
	}
	close(log);
	free(said);
	free(path);
	free(dir);
}

static void in_union(const struct site *s, const struct role *r)
{
	struct build b = {.site = s, .role = r, .user = userns_inside()};
	char **names = tests_of(r);
	struct base base;

	role_base(&base, s, r->base);
	b.base = &base;
	b.deps = role_order(s, r->name);
	b.out = site_path(s, "build/tests/%s", r->name);
	b.work = xasprintf("%s/work", b.out);
	b.root = xasprintf("%s/root", b.work);
	b.cache = work_cache();
	b.helpers = site_share("testaids");
	for (size_t i = 0; names[i]; i++) {
		int log = open_log(b.out, names[i]), status;
		char *tail;

		work_make(&b);
		status = union_test(&b, names[i], log, seconds, &tail);
		if (!rmdir(b.work))
			outfile_keep(b.work);
		if (status && *tail)
			info("%s", tail);
		verdict(r->name, names[i], status);
		close(log);
		free(tail);
	}
	if (!names[0])
		info("role %s: no tests", r->name);
}

/* What the console said: a kernel's line may begin on the line of ours. */
static void read_console(const struct role *r, const char *dir, char **names)
{
	char *path = xasprintf("%s/console.log", dir);
	size_t size;
	char *log = outfile_slurp(path, LOG_MAX, &size);

	for (size_t i = 0; names[i]; i++) {
		char *ok = xasprintf("slipway-test: ok %s", names[i]);
		char *skip = xasprintf("slipway-test: skip %s", names[i]);

		verdict(r->name, names[i],
			log && strstr(log, ok)	   ? 0
			: log && strstr(log, skip) ? UNION_SKIP
						   : 1);
		free(ok);
		free(skip);
	}
	if (failed)
		info("console: %s", path);
	free(log);
	free(path);
}

static void on_machine(const struct site *s, const struct role *r)
{
	struct machine m = {opt.append, opt.disk, opt.ram, seconds};
	char *dir = site_path(s, "build/tests/%s", r->name);
	char **names = tests_of(r);

	if (!names[0]) {
		info("role %s: no tests", r->name);
		return;
	}
	if (machine_test(s, r, role_order(s, r->name), dir, &m))
		warn("role %s: the boot did not come to the end of its tests",
		     r->name);
	read_console(r, dir, names);
	free(dir);
}

/* Returns false when there is nothing more to do for it. */
static bool prepare(const struct site *s, struct role *r, const char *name)
{
	const char *text;

	role_read(r, s, name);
	text = ini_get(&r->conf, "role", "should-fail");
	if (text) {
		must_fail(s, r, text);
		return false;
	}
	if (build_role(s, name, -1)) {
		failed++;
		printf("not ok %s: does not build\n", name);
		return false;
	}
	return true;
}

static void set_seconds(void)
{
	uint64_t v;

	if (!opt.timeout)
		return;
	if (text_u64(text_span(opt.timeout), &v) || !v || v > 86400)
		opts_usage(&opts, "--timeout: '%s' is not 1 to 86400 seconds",
			   opt.timeout);
	seconds = v;
}

int main(int argc, char **argv)
{
	int first = opts_parse(&opts, argc, argv);
	char **names = argv + first;
	struct role *roles;
	size_t n = 0, k = 0;
	struct site s;

	set_seconds();
	if (!opt.boot && (opt.append || opt.disk || opt.ram))
		opts_usage(&opts, "--append, --disk and --ram need --boot");
	digest_setup();
	site_open(&s, opt.dir);
	if (!*names)
		names = site_list(&s, "roles", "role.conf");
	while (names[n])
		n++;
	roles = xcalloc(n + 1, sizeof(*roles));
	for (size_t i = 0; i < n; i++)
		if (prepare(&s, &roles[k], names[i]))
			k++;
	/* slipway overlay takes the lock and enters by itself */
	if (!opt.boot) {
		userns_enter();
		site_lock(&s);
	}
	for (size_t i = 0; i < k; i++)
		(opt.boot ? on_machine : in_union)(&s, &roles[i]);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed ? EXIT_FAILED : EXIT_DONE;
}
