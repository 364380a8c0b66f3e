/* SPDX-License-Identifier: MIT */
/*
 * netlink.h - links, addresses and routes into the kernel (rtnetlink(7)).
 * Every function returns 0 or -errno; what is there already is no failure.
 */
#ifndef NETLINK_H
#define NETLINK_H

#include <stdbool.h>
#include <stdint.h>
#include "format/bootargs.h"

/* netlink_up - set link @index up; it stays up if it is. */
int netlink_up(int index);

/* netlink_rename - of a link that is down. */
int netlink_rename(int index, const char *name);

/* netlink_mtu - of link @index. */
int netlink_mtu(int index, unsigned int mtu);

/* netlink_enslave - @index becomes part of bond @master; it must be down. */
int netlink_enslave(int index, int master);

int netlink_vlan(const char *name, int parent, uint16_t id);

/*
 * netlink_bond - make one, or set up one that is down and has no links;
 * @options as dracut has them: mode=802.3ad,miimon=100,...
 */
int netlink_bond(const char *name, struct span options);

/*
 * netlink_addr - @addr of @family on @index, for ever; netlink_addr_del takes
 * it away. IPv6 addresses are checked for duplicates by the kernel.
 */
int netlink_addr(int index, int family, const void *addr, unsigned int prefix);
int netlink_addr_del(int index, int family, const void *addr,
		     unsigned int prefix);

/*
 * netlink_route - to @net/@prefix over @index, through @via unless NULL; TCP
 * shall tell its peers of segments of @mss bytes at most, unless 0.
 */
int netlink_route(int index, int family, const void *net, unsigned int prefix,
		  const void *via, unsigned int mss);

#endif
