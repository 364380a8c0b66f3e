/* SPDX-License-Identifier: MIT */
/*
 * conn.h - one TCP connection to one server, with TLS on it for https, kept
 * alive between requests. Non-blocking underneath: every call has a deadline
 * (clock_ms) and returns when it is reached.
 */
#ifndef FETCH_CONN_H
#define FETCH_CONN_H

#include <sys/types.h>
#include "fetch/fetch.h"
#include "fetch/race.h"
#include "format/httphead.h"

struct fetch_conn {
	int fd;			     /* -1: none */
	bool used;		     /* has answered a request before */
	char host[URL_HOST_MAX + 1]; /* whom it leads to */
	uint16_t port;
	pid_t tls;		     /* does TLS for it; 0: none is done */
	struct race_path path; /* outlives a connection */
	size_t at, have; /* buf[at..have) is not consumed yet */
	char buf[HTTPHEAD_MAX];
};

/* conn_init - no connection, nothing learned; call once before all else. */
void conn_init(struct fetch_conn *c);
void conn_close(struct fetch_conn *c);

/*
 * conn_open - connect to @u's host and port within @timeout_ms, whichever
 * address answers first, or keep the connection that leads there already and is idle.
 *
 * Returns 0, or -EPROTO with @e (E-DNS, E-CONNECT; with https E-TLS, E-CAGE,
 * and E-URL when env->tls is NULL).
 */
int conn_open(struct fetch_conn *c, const struct fetch_env *env,
	      const struct url *u, uint64_t timeout_ms, struct fetch_error *e);

/* conn_send - all @size bytes; 0, -ETIMEDOUT or -errno. */
int conn_send(struct fetch_conn *c, const void *p, size_t size,
	      uint64_t deadline);

/*
 * conn_fill - receive into the free end of buf. Returns the count, 0 when
 * the server has closed, -ENOBUFS (full), -ETIMEDOUT or -errno.
 */
ssize_t conn_fill(struct fetch_conn *c, uint64_t deadline);

/* conn_recv - what buf holds, else straight from the socket; as conn_fill. */
ssize_t conn_recv(struct fetch_conn *c, void *p, size_t size,
		  uint64_t deadline);

#endif
