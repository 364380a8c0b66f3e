/* SPDX-License-Identifier: MIT */
/* error.h - a failure on its way to the layer that prints it. */
#ifndef FETCH_ERROR_H
#define FETCH_ERROR_H

#include <stdbool.h>
#include "fetch/code.h"

#define FETCH_ERROR_TEXT 192

struct fetch_error {
	enum code code;
	unsigned int status;	/* HTTP status of CODE_FETCH, else 0 */
	bool lost;		/* of CODE_TLS: no answer, not a wrong one */
	char text[FETCH_ERROR_TEXT]; /* "<object>: <what> (expected X, got Y)" */
};

/*
 * fetch_fail - fill @e (printf format) and return -EPROTO. Text is cut at
 * FETCH_ERROR_TEXT; bytes outside 0x20..0x7e become '?'.
 */
int fetch_fail(struct fetch_error *e, enum code code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* fetch_error_name - "E-HASH", "E-FETCH-404" into @buf of 24 bytes. */
const char *fetch_error_name(const struct fetch_error *e, char buf[24]);

#endif
