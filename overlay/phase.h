/* SPDX-License-Identifier: MIT */
/* phase.h - the hooks of a role, phase by phase. */
#ifndef OVERLAY_PHASE_H
#define OVERLAY_PHASE_H

#include "build.h"

struct phase {
	const char *name;
	bool host; /* runs beside the union, not inside */
};

/* In the order in which they run; ends with a NULL name. */
extern const struct phase phase_list[];

/*
 * phase_hooks - names of the hooks in hooks/@phase.d, sorted; malloc-ed, NULL
 * terminated. Dies on a file that would silently not run.
 */
char **phase_hooks(const struct role *r, const char *phase);

/* phase_check - look at all phases' hooks and the environment, or die. */
void phase_check(const struct role *r);

/* phase_env - environment of a program in @phase; malloc-ed. */
char **phase_env(const struct build *b, const char *phase, bool host);

/* phase_role_env - what environment.d says, "KEY=VALUE"; malloc-ed. */
char **phase_role_env(const struct role *r);

/* phase_break_ok - is it before-PHASE, after-PHASE or after-error? */
bool phase_break_ok(const char *s);

/* phase_run - run all hooks of phase_list[@name], or die with the first that
 * fails. */
void phase_run(const struct build *b, const char *name);

/* phase_failed - die for a program that failed in the union: what it was, why,
 * its last lines, and a shell there when one was asked for. */
void phase_failed(const struct build *b, const char *phase, bool host,
		  const char *what, int status, const char *tail)
	__attribute__((noreturn));

#endif
