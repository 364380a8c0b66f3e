/* SPDX-License-Identifier: MIT */
/* shell.h - a program inside the union of what is built. */
#ifndef OVERLAY_SHELL_H
#define OVERLAY_SHELL_H

#include "build.h"

struct shell {
	char *const *argv;  /* of the program; empty: a shell */
	bool save;	    /* pack what it changed */
	struct outfile out; /* to this */

	/* filled in */
	int status;	     /* as run_wait() has it */
	unsigned int grants; /* that what it changed needs */
	struct info info;
};

/*
 * shell_run - in the union of @b->deps, all of them, with a fresh upper above
 * on @b->work; then the upper is gone, but for what @s->save packed. Returns 0
 * with @s filled in, or -1 when it has been said why not.
 */
int shell_run(struct build *b, struct shell *s);

#endif
