// SPDX-License-Identifier: MIT
/*
 * targets.c - a publish tree to other places, in the one order that keeps what
 * is there whole.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "targets.h"

/* A colon before any slash is a host's, as for rsync and scp. */
static bool has_host(const char *to)
{
	const char *colon = strchr(to, ':');

	return colon && colon != to && !memchr(to, '/', colon - to);
}

static const struct target_way *way_of(const char *to)
{
	if (!strncmp(to, "s3://", 5))
		return to[5] && to[5] != '/' ? &target_s3 : NULL;
	if (!strncmp(to, "rsync://", 8))
		return strchr(to + 8, '/') ? &target_rsync : NULL;
	if (strstr(to, "://") || !*to || *to == '-')
		return NULL;
	return has_host(to) ? &target_rsync : &target_dir;
}

char **targets_list(const struct site *site, const char *to)
{
	const char *text = to ? to : ini_get(&site->conf, "publish", "to");
	char *copy = xstrdup(text ? text : ""), **list, **t, *p;

	for (p = copy; *p; p++)
		if (*p == '\n')
			*p = ' ';
	list = words(copy);
	for (t = list; *t; t++)
		if (!way_of(*t))
			die("target '%s': expected DIR, HOST:PATH, rsync://HOST/MODULE/PATH or s3://BUCKET/PREFIX",
			    *t);
	free(copy);
	return list;
}

static bool here(const struct target *t, const char *name)
{
	char *path = xasprintf("%s/%s", t->tree, name);
	bool is = !access(path, F_OK);

	free(path);
	return is;
}

/* @pattern: of files at the top of the tree. */
static bool send_files(const struct target *t, const struct target_way *way,
		       const char *pattern)
{
	struct dirent **list;
	int i, n = scandir(t->tree, &list, NULL, alphasort);
	bool good = n >= 0;

	for (i = 0; i < n; i++) {
		if (good && !fnmatch(pattern, list[i]->d_name, FNM_PERIOD))
			good = way->file(t, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	else
		warn("%s:", t->tree);
	return good;
}

/* Channels are folders of one manifest each. */
static bool send_channels(const struct target *t, const struct target_way *way)
{
	char *dir = xasprintf("%s/channels", t->tree), *name;
	bool good = true;
	struct dirent *d;
	DIR *dp = opendir(dir);

	while (good && dp && (d = readdir(dp))) {
		if (!site_name_ok(d->d_name))
			continue;
		name = xasprintf("channels/%s/manifest.cms", d->d_name);
		good = !here(t, name) || way->file(t, name);
		free(name);
	}
	if (dp)
		closedir(dp);
	free(dir);
	return good;
}

static bool send_one(const struct target *t)
{
	static const char *const folders[] = {"layers", "boot", "signatures",
					      "channels"};
	const struct target_way *way = way_of(t->to);
	const size_t n = ARRAY_SIZE(folders);
	size_t i;

	for (i = 0; i < n - 1; i++)
		if (here(t, folders[i]) && !way->folder(t, folders[i]))
			return false;
	if (!send_channels(t, way) || !send_files(t, way, "manifest.cms") ||
	    !send_files(t, way, "*.ipxe"))
		return false;
	for (i = 0; i < n; i++)
		if (here(t, folders[i]) && !way->prune(t, folders[i]))
			return false;
	return true;
}

/* In a process of its own: the death of one leaves the others their turn. */
static bool send_apart(const struct target *t)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		die("fork:");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		exit(send_one(t) ? EXIT_DONE : EXIT_FAILED);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_DONE;
}

unsigned int targets_send(const struct site *site, const char *tree,
			  char *const *list)
{
	struct target t = {.tree = tree, .conf = &site->conf};
	unsigned int failed = 0;

	for (; *list; list++) {
		t.to = *list;
		if (send_apart(&t)) {
			info("sent to %s", t.to);
			continue;
		}
		warn("%s: not sent to the end, what was there is whole; 'slipway publish --send' goes on",
		     t.to);
		failed++;
	}
	return failed;
}

bool targets_run(const struct target *t, const char *const *argv,
		 const char *const *env)
{
	struct spawn s = {.argv = argv, .env = env, .in = -1, .out = -1};
	int pipefd[2], status;
	char *tail;

	if (pipe2(pipefd, O_CLOEXEC))
		die("pipe:");
	s.err = pipefd[1];
	errno = -spawn_start(&s);
	close(pipefd[1]);
	if (errno) {
		close(pipefd[0]);
		warn("%s: cannot start '%s' (Debian package %s):", t->to,
		     argv[0], argv[0]);
		return false;
	}
	tail = spawn_tail(pipefd[0], -1, 1);
	close(pipefd[0]);
	status = spawn_wait(&s);
	if (status)
		warn("%s: %s ended with status %d: %s", t->to, argv[0], status,
		     tail && *tail ? tail : "it said nothing");
	free(tail);
	return !status;
}
