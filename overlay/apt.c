/* SPDX-License-Identifier: MIT */
/* apt.c - runs apt-get inside the union; what it loads is kept outside. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "apt.h"
#include "phase.h"
#include "times.h"
#include "run.h"

/* Two builds may share the folder of .debs, but not apt's lock in it. */
static int lock_debs(const struct build *b)
{
	char *path = xasprintf("%s/debs", b->cache);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		die("%s:", path);
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		info("overlay %s: waiting for another build's apt-get",
		     b->role->name);
		if (flock(fd, LOCK_EX))
			die("%s:", path);
	}
	free(path);
	return fd;
}

/* "E: Unable to locate package X": the one failure that has a short name. */
static void say_unknown(const struct build *b, const char *tail)
{
	static const char *const text[] = {
		"E: Unable to locate package ",
		"E: Package '",
	};

	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		const char *p = strstr(tail, text[i]);

		if (!p)
			continue;
		p += strlen(text[i]);
		die("%s: packages: the base's sources have no package '%.*s'",
		    b->role->conf.path, (int)strcspn(p, "'\n"), p);
	}
}

/* The same words mean something else when a lock is all that there is. */
static void say_locked(const struct build *b, const char *tail)
{
	if (b->lock && (strstr(tail, "E: Unable to locate package ") ||
			strstr(tail, "E: Package '") ||
			strstr(tail, "unmet dependencies")))
		warn("role %s: its lock lacks what its packages need: 'slipway lock %s' makes it anew",
		     b->role->name, b->role->name);
}

static void apt_get(const struct build *b, const char *const *argv,
		    const char *what)
{
	struct run r = {.root = b->root,
			.argv = argv,
			.env = phase_env(b, "packages", false),
			.log = b->log};
	uint64_t since = times_now();
	int status = run_wait(&r);

	times_add(b->times, what, since);

	if (status) {
		if (b->offline)
			warn("role %s: --offline: not all packages are in %s, or its lists are too old",
			     b->role->name, b->cache);
		say_locked(b, r.tail);
		say_unknown(b, r.tail);
		phase_failed(b, "packages", false, what, status, r.tail);
	}
	free(r.tail);
}

void apt_install(const struct build *b)
{
	static const char *const update[] = {"apt-get", "-q", "update", NULL};
	static const char *const install[] = {
		"apt-get", "-q",
		"-y",	   "--no-install-recommends",
		"-o",	   "Dpkg::Options::=--force-confold",
		NULL,	   "install",
		"--",
	};
	const char **argv;
	size_t n = 0;
	int lock;

	while (b->role->packages[n])
		n++;
	if (!n)
		return;
	lock = lock_debs(b);
	if (!b->offline || b->lock) {
		info("overlay %s: apt-get update", b->role->name);
		apt_get(b, update, "apt-get update");
	}
	argv = xcalloc(ARRAY_SIZE(install) + n + 1, sizeof(*argv));
	memcpy(argv, install, sizeof(install));
	argv[ARRAY_SIZE(install) - 3] =
		b->offline && !b->lock ? "--no-download" : "--download";
	for (size_t i = 0; i < n; i++)
		argv[ARRAY_SIZE(install) + i] = b->role->packages[i];
	info("overlay %s: apt-get install (%zu packages)", b->role->name, n);
	apt_get(b, argv, "apt-get install");
	free(argv);
	close(lock);
}
