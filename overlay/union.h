/* SPDX-License-Identifier: MIT */
/* union.h - one test of a role, inside the union that a machine would have. */
#ifndef OVERLAY_UNION_H
#define OVERLAY_UNION_H

#include "build.h"

#define UNION_SKIP 77 /* exit status of a test that could not run */

/*
 * union_test - run tests/@name of the role in namespaces of its own, network
 * included, over the base and the overlays of @b->deps; what it changes is
 * thrown away. What it prints goes to @log. Returns its status as run_wait()
 * does, with the last lines in *@tail (malloc-ed); -1 when it could not be run
 * or took more than @seconds, which has been said.
 */
int union_test(struct build *b, const char *name, int log, unsigned int seconds,
	       char **tail);

#endif
