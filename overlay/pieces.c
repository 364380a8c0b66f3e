/* SPDX-License-Identifier: MIT */
/*
 * pieces.c - what a role adds to an initrd. helpers/slipway-initrd looks for
 * it, as only what runs inside the union finds the libraries of a program as
 * its loader would.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/spawn.h"
#include "phase.h"
#include "pieces.h"
#include "run.h"

#define PHASE "initrd"

static char *fresh(const struct build *b)
{
	return xasprintf("%s/initrd.new", b->out);
}

void pieces_prepare(const struct build *b)
{
	char *dir = fresh(b);

	outfile_remove(dir);
	outfile_cleanup(dir);
	free(dir);
}

static void look(const struct build *b)
{
	const char *const argv[] = {BUILD_INSIDE "/bin/slipway-initrd",
				    BUILD_INSIDE "/role/" PHASE, NULL};
	struct run r = {.root = b->root,
			.argv = argv,
			.env = phase_env(b, PHASE, false),
			.log = b->log};
	int status;

	if (!b->helpers)
		die("role %s: " PHASE "/: helpers/ of slipway are not here",
		    b->role->name);
	info("overlay %s: " PHASE "/", b->role->name);
	status = run_wait(&r);
	if (status)
		phase_failed(b, PHASE, false, PHASE "/", status, r.tail);
	free(r.tail);
}

void pieces_gather(const struct build *b)
{
	char *dir = xasprintf("%s/" PHASE, b->role->dir);
	char *from = xasprintf("%s/data/" PHASE, b->work), *to = fresh(b);
	const char *const argv[] = {"cp", "-R", "--", from, to, NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};

	if (!access(dir, F_OK))
		look(b);
	/* a hook may have called the helper by itself */
	if (!access(from, F_OK) && spawn_run(&s))
		die("role %s: %s: cannot be written", b->role->name, to);
	free(dir);
	free(from);
	free(to);
}

void pieces_commit(const struct build *b)
{
	char *dir = xasprintf("%s/" PHASE, b->out), *new = fresh(b);

	outfile_remove(dir);
	if (rename(new, dir) && errno != ENOENT)
		die("%s:", dir);
	outfile_keep(new);
	free(dir);
	free(new);
}
