/* SPDX-License-Identifier: MIT */
/* sources.c - fetched once, by git and curl; proven by what names them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "sources.h"

#define FILE_MAX (1u << 20)
#define URL_MAX	 2000

static bool is_hex(const char *s, size_t len)
{
	return strlen(s) == len && strspn(s, "0123456789abcdef") == len;
}

static bool source_ok(const struct source *s)
{
	bool git = !strcmp(s->kind, "git");

	if (!git && strcmp(s->kind, "tar") && strcmp(s->kind, "file"))
		return false;
	/* an argument of git and curl: no option, no transport of git's own */
	if (!site_name_ok(s->name) || strlen(s->url) > URL_MAX ||
	    !strstr(s->url, "://") || *s->url == '-' || strstr(s->url, "::"))
		return false;
	return is_hex(s->id, 64) || (git && is_hex(s->id, 40));
}

static bool source_line(struct span line, struct source *s)
{
	struct span f[4];

	for (size_t i = 0; i < 4; i++)
		if (!text_field(&line, &f[i]))
			return false;
	s->name = xasprintf("%.*s", (int)f[0].n, f[0].p);
	s->kind = xasprintf("%.*s", (int)f[1].n, f[1].p);
	s->url = xasprintf("%.*s", (int)f[2].n, f[2].p);
	s->id = xasprintf("%.*s", (int)f[3].n, f[3].p);
	return !line.n && source_ok(s);
}

struct source *sources_read(const struct role *r)
{
	struct source *list = xcalloc(1, sizeof(*list));
	char *path = xasprintf("%s/sources", r->dir);
	size_t size = 0, n = 0;
	char *text = outfile_slurp(path, FILE_MAX, &size);
	struct span rest = {text, size}, line;
	unsigned int number = 0;
	bool whole;

	if (!text && errno != ENOENT)
		die("%s:", path);
	while (text && text_line(&rest, &line, &whole)) {
		number++;
		if (!line.n || line.p[0] == '#')
			continue;
		list = xrealloc(list, n + 2, sizeof(*list));
		memset(&list[n], 0, 2 * sizeof(*list));
		if (!source_line(line, &list[n]))
			die("%s:%u: not 'NAME git URL COMMIT' or 'NAME tar|file URL SHA256'",
			    path, number);
		for (size_t i = 0; i < n; i++)
			if (!strcmp(list[i].name, list[n].name))
				die("%s:%u: '%s' is there twice", path, number,
				    list[n].name);
		n++;
	}
	free(text);
	free(path);
	return list;
}

/* A program of the host's; its talk goes to ours. */
static int run(const char *const *argv)
{
	static const char *const env[] = {"GIT_TERMINAL_PROMPT=0", NULL};
	struct spawn s = {
		.argv = argv, .env = env, .in = -1, .out = 2, .err = -1};

	return spawn_run(&s);
}

static void fetch_file(const struct source *s, const char *what)
{
	char *tmp = xasprintf("%s.%06d", s->at, getpid() % 1000000);
	const char *const argv[] = {"curl", "-fsSL", "--retry", "3", "-o",
				    tmp,    "--",    s->url,	NULL};
	char hex[DIGEST_HEX + 1];
	uint64_t size;
	int status;

	spawn_need("curl", "curl");
	outfile_cleanup(tmp);
	status = run(argv);
	if (status)
		die("%s: %s: curl ended with status %d", what, s->url, status);
	hash_file_hex(tmp, hex, &size);
	if (strcmp(hex, s->id))
		die("%s: %s: expected SHA-256 %s, found %s: not what it was, or not what was meant",
		    what, s->url, s->id, hex);
	if (rename(tmp, s->at))
		die("%s:", s->at);
	outfile_keep(tmp);
	free(tmp);
}

static bool has_commit(const struct source *s)
{
	char *commit = xasprintf("%s^{commit}", s->id);
	const char *const argv[] = {"git", "-C",   s->at, "cat-file",
				    "-e",  commit, NULL};
	struct spawn p = {.argv = argv, .in = -1, .out = -1, .err = -1};
	bool there;

	p.err = open("/dev/null", O_WRONLY | O_CLOEXEC);
	there = !access(s->at, F_OK) && !spawn_run(&p);
	close(p.err);
	free(commit);
	return there;
}

/* Some servers do not give a commit by its name: then all branches. */
static void fetch_git(const struct source *s, const char *what)
{
	const char *const init[] = {"git", "init", "-q", "--bare", s->at, NULL};
	const char *const one[] = {"git",  "-C",      s->at, "fetch",
				   "-q",   "--depth", "1",   "--",
				   s->url, s->id,     NULL};
	const char *const all[] = {
		"git",	 "-C",	 s->at,
		"fetch", "-q",	 "--tags",
		"--",	 s->url, "+refs/heads/*:refs/heads/*",
		NULL};

	if (run(init))
		die("%s: %s: git init failed", what, s->at);
	if (run(one) && run(all))
		die("%s: %s: git fetch failed", what, s->url);
	if (!has_commit(s))
		die("%s: %s: has no commit %s", what, s->url, s->id);
}

static bool cached(const struct source *s)
{
	char hex[DIGEST_HEX + 1];
	uint64_t size;

	if (!strcmp(s->kind, "git"))
		return has_commit(s);
	if (access(s->at, F_OK))
		return false;
	hash_file_hex(s->at, hex, &size);
	return !strcmp(hex, s->id);
}

void sources_fetch(const struct role *r, struct source *list, const char *cache,
		   bool offline)
{
	char *dir = xasprintf("%s/sources", cache);

	site_mkdirs(dir);
	for (struct source *s = list; s->name; s++) {
		bool git = !strcmp(s->kind, "git");
		char *what = xasprintf("role %s: source %s", r->name, s->name);

		if (git)
			spawn_need("git", "git");
		s->at = xasprintf("%s/%s%s", dir, s->id, git ? ".git" : "");
		if (!cached(s)) {
			if (offline)
				die("%s: not cached, and --offline: build once without it",
				    what);
			info("overlay %s: fetching %s", r->name, s->url);
			(git ? fetch_git : fetch_file)(s, what);
		}
		free(what);
	}
	free(dir);
}

static void place_git(const struct source *s, const char *to)
{
	char *tar = xasprintf("%s.tar", to);
	const char *const archive[] = {"git",	       "--git-dir", s->at,
				       "archive",      "-o",	    tar,
				       "--format=tar", s->id,	    NULL};
	const char *const untar[] = {"tar", "-C", to,  "--no-same-owner",
				     "-xf", tar,  NULL};

	if (run(archive) || run(untar) || unlink(tar))
		die("%s: cannot unpack commit %s", s->at, s->id);
	free(tar);
}

static void place_one(const struct source *s, const char *to)
{
	const char *const untar[] = {"tar", "-C",  to,	"--no-same-owner",
				     "-xf", s->at, NULL};
	const char *const copy[] = {"cp", "--", s->at, to, NULL};

	if (!strcmp(s->kind, "file")) {
		if (run(copy))
			die("%s: cannot be copied", s->at);
		return;
	}
	site_mkdirs(to);
	if (!strcmp(s->kind, "git"))
		place_git(s, to);
	else if (run(untar))
		die("%s: %s: tar cannot unpack it", s->name, s->at);
}

void sources_place(const struct source *list, const char *dir)
{
	for (const struct source *s = list; s->name; s++) {
		char *to = xasprintf("%s/%s", dir, s->name);

		place_one(s, to);
		free(to);
	}
}
