/* SPDX-License-Identifier: MIT */
/*
 * console.h - the guest's serial console: to standard output and a log, from
 * the terminal, and watched for texts.
 */
#ifndef SERVE_CONSOLE_H
#define SERVE_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

struct console {
	int from, to;		/* the guest's output and input; to -1: none */
	int log;		/* -1: none */
	char **expect;		/* all, in this order; NULL: none */
	int done;		/* readable when somebody else is content;
				   -1: nobody is waited for */
	uint64_t deadline;	/* clock_ms(), 0: none */
};

enum console_end {
	CONSOLE_SEEN,	 /* every text, and done */
	CONSOLE_CLOSED,	 /* the guest has ended */
	CONSOLE_FAILED,	 /* /init said E-..., and that was not expected */
	CONSOLE_TIMEOUT,
	CONSOLE_LEFT,	 /* Ctrl-A X */
	CONSOLE_SIGNAL,	 /* INT, TERM or HUP */
};

/*
 * console_run - until one of these. *@missing is the text not seen yet, or
 * NULL. Puts the terminal back as it was.
 */
enum console_end console_run(const struct console *c, const char **missing);

#endif
