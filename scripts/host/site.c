// SPDX-License-Identifier: MIT
/*
 * site.c - one operator's fleet, a folder.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/scratch.h"
#include "host/site.h"

bool site_name_ok(const char *name)
{
	return text_name_ok(text_span(name));
}

/* The folder that holds site.conf: @start or the nearest above it. */
static char *find(const char *start)
{
	char *dir = realpath(start, NULL), *conf, *slash;

	if (!dir)
		die("%s: cannot open the site:", start);
	for (;;) {
		conf = xasprintf("%s/site.conf", dir);
		if (!access(conf, F_OK)) {
			free(conf);
			return dir;
		}
		free(conf);
		slash = strrchr(dir, '/');
		if (!slash || slash == dir)
			break;
		*slash = '\0';
	}
	die("%s: no site.conf here or above; make a site with 'slipway new DIR' or name one with -C",
	    start);
}

void site_open(struct site *s, const char *dir)
{
	int err;
	char *path;

	memset(s, 0, sizeof(*s));
	if (dir) {
		path = xasprintf("%s/site.conf", dir);
		if (access(path, F_OK))
			die("%s: no site there (make one with 'slipway new'):",
			    path);
		free(path);
	}
	s->dir = find(dir ? dir : ".");
	path = site_path(s, "site.conf");
	err = ini_read(&s->conf, path);
	if (err) {
		errno = -err;
		die("%s: cannot read:", path);
	}
	free(path);
	s->name = ini_need(&s->conf, "site", "name");
	s->url = ini_need(&s->conf, "site", "url");
	s->default_role = ini_get(&s->conf, "site", "default-role");
	if (!site_name_ok(s->name))
		die("%s: [site] name '%s' is not [A-Za-z0-9._+-]{1,128}",
		    s->conf.path, s->name);
}

char *site_path(const struct site *s, const char *fmt, ...)
{
	char *rel, *path;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&rel, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("memory:");
	path = xasprintf("%s/%s", s->dir, rel);
	free(rel);
	return path;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **site_list(const struct site *s, const char *sub, const char *file)
{
	char **names = xcalloc(1, sizeof(*names)), *path, *dir;
	struct dirent *d;
	size_t n = 0;
	DIR *dp;

	dir = site_path(s, "%s", sub);
	dp = opendir(dir);
	while (dp && (d = readdir(dp))) {
		path = xasprintf("%s/%s/%s", dir, d->d_name, file);
		if (site_name_ok(d->d_name) && !access(path, F_OK)) {
			names = xrealloc(names, n + 2, sizeof(*names));
			names[n++] = xstrdup(d->d_name);
		}
		free(path);
	}
	if (dp)
		closedir(dp);
	names[n] = NULL;
	qsort(names, n, sizeof(*names), by_name);
	free(dir);
	return names;
}

char *site_programs(void)
{
	char *self = realpath("/proc/self/exe", NULL);

	if (!self)
		die("/proc/self/exe:");
	*strrchr(self, '/') = '\0';
	return self;
}

char *site_share(const char *what)
{
	static const char *const places[] = {
		"../../share/slipway", "../share/slipway", "../../overlay"};
	const char *env = getenv("SLIPWAY_SHARE");
	char *self, *path, *real;

	if (env && *env)
		return xasprintf("%s/%s", env, what);
	self = site_programs();
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		path = xasprintf("%s/%s/%s", self, places[i], what);
		real = realpath(path, NULL);
		free(path);
		if (real) {
			free(self);
			return real;
		}
	}
	free(self);
	return NULL;
}

/* @dir/@name when it is a role's folder; @dir is freed. */
static char *role_in(char *dir, const char *name)
{
	char *path = dir ? xasprintf("%s/%s", dir, name) : NULL;
	char *conf = dir ? xasprintf("%s/role.conf", path) : NULL;

	if (conf && access(conf, F_OK)) {
		free(path);
		path = NULL;
	}
	free(conf);
	free(dir);
	return path;
}

char *site_role_dir(const struct site *s, const char *name)
{
	const char *more = ini_get(&s->conf, "site", "roles-path");
	char **dirs, *found;

	if (!site_name_ok(name))
		return NULL;
	dirs = words(more ? more : "");
	found = role_in(site_path(s, "roles"), name);
	for (size_t i = 0; dirs[i]; i++) {
		if (!found)
			found = role_in(*dirs[i] == '/'
						? xstrdup(dirs[i])
						: site_path(s, "%s", dirs[i]),
					name);
		free(dirs[i]);
	}
	free(dirs);
	return found ? found : role_in(site_share("roles"), name);
}

void site_mkdirs(const char *path)
{
	char *copy = xstrdup(path), *p;

	for (p = copy + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0755) && errno != EEXIST)
			die("%s: cannot create:", copy);
		*p = '/';
	}
	if (mkdir(copy, 0755) && errno != EEXIST)
		die("%s: cannot create:", copy);
	free(copy);
}

char *site_cache(void)
{
	const char *cache = getenv("CACHE"), *home = getenv("HOME");
	const char *xdg = getenv("XDG_CACHE_HOME");

	if (cache && *cache)
		return xstrdup(cache);
	if (xdg && *xdg)
		return xasprintf("%s/slipway", xdg);
	return xasprintf("%s/.cache/slipway", home ? home : "/root");
}

/* What a killed build had started holds its lock a moment longer. */
static int lock_soon(int fd)
{
	static const struct timespec pause = {0, 50000000};
	int i, err;

	for (i = 0; i < 60; i++) {
		err = flock(fd, LOCK_EX | LOCK_NB);
		if (!err || errno != EWOULDBLOCK)
			return err;
		nanosleep(&pause, NULL);
	}
	return err;
}

void site_lock(const struct site *s)
{
	char *dir = site_path(s, "build"), *path = site_path(s, "build/lock");
	int fd;

	site_mkdirs(dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		die("%s: cannot open:", path);
	/* held until the process ends */
	if (lock_soon(fd)) {
		if (errno != EWOULDBLOCK)
			die("%s: cannot lock:", path);
		die("%s: another slipway works on this site; wait for it",
		    s->dir);
	}
	scratch_sweep(s);
	free(path);
	free(dir);
}

char **words(const char *text)
{
	char **list = xcalloc(1, sizeof(*list));
	size_t n = 0, len;

	for (;;) {
		text += strspn(text, " \t,");
		len = strcspn(text, " \t,");
		if (!len)
			break;
		list = xrealloc(list, n + 2, sizeof(*list));
		list[n++] = xasprintf("%.*s", (int)len, text);
		text += len;
	}
	list[n] = NULL;
	return list;
}
