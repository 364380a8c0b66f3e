/* SPDX-License-Identifier: MIT */
/* inside.c - the part that runs while mmdebstrap builds. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/pkglist.h"
#include "host/site.h"
#include "host/spawn.h"
#include "clean.h"
#include "debs.h"
#include "files.h"
#include "inside.h"
#include "reporter.h"

#define HOOK_INSIDE "/run/slipway-hook"
#define TAIL_LINES  12
#define STATUS_MAX  (64u << 20)

static const char *need(const char *key)
{
	const char *v = getenv(key);

	if (!v || !*v)
		die("--inside: %s is not set; only slipway-base calls this",
		    key);
	return v;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **inside_hooks(const char *dir)
{
	char *hooks = xasprintf("%s/hooks", dir), *path;
	char **names = xcalloc(1, sizeof(*names));
	DIR *dp = opendir(hooks);
	struct dirent *d;
	size_t n = 0;

	if (!dp && errno != ENOENT)
		die("%s:", hooks);
	while (dp && (d = readdir(dp))) {
		if (d->d_name[0] == '.')
			continue;
		path = xasprintf("%s/%s", hooks, d->d_name);
		if (!site_name_ok(d->d_name) || access(path, X_OK))
			die("%s: not executable, or oddly named: it would not run",
			    path);
		free(path);
		names = xrealloc(names, n + 2, sizeof(*names));
		names[n++] = xstrdup(d->d_name);
	}
	names[n] = NULL;
	if (dp)
		closedir(dp);
	qsort(names, n, sizeof(*names), by_name);
	free(hooks);
	return names;
}

/* The caller of mmdebstrap tells the person; this leaves it word. */
static void hook_failed(const char *path, const char *name, int status,
			const char *tail)
{
	char *text =
		xasprintf("hook %s: %s %d\n%s", name,
			  status > 255 ? "killed by signal" : "exit status",
			  status > 255 ? status - 256 : status, tail);

	outfile_put(path, 0644, text, strlen(text));
	exit(EXIT_FAILED);
}

/* No variable of the caller's gets inside but those for the network. */
static void set_environment(void)
{
	static const char *const keep[] = {"SOURCE_DATE_EPOCH", "http_proxy",
					   "https_proxy", "no_proxy",
					   INSIDE_NAME};
	char *values[ARRAY_SIZE(keep)];

	for (size_t i = 0; i < ARRAY_SIZE(keep); i++)
		values[i] = getenv(keep[i]) ? xstrdup(getenv(keep[i])) : NULL;
	clearenv();
	for (size_t i = 0; i < ARRAY_SIZE(keep); i++)
		if (values[i])
			setenv(keep[i], values[i], 1);
	setenv("PATH",
	       "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
	       "/sbin:/bin",
	       1);
	setenv("HOME", "/root", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("TZ", "UTC", 1);
	setenv("DEBIAN_FRONTEND", "noninteractive", 1);
}

static void run_hook(const char *root, const char *dir, const char *name,
		     const char *word)
{
	char *from = xasprintf("%s/hooks/%s", dir, name), *tail;
	const char *const argv[] = {"chroot", root, HOOK_INSIDE, NULL};
	struct spawn s = {.argv = argv, .in = -1};
	int p[2], status, err;

	files_one(root, from, HOOK_INSIDE, 0755);
	info("slipway: hook %s", name);
	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	s.out = s.err = p[1];
	err = spawn_start(&s);
	close(p[1]);
	if (err) {
		errno = -err;
		die("chroot:");
	}
	tail = spawn_tail(p[0], STDERR_FILENO, TAIL_LINES);
	close(p[0]);
	status = spawn_wait(&s);
	if (status)
		hook_failed(word, name, status, tail);
	free(tail);
	free(from);
}

/* apt outside and inside has the archives' lists until mmdebstrap ends. */
static void list_packages(const char *root, const char *apt, const char *work)
{
	char *status = xasprintf("%s/var/lib/dpkg/status", root);
	char *path = xasprintf("%s/" INSIDE_PACKAGES, work);
	char *conf = xasprintf("APT_CONFIG=%s", apt);
	const char *const env[] = {conf, "LC_ALL=C", NULL};
	char *text = outfile_slurp(status, STATUS_MAX, NULL);
	struct pkglist l;
	struct spawn s = {.env = env, .in = -1};
	int err;

	pkglist_status(&l, text);
	free(text);
	s.argv = pkglist_args(&l);
	text = spawn_output(&s, &err);
	if (err)
		warn("apt-cache: exit status %d: not all packages have digests",
		     err);
	pkglist_show(&l, text);
	pkglist_write(&l, path);
	free(text);
	free(conf);
	free(path);
	free(status);
}

/* What a lock has put in place of the archives is of this build only. */
static void put_sources(const char *root, const char *text)
{
	char *dir = xasprintf("%s/etc/apt", root);
	char *path = xasprintf("%s/sources.list", dir);
	struct timespec t[2];
	struct stat st;

	if (*text != '-') {
		if (stat(dir, &st))
			die("%s:", dir);
		outfile_put(path, 0644, text, strlen(text));
		/* the folder's date is a package's, as without a lock */
		t[0] = t[1] = st.st_mtim;
		if (utimensat(AT_FDCWD, dir, t, 0))
			die("%s:", dir);
	}
	free(path);
	free(dir);
}

static void customize(const char *root)
{
	const char *dir = need(INSIDE_DIR);
	char *files = xasprintf("%s/files", dir), **hooks = inside_hooks(dir);
	char *word = xasprintf("%s/%s", need(INSIDE_WORK), INSIDE_FAILED);
	/* the environment is not ours much longer */
	char *report = xstrdup(need(INSIDE_REPORT));
	char *work = xstrdup(need(INSIDE_WORK));
	char *apt = xstrdup(need("MMDEBSTRAP_APT_CONFIG"));
	char *sources = xstrdup(need(INSIDE_SOURCES));

	debs_save(root, need(INSIDE_CACHE));
	set_environment();
	clean_before(root);
	if (*report == '/')
		reporter_add(root, report, work);
	if (!access(files, F_OK))
		files_tree(root, files);
	for (size_t i = 0; hooks[i]; i++)
		run_hook(root, dir, hooks[i], word);
	list_packages(root, apt, work);
	put_sources(root, sources);
	clean_after(root);
}

int inside_run(const char *root)
{
	const char *step = need("MMDEBSTRAP_HOOK");

	umask(022);
	if (!strcmp(step, "setup"))
		debs_load(root, need(INSIDE_CACHE));
	else if (!strcmp(step, "customize"))
		customize(root);
	else
		die("--inside: unknown step '%.40s'", step);
	return EXIT_DONE;
}
