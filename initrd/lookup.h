/* SPDX-License-Identifier: MIT */
/* lookup.h - one name asked of all name servers, one soon after the other. */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "query.h"

#define LOOKUP_SERVERS_MAX 8

/* A and AAAA, as indices. */
enum lookup_family { LOOKUP_A, LOOKUP_AAAA, LOOKUP_FAMILIES };

struct lookup {
	const struct fetch_addr *servers;
	unsigned int scope;	/* the link of a server at fe80::/10 */
	unsigned int n_servers; /* at most LOOKUP_SERVERS_MAX */
	unsigned int first;	/* asked first; becomes who answered */
	uint64_t *rng;		/* retry_random() state, of the ids */
	int n[LOOKUP_FAMILIES]; /* addresses, or why there are none */
	struct dns_addr addrs[LOOKUP_FAMILIES][DNS_ADDRS_MAX];
};

/*
 * lookup_name - A and AAAA of @host at the same time, within @timeout_ms.
 *
 * The next server is asked 500 ms after the one before, or as soon as that
 * has failed or knows nothing; each again after 1, 3, 6 and 9 s. The first
 * addresses count; those of the other family are waited for 50 ms (AAAA) or
 * 250 ms (A) longer (RFC 8305, 3). "No such name" counts once all have
 * said so or a second has passed.
 *
 * Returns 0 when one family has an address, or -errno: -ENOENT, -ETIMEDOUT,
 * -EAGAIN (a server failed), -EBADMSG (broken answers, or no host name),
 * -ENOMSG (answers to other questions only), or that of a socket.
 */
int lookup_name(struct lookup *l, const char *host, uint64_t timeout_ms);

#endif
