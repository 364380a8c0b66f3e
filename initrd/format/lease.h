/* SPDX-License-Identifier: MIT */
/*
 * lease.h - a machine's IPv4 configuration as /init keeps it: what a DHCP
 * client handed over (BusyBox udhcpc's variables) or ip= said. Hostile text:
 * every value is parsed into numbers or a checked name, nothing is passed on.
 */
#ifndef FORMAT_LEASE_H
#define FORMAT_LEASE_H

#include "format/text.h"

#define LEASE_DNS_MAX 4
#define LEASE_SIZE_MAX 2048

struct lease {
	char ifname[16];
	uint32_t addr;			/* host byte order, not 0 */
	unsigned int prefix;		/* 1..32 */
	uint32_t router;		/* 0: none */
	unsigned int n_dns;
	uint32_t dns[LEASE_DNS_MAX];
	char domain[254], hostname[64];	/* [A-Za-z0-9.-] or "" */
	uint32_t seconds;		/* 0: for ever */
	uint32_t server;
	unsigned int mtu;		/* 0: leave; 576..9216 */
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
 * lease_set - one variable of udhcpc's environment (interface, ip, subnet,
 * router, dns, domain, hostname, lease, serverid, mtu); others are ignored.
 *
 * Returns 0, or -EBADMSG: the value is refused and the field left as it was.
 */
int lease_set(struct lease *l, const char *key, struct span value);

/* lease_check - 0, or -EBADMSG: no usable address, broadcast, loopback... */
int lease_check(const struct lease *l, struct fault *f);

/*
 * lease_print, lease_parse - "key value" lines, the same keys; the file
 * /run/slipway/lease. lease_print returns the length or -EOVERFLOW.
 */
int lease_print(const struct lease *l, char *buf, size_t size);
int lease_parse(struct lease *l, struct span text, struct fault *f);

#endif
