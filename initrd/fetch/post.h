/* SPDX-License-Identifier: MIT */
/*
 * post.h - give one small object to a server (RFC 9110, POST), once: no
 * retry, no redirect, nothing read but whether it was taken.
 */
#ifndef FETCH_POST_H
#define FETCH_POST_H

#include "fetch/conn.h"

/*
 * post_json - @size bytes at @body to @url over @c, all of it before
 * @deadline (clock_ms). @c is storage of the caller's, conn_init() done; it
 * is closed in any case.
 *
 * Returns 0 when the server answered 2xx, else -EPROTO with @e: E-URL, what
 * conn_open() says, E-CUT, E-STALL, E-HTTP, E-FETCH with the status.
 */
int post_json(struct fetch_conn *c, const struct fetch_env *env,
	      const char *url, const void *body, size_t size,
	      uint64_t deadline, struct fetch_error *e);

#endif
