/* SPDX-License-Identifier: MIT */
/* query.h - one question to one name server, by UDP and then by TCP. */
#ifndef QUERY_H
#define QUERY_H

#include "fetch/fetch.h"
#include "format/dns.h"

struct query {
	/* to be set once, the rest zero but fd, -1 */
	const char *host;
	enum dns_type type;
	const struct fetch_addr *server;
	unsigned int scope; /* of a server at fe80::/10 */

	int fd;	      /* -1: nothing is on its way */
	short events; /* what poll() is to wait for */
	uint16_t id;
	bool tcp;
	unsigned int strays; /* answers that were none to this */
	size_t sent, have;   /* over TCP */
	uint8_t *stream;     /* mapped, while TCP lasts */
	int result; /* -EINPROGRESS, or what dns_answer() says, or -errno */
	struct dns_addr addrs[DNS_ADDRS_MAX];
};

/*
 * query_send - ask, or ask once more, from a socket that is connected to the
 * server: its port is the kernel's random choice, @id the caller's. Whether
 * it worked is in q->result; a question over TCP on its way is left alone.
 */
void query_send(struct query *q, uint16_t id);

/*
 * query_ready - poll() has seen something at q->fd. What comes is parsed in a
 * cage. A truncated answer turns into the same question over TCP. When
 * q->result is not -EINPROGRESS any more q->fd is closed.
 */
void query_ready(struct query *q);

/* query_close - give up; q->result is left as it is. */
void query_close(struct query *q);

#endif
