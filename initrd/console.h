/* SPDX-License-Identifier: MIT */
/* console.h - what /init says: design of the lines in slipway(7). */
#ifndef CONSOLE_H
#define CONSOLE_H

#include "fetch/fetch.h"
#include "format/env.h"

#define CONSOLE_LINE 200

/* console_open - take /dev/console and /dev/kmsg where they exist. */
void console_open(void);

/* console_say - one line: "slipway: 1.203 text". */
void console_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * console_progress - as console_say, dropped within a second of the last.
 * Was it said?
 */
bool console_progress(const struct fetch_progress *p);

/* console_fail - "slipway: E-CODE: text; next: ..." of at most 200 bytes. */
void console_fail(const struct fetch_error *e, const char *next);

/* console_mb - "70.5 MB" of @bytes, decimal, into @buf. */
const char *console_mb(uint64_t bytes, char buf[24]);

/* console_clean - control and non-ASCII bytes become '?', in place. */
void console_clean(char *s);

#endif
