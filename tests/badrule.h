/* SPDX-License-Identifier: MIT */
/* badrule.h - how badhttpd is told to misbehave; badhttpd.c has the words. */
#ifndef BADRULE_H
#define BADRULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BADRULE_HEADERS_MAX 8
#define NEVER		    UINT64_MAX

/* What all matching rules together ask for one request. */
struct act {
	unsigned int status, interim, n_headers;
	const char *retry_after, *redirect, *body, *swap, *length;
	const char *headers[BADRULE_HEADERS_MAX];
	uint64_t truncate, reset, stall, flip, extra, slow, pause;
	uint64_t headcut, headreset, headstall, headslow;
	bool close, norange, wrongrange, chunked, bytewise, garbage, mute, drop;
	bool cork;
	char text[2048]; /* the strings above point in here */
	size_t text_n;
};

/* badrule_usage - one line on standard error, exit 2. */
void badrule_usage(const char *what) __attribute__((noreturn));

/* badrule_number - a decimal number, or badrule_usage(). */
uint64_t badrule_number(const char *s);

/* badrule_add - "GLOB[#K[-L]] ACTIONS", kept by reference; checked at once. */
void badrule_add(char *text);

/* badrule_none - an answer as any good server gives it. */
void badrule_none(struct act *a);

/* badrule_act - count a request of @path; what its rules ask for. @a must
 * stay where it is. */
void badrule_act(struct act *a, const char *path);

#endif
