// SPDX-License-Identifier: MIT
/*
 * twice.c - built again under other conditions, and compared.
 */
#include <dirent.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/scratch.h"
#include "host/spawn.h"
#include "host/twice.h"

static void link_to(const char *from, const char *to)
{
	if (symlink(from, to))
		die("%s:", to);
}

char *twice_site(const struct site *s)
{
	char *other = scratch_make(s, "verify"), *from, *to;
	struct dirent *d;
	DIR *dp;

	dp = opendir(s->dir);
	if (!dp)
		die("%s:", s->dir);
	while ((d = readdir(dp))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		    !strcmp(d->d_name, "build"))
			continue;
		from = xasprintf("%s/%s", s->dir, d->d_name);
		to = xasprintf("%s/%s", other, d->d_name);
		link_to(from, to);
		free(from);
		free(to);
	}
	closedir(dp);
	return other;
}

void twice_link(const struct site *s, const char *other, const char *path)
{
	char *from = site_path(s, "build/%s", path);
	char *to = xasprintf("%s/build/%s", other, path);
	char *dir = xstrdup(to);

	*strrchr(dir, '/') = '\0';
	site_mkdirs(dir);
	link_to(from, to);
	free(dir);
	free(from);
	free(to);
}

void twice_run(const char **argv)
{
	static const char *const env[] = {"TZ=Asia/Kathmandu",
					  "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR",
					  "HOSTNAME=elsewhere", NULL};
	struct spawn s = {.argv = argv,
			  .env = env,
			  .in = -1,
			  .out = STDERR_FILENO,
			  .err = STDERR_FILENO};
	mode_t mask = umask(077);
	cpu_set_t all, one;
	int status, cpu = 0;

	argv[0] = realpath("/proc/self/exe", NULL);
	if (!argv[0] || sched_getaffinity(0, sizeof(all), &all))
		die("/proc/self/exe:");
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	status = spawn_run(&s);
	sched_setaffinity(0, sizeof(all), &all);
	umask(mask);
	if (status)
		die("--verify: the second build failed, status %d", status);
}

struct twice_entry *twice_add(struct twice_list *l, const char *path)
{
	struct twice_entry *e;

	if (!(l->n & (l->n - 1)))
		l->list = xrealloc(l->list, l->n ? 2 * l->n : 1,
				   sizeof(*l->list));
	e = &l->list[l->n++];
	memset(e, 0, sizeof(*e));
	e->path = xstrdup(path);
	return e;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct twice_entry *)a)->path,
		      ((const struct twice_entry *)b)->path);
}

static char *what(const struct twice_entry *a, const struct twice_entry *b)
{
	const struct {
		bool differs;
		const char *word;
	} w[] = {
		{(a->mode ^ b->mode) & S_IFMT, "type"},
		{memcmp(a->content, b->content, DIGEST_SIZE), "content"},
		{(a->mode ^ b->mode) & 07777, "mode"},
		{a->uid != b->uid || a->gid != b->gid, "owner"},
		{memcmp(a->xattrs, b->xattrs, DIGEST_SIZE), "xattrs"},
		{a->mtime != b->mtime, "time"},
		{a->links != b->links, "links"},
	};
	char *all = NULL, *more;

	for (size_t i = 0; i < ARRAY_SIZE(w); i++) {
		if (!w[i].differs)
			continue;
		more = xasprintf("%s%s%s", all ? all : "", all ? ", " : "",
				 w[i].word);
		free(all);
		all = more;
	}
	return all;
}

char *twice_diff(struct twice_list *a, struct twice_list *b)
{
	qsort(a->list, a->n, sizeof(*a->list), by_path);
	qsort(b->list, b->n, sizeof(*b->list), by_path);
	for (size_t i = 0; i < a->n || i < b->n; i++) {
		int d = i == a->n   ? 1
			: i == b->n ? -1
				    : by_path(&a->list[i], &b->list[i]);
		char *w = d ? NULL : what(&a->list[i], &b->list[i]);

		if (d)
			return xasprintf("%s: only in the %s build",
					 (d < 0 ? a : b)->list[i].path,
					 d < 0 ? "first" : "second");
		if (w)
			return xasprintf("%s: %s", a->list[i].path, w);
	}
	return NULL;
}
