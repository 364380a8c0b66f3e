/* SPDX-License-Identifier: MIT */
/*
 * dns.h - DNS messages (RFC 1035, 3596): one question out, addresses in.
 */
#ifndef FORMAT_DNS_H
#define FORMAT_DNS_H

#include "format/env.h"

#define DNS_MSG_MAX 4096	/* of an answer that is read */
#define DNS_QUERY_MAX 300
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
 * dns_answer - decode the answer to that very question: id, question,
 * response bit; follows at most 8 CNAMEs inside the message; compression
 * pointers only go backwards.
 *
 * Returns the number of addresses (0: none of this type), -ENOENT
 * (NXDOMAIN), -EAGAIN (SERVFAIL or REFUSED: ask another server), -EMSGSIZE
 * (truncated: ask over TCP), -EBADMSG (@f says why).
 */
int dns_answer(const uint8_t *msg, size_t size, uint16_t id,
	       const char *host, enum dns_type type,
	       struct dns_addr out[DNS_ADDRS_MAX], struct fault *f);

#endif
