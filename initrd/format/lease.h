/* SPDX-License-Identifier: MIT */
/*
 * lease.h - a machine's addresses as /init keeps them: what DHCP, a router's
 * advertisement, iPXE or ip= said. Hostile text: every value is parsed into
 * numbers or a checked name, nothing is passed on.
 */
#ifndef FORMAT_LEASE_H
#define FORMAT_LEASE_H

#include "format/ip6.h"
#include "format/text.h"

#define LEASE_DNS_MAX 4
#define LEASE_DUID_MAX 128
#define LEASE_SEARCH_MAX 255
#define LEASE_SIZE_MAX 3072

/* Who gave an address. */
enum lease_from {
	LEASE_NONE,   /* there is none */
	LEASE_STATIC, /* ip= */
	LEASE_DHCP,
	LEASE_HANDED, /* DHCP, by whoever loaded the kernel: slipway.lease= */
	LEASE_RA,     /* built from a router's prefix (RFC 4862) */
};

struct lease6 {
	enum lease_from from;		/* LEASE_NONE: no IPv6, all else 0 */
	uint8_t addr[IP6_SIZE];
	unsigned int prefix;		/* 1..128 */
	uint8_t router[IP6_SIZE];	/* "::": none; mostly link-local */
	unsigned int n_dns;
	uint8_t dns[LEASE_DNS_MAX][IP6_SIZE];
	uint32_t valid, preferred;	/* seconds; 0: for ever */
	uint32_t iaid;			/* of DHCPv6, with the server's DUID */
	unsigned int n_server;
	uint8_t server[LEASE_DUID_MAX];
};

struct lease {
	char ifname[16];
	enum lease_from from;		/* of the IPv4 address */
	uint32_t addr;			/* host byte order; 0: no IPv4 */
	unsigned int prefix;		/* 1..32 */
	uint32_t router;		/* 0: none */
	unsigned int n_dns;
	uint32_t dns[LEASE_DNS_MAX];
	char domain[254], hostname[64];	/* [A-Za-z0-9.-] or "" */
	char search[LEASE_SEARCH_MAX + 1]; /* names, one space apart, or "" */
	uint32_t seconds;		/* 0: for ever */
	uint32_t server;
	unsigned int mtu;		/* 0: leave; 576..9216 */
	uint64_t since;	/* second of CLOCK_MONOTONIC from which both count */
	struct lease6 six;
};

/* lease_ipv4 - dotted quad to host order. 0 or -EBADMSG. */
int lease_ipv4(struct span s, uint32_t *addr);

/* lease_ipv4_print - writes at most 16 bytes with the NUL. */
void lease_ipv4_print(char out[16], uint32_t addr);

/* lease_mask - dotted netmask, or "1".."32", to prefix length. 0, -EBADMSG. */
int lease_mask(struct span s, unsigned int *prefix);

/* lease_name_ok - labels of letters, digits and inner '-', dots between? */
bool lease_name_ok(struct span s);

/*
 * lease_set - one value by its name: interface, method, ip, subnet, router,
 * dns, domain, search, hostname, lease, serverid, mtu, since; of IPv6 method6,
 * ip6 (with /prefix), router6, dns6, lease6, preferred6, serverid6 (hex),
 * iaid6. Others are ignored. Lists are one space apart.
 *
 * Returns 0, or -EBADMSG: the value is refused and the field left as it was.
 */
int lease_set(struct lease *l, const char *key, struct span value);

/* lease6_set - the part of lease_set() for the keys that end with 6. */
int lease6_set(struct lease6 *l, const char *key, struct span value);

/* lease_check - 0, or -EBADMSG: no usable address, broadcast, loopback... */
int lease_check(const struct lease *l, struct fault *f);

/*
 * lease_handed - slipway.lease=IP:NETMASK:GATEWAY:DNS:SECONDS:SERVER, as iPXE
 * hands its own lease on; all but the first two may be empty or missing.
 *
 * Returns 0, or -EBADMSG and @l is as it was. The interface is not set.
 */
int lease_handed(struct lease *l, struct span text);

/*
 * lease_print, lease_parse - "key value" lines, the same keys; the file
 * /run/slipway/lease. lease_print returns the length or -EOVERFLOW.
 */
int lease_print(const struct lease *l, char *buf, size_t size);
int lease_parse(struct lease *l, struct span text, struct fault *f);

/* lease6_print - the part of lease_print() for IPv6. */
void lease6_print(const struct lease6 *l, struct text_out *o);

#endif
