/* SPDX-License-Identifier: MIT */
/* badconn.h - one connection of badhttpd, and how it is answered on it. */
#ifndef BADCONN_H
#define BADCONN_H

#include "badrule.h"

#define PATH_LEN 1024
#define HEAD_LEN 8192

struct request {
	char method[16], path[PATH_LEN];
	bool ranged, keep;
	uint64_t first, last; /* last NEVER: to the end */
};

struct conn {
	int fd;
	unsigned long number;
	char head[HEAD_LEN];
	size_t have;
	struct act act;
	struct request req;
};

/*
 * badsend_head - of a response whose body has @size bytes, with the lines
 * @more; badsend_body - @size bytes of @fd (or of @text) from @at. False: the
 * connection is to be hung up. badsend_garbage - what is no HTTP.
 */
bool badsend_head(const struct conn *c, unsigned int status, uint64_t size,
		  const char *more);
bool badsend_body(const struct conn *c, int fd, const char *text, uint64_t at,
		  uint64_t size);
void badsend_garbage(const struct conn *c);

/* badsend_silence - nothing more is said; ends when the client does. */
void badsend_silence(const struct conn *c);

#endif
