/* SPDX-License-Identifier: MIT */
/* union.c - runs a test in a fresh union, as root of it. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "child.h"
#include "mounts.h"
#include "phase.h"
#include "run.h"
#include "union.h"

struct test {
	struct build *b;
	const char *name;
	int log, status;
	unsigned int seconds;
};

static void too_long(int sig)
{
	static const char text[] = "slipway test: it took too long: killed\n";

	(void)sig;
	if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
		_exit(2);
	_exit(1);
}

static char **environment(const struct build *b)
{
	char **env = phase_env(b, "test", false), **more;
	size_t n = 0;

	while (env[n])
		n++;
	more = xcalloc(n + 3, sizeof(*more));
	memcpy(more, env, n * sizeof(*more));
	more[n++] = xstrdup("SLIPWAY_TEST=union");
	more[n++] = xstrdup("SLIPWAY_TESTS=" BUILD_INSIDE "/role/tests");
	return more;
}

static void inside(void *user)
{
	struct test *t = user;
	char *path = xasprintf(BUILD_INSIDE "/role/tests/%s", t->name);
	const char *const argv[] = {path, NULL};
	char *lowers[BUILD_LOWERS_MAX];
	struct run r = {.root = "root",
			.argv = argv,
			.env = environment(t->b),
			.log = t->log};
	size_t n;

	/* as the first process of a namespace we die of no signal's default */
	signal(SIGALRM, too_long);
	alarm(t->seconds);
	mounts_work(t->b);
	n = mounts_lowers(t->b, lowers);
	mounts_union(t->b, lowers, n);
	mounts_inside(t->b);
	t->status = run_wait(&r);
}

int union_test(struct build *b, const char *name, int log, unsigned int seconds,
	       char **tail)
{
	char *what = xasprintf("role %s: tests/%s", b->role->name, name);
	struct test t = {b, name, log, -1, seconds};
	struct child c = {.what = what,
			  .work = b->work,
			  .net = true,
			  .inside = inside,
			  .user = &t,
			  .result = &t,
			  .size = sizeof(t)};
	int ret = child_run(&c);

	if (lseek(log, 0, SEEK_SET) < 0)
		die("log:");
	*tail = spawn_tail(log, -1, RUN_TAIL);
	free(what);
	return ret ? -1 : t.status;
}
