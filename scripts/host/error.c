// SPDX-License-Identifier: MIT
/*
 * error.c - how a host tool speaks.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/error.h"
#include "host/progress.h"

static const char *program = "slipway";

void error_program(const char *name)
{
	program = name;
}

static void say(const char *fmt, va_list ap)
{
	size_t len = strlen(fmt);
	int err = errno;

	progress_end();
	fprintf(stderr, "%s: ", program);
	vfprintf(stderr, fmt, ap);
	if (len && fmt[len - 1] == ':')
		fprintf(stderr, " %s", strerror(err));
	fputc('\n', stderr);
}

void warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(EXIT_FAILED);
}

void info(const char *fmt, ...)
{
	va_list ap;

	progress_end();
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}
