/* SPDX-License-Identifier: MIT */
/*
 * opts.h - one option table per tool: it parses, prints --help, and later
 * feeds the shell completions. Long options only, plus one letter each where
 * a habit exists; "--opt VALUE" and "--opt=VALUE"; "--" ends them.
 */
#ifndef HOST_OPTS_H
#define HOST_OPTS_H

#include <stdbool.h>

struct opt {
	const char *name;	/* without the dashes */
	char letter;		/* or 0 */
	const char *arg;	/* name of its value in the help, or NULL */
	const char *help;
	bool *flag;		/* set when given (no arg); with arg: may be
				   repeated, values joined by newlines */
	const char **value;	/* set to the value (arg) */
};

struct opts {
	const char *prog;	/* "slipway base" */
	const char *usage;	/* what follows it: "[NAME] [--from SRC]" */
	const char *about;	/* one line */
	const struct opt *opts;	/* ends with a NULL name */
};

/*
 * opts_parse - handles --help (exit 0) and refusals (exit 2, one line).
 *
 * Returns the index in @argv of the first operand; operands are moved to the
 * end, in order. Sets error_program(prog).
 */
int opts_parse(const struct opts *o, int argc, char **argv);

/* opts_usage - one line on standard error, exit 2. */
void opts_usage(const struct opts *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3), noreturn));

#endif
