/* SPDX-License-Identifier: MIT */
/*
 * error.h - how a host tool speaks: one line on standard error,
 * "prog: object: what: strerror", lower case, no full stop.
 *
 * A format that ends in ':' gets " strerror(errno)" appended.
 */
#ifndef HOST_ERROR_H
#define HOST_ERROR_H

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* error_program - the name that starts every line; call first in main(). */
void error_program(const char *name);

void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* die - warn(), run the cleanups of outfile.h, exit with EXIT_FAILED. */
void die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* info - a line of talk on standard error, without the program's name. */
void info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
