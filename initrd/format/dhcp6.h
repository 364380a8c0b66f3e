/* SPDX-License-Identifier: MIT */
/*
 * dhcp6.h - DHCPv6 messages (RFC 8415, options also RFC 3646) as a client with
 * one address writes and reads them, and a router's advertisements (RFC 4861,
 * RFC 8106), which say whether there is DHCPv6 at all.
 */
#ifndef FORMAT_DHCP6_H
#define FORMAT_DHCP6_H

#include "format/lease.h"

#define DHCP6_CLIENT	546 /* ports */
#define DHCP6_SERVER	547
#define DHCP6_ASK_MAX	256
#define DHCP6_DUID_SIZE 10 /* DUID-LL of an Ethernet card */

enum dhcp6_type {
	DHCP6_SOLICIT = 1,
	DHCP6_ADVERTISE,
	DHCP6_REQUEST,
	DHCP6_CONFIRM,
	DHCP6_RENEW,
	DHCP6_REBIND,
	DHCP6_REPLY,
	DHCP6_RELEASE,
	DHCP6_DECLINE,
	DHCP6_RECONFIGURE,
	DHCP6_INFORMATION,
};

struct dhcp6_ask {
	enum dhcp6_type type;
	uint32_t xid;	  /* 24 bits */
	uint16_t elapsed; /* hundredths of a second */
	uint8_t mac[6];
	/* to be asked for; INFORMATION asks for no address */
	uint8_t addr[IP6_SIZE];
	unsigned int n_server;
	uint8_t server[LEASE_DUID_MAX];
};

struct dhcp6_reply {
	enum dhcp6_type type; /* ADVERTISE or REPLY */
	/* from is LEASE_DHCP when there is an address, else LEASE_NONE */
	struct lease6 lease;
	char search[LEASE_SEARCH_MAX + 1];
	uint32_t t1, t2; /* seconds; 0: not told */
	uint8_t preference;
	uint16_t status; /* 0: success */
};

/* dhcp6_iaid - of the one address a card asks for. */
uint32_t dhcp6_iaid(const uint8_t mac[6]);

/* dhcp6_put - at most DHCP6_ASK_MAX bytes at @buf; their number. */
size_t dhcp6_put(uint8_t *buf, const struct dhcp6_ask *a);

/*
 * dhcp6_get - a server's answer to @xid and @mac.
 *
 * Returns 0, -ENOENT (an answer to somebody else) or -EBADMSG. Name servers
 * and names that are none are left out.
 */
int dhcp6_get(struct dhcp6_reply *r, struct span msg, uint32_t xid,
	      const uint8_t mac[6], struct fault *f);

#define DHCP6_RS_SIZE 16

struct dhcp6_ra {
	bool managed, other; /* addresses, the rest: by DHCPv6 */
	bool prefix;	     /* one to build an address from */
	uint16_t lifetime;   /* of the router, seconds; 0: it is none */
	unsigned int mtu;    /* 0: not told, or no MTU of IPv6 */
	unsigned int n_dns;
	uint8_t dns[LEASE_DNS_MAX][IP6_SIZE];
	char search[LEASE_SEARCH_MAX + 1];
};

/*
 * dhcp6_solicit - a router solicitation, at most DHCP6_RS_SIZE bytes, without
 * the sender's MAC when @mac is NULL (its address is not known yet).
 */
size_t dhcp6_solicit(uint8_t *buf, const uint8_t *mac);

/* dhcp6_ra_get - from ICMPv6 message @msg; 0 or -EBADMSG. */
int dhcp6_ra_get(struct dhcp6_ra *r, struct span msg, struct fault *f);

#endif
