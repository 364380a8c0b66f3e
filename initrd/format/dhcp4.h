/* SPDX-License-Identifier: MIT */
/*
 * dhcp4.h - DHCP messages (RFC 2131, options RFC 2132, 3396, 3397, 3442) as a
 * client writes and reads them.
 */
#ifndef FORMAT_DHCP4_H
#define FORMAT_DHCP4_H

#include "format/lease.h"

#define DHCP4_CLIENT	 68 /* ports */
#define DHCP4_SERVER	 67
#define DHCP4_ASK_SIZE	 300 /* what old relays want at least */
#define DHCP4_MISSED_MAX 64

enum dhcp4_type {
	DHCP4_DISCOVER = 1,
	DHCP4_OFFER,
	DHCP4_REQUEST,
	DHCP4_DECLINE,
	DHCP4_ACK,
	DHCP4_NAK,
	DHCP4_RELEASE,
};

struct dhcp4_ask {
	enum dhcp4_type type;
	uint32_t xid;
	uint16_t secs;
	uint8_t mac[6];
	uint32_t ciaddr; /* this machine's own, when it renews */
	uint32_t want;	 /* option 50, 0: none */
	uint32_t server; /* option 54, 0: none */
};

struct dhcp4_reply {
	enum dhcp4_type type; /* OFFER, ACK or NAK */
	struct lease lease;   /* no interface; NAK: only the server */
	uint32_t t1, t2;      /* seconds, below lease.seconds; 0: not told */
	char missed[DHCP4_MISSED_MAX]; /* options not usable, for a warning */
};

/* dhcp4_put - DHCP4_ASK_SIZE bytes at @buf. */
void dhcp4_put(uint8_t *buf, const struct dhcp4_ask *a);

/*
 * dhcp4_get - a server's answer to @xid and @mac.
 *
 * A value that breaks its rule is left out and named in @missed; an address
 * that is none, a mask or time that are there and wrong refuse the whole.
 * Without a mask it is that of the address's class, without a time 10 minutes.
 * Returns 0, -ENOENT (an answer to somebody else) or -EBADMSG.
 */
int dhcp4_get(struct dhcp4_reply *r, struct span msg, uint32_t xid,
	      const uint8_t mac[6], struct fault *f);

/*
 * dhcp4_search - a list of domain names in DNS wire form, compressed inside
 * @data, into at most LEASE_SEARCH_MAX bytes one space apart; names that do
 * not fit are left out. Returns 0, or -EBADMSG and @out is "".
 */
int dhcp4_search(char out[LEASE_SEARCH_MAX + 1], struct span data);

#endif
