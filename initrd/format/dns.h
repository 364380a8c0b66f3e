/* SPDX-License-Identifier: MIT */
/*
 * dns.h - DNS messages (RFC 1035, 3596): one question out, addresses in.
 */
#ifndef FORMAT_DNS_H
#define FORMAT_DNS_H

#include "format/env.h"

#define DNS_MSG_MAX 65535	/* what TCP can carry */
#define DNS_UDP_MAX 4096	/* no more is asked for, no more is read */
#define DNS_QUERY_MAX 300
#define DNS_FRAME 2		/* bytes before a message over TCP */
#define DNS_ADDRS_MAX 16

enum dns_type { DNS_A = 1, DNS_AAAA = 28 };

struct dns_addr {
	enum dns_type type;
	uint8_t addr[16];		/* 4 bytes used for DNS_A */
};

/*
 * dns_query - encode a question for @host (NUL terminated, no trailing dot).
 *
 * Returns the length, -EBADMSG (not a name: labels of 1..63 of
 * [A-Za-z0-9_-], 253 in all) or -EOVERFLOW (@size < DNS_QUERY_MAX).
 */
int dns_query(uint8_t *buf, size_t size, uint16_t id, const char *host,
	      enum dns_type type);

/*
 * dns_frame - is the message at the head of a TCP stream (RFC 1035 4.2.2) of
 * which @have bytes came there?
 *
 * Returns the length it has with what is before it, at most DNS_FRAME +
 * DNS_MSG_MAX; 0 when too few bytes came to know; -EBADMSG: no message is as
 * short.
 */
int dns_frame(const uint8_t *p, size_t have);

/*
 * dns_answer - decode the answer to that very question: id, question,
 * response bit; follows at most 8 CNAMEs inside the message; compression
 * pointers only go backwards, and at most 64 for a name.
 *
 * Returns the number of addresses (0: none of this type), -ENOENT
 * (NXDOMAIN), -EAGAIN (SERVFAIL or REFUSED: ask another server), -EMSGSIZE
 * (truncated: ask over TCP), -ENOMSG (an answer to something else: wait on),
 * -EBADMSG (to this, but broken); @f says why.
 */
int dns_answer(const uint8_t *msg, size_t size, uint16_t id,
	       const char *host, enum dns_type type,
	       struct dns_addr out[DNS_ADDRS_MAX], struct fault *f);

#endif
