// SPDX-License-Identifier: MIT
/*
 * address.c - an address for this machine: none (somebody else configured the
 * network), static from ip=, or by DHCP over each link in turn.
 */
#include <net/route.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "address.h"
#include "boot.h"
#include "console.h"
#include "dhcp.h"
#include "file.h"

static void set_in(struct sockaddr *sa, uint32_t addr)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(addr),
	};

	memcpy(sa, &in, sizeof(*sa));
}

static uint32_t mask_of(const struct lease *l)
{
	return l->prefix ? ~0u << (32 - l->prefix) : 0;
}

static int put_addr(int s, const struct lease *l, unsigned long what,
		    uint32_t addr)
{
	struct ifreq r = {0};

	strlcpy(r.ifr_name, l->ifname, sizeof(r.ifr_name));
	set_in(&r.ifr_addr, addr);
	return ioctl(s, what, &r) ? -errno : 0;
}

static bool has_addr(int s, const struct lease *l, unsigned long what,
		     uint32_t addr)
{
	struct ifreq r = {0};
	struct sockaddr_in in;

	strlcpy(r.ifr_name, l->ifname, sizeof(r.ifr_name));
	r.ifr_addr.sa_family = AF_INET;
	if (ioctl(s, what, &r))
		return false;
	memcpy(&in, &r.ifr_addr, sizeof(in));
	return in.sin_addr.s_addr == htonl(addr);
}

static int put_mtu(int s, const struct lease *l)
{
	struct ifreq r = {0};

	if (!l->mtu)
		return 0;
	strlcpy(r.ifr_name, l->ifname, sizeof(r.ifr_name));
	r.ifr_mtu = l->mtu;
	return ioctl(s, SIOCSIFMTU, &r) ? -errno : 0;
}

static int put_route(int s, const struct lease *l, uint32_t to, uint32_t mask,
		     uint32_t via)
{
	char dev[16];
	struct rtentry r = {.rt_flags = RTF_UP, .rt_dev = dev};

	strlcpy(dev, l->ifname, sizeof(dev));
	set_in(&r.rt_dst, to);
	set_in(&r.rt_genmask, mask);
	set_in(&r.rt_gateway, via);
	if (via)
		r.rt_flags |= RTF_GATEWAY;
	if (mask == ~0u)
		r.rt_flags |= RTF_HOST;
	if (ioctl(s, SIOCADDRT, &r) && errno != EEXIST)
		return -errno;
	return 0;
}

static int put_router(int s, const struct lease *l)
{
	uint32_t mask = mask_of(l);
	int ret = 0;

	if (!l->router)
		return 0;
	/* cloud networks hand out /32 and a router beside it */
	if ((l->router & mask) != (l->addr & mask))
		ret = put_route(s, l, l->router, ~0u, 0);
	return ret ? ret : put_route(s, l, 0, 0, l->router);
}

static int apply(int s, const struct lease *l)
{
	uint32_t mask = mask_of(l);
	int ret = 0;

	if (!has_addr(s, l, SIOCGIFADDR, l->addr) ||
	    !has_addr(s, l, SIOCGIFNETMASK, mask)) {
		ret = put_addr(s, l, SIOCSIFADDR, l->addr);
		if (!ret)
			ret = put_addr(s, l, SIOCSIFNETMASK, mask);
		if (!ret && l->prefix < 31)
			ret = put_addr(s, l, SIOCSIFBRDADDR, l->addr | ~mask);
	}
	if (!ret)
		ret = put_mtu(s, l);
	return ret ? ret : put_router(s, l);
}

int address_apply(const struct lease *l)
{
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int ret;

	if (s < 0)
		return -errno;
	ret = apply(s, l);
	close(s);
	return ret;
}

/* The kernel's ip= falls back to the class of the address. */
static unsigned int class_prefix(uint32_t addr)
{
	if (!(addr >> 31))
		return 8;
	return addr >> 30 == 2 ? 16 : 24;
}

static int static_lease(struct boot *b, struct lease *l)
{
	struct fault f = {0};
	const char *name = b->nics[b->nic].name;

	memset(l, 0, sizeof(*l));
	memcpy(l->ifname, name, sizeof(l->ifname));
	if (lease_ipv4(b->args.addr.client, &l->addr) ||
	    (b->args.addr.gw.n && lease_ipv4(b->args.addr.gw, &l->router)))
		return fetch_fail(&b->error, CODE_DHCP,
				  "ip=: not an IPv4 address or gateway");
	l->prefix = class_prefix(l->addr);
	if (b->args.addr.mask.n && lease_mask(b->args.addr.mask, &l->prefix))
		return fetch_fail(&b->error, CODE_DHCP, "ip=: not a netmask");
	if (b->args.addr.host.n)
		lease_set(l, "hostname", b->args.addr.host);
	for (unsigned int i = 0; i < b->args.n_ns; i++)
		if (l->n_dns < LEASE_DNS_MAX &&
		    !lease_ipv4(b->args.ns[i], &l->dns[l->n_dns]))
			l->n_dns++;
	if (lease_check(l, &f))
		return fetch_fail(&b->error, CODE_DHCP, "ip=: %s", f.why);
	return 0;
}

static int set_static(struct boot *b)
{
	char text[LEASE_SIZE_MAX];
	int ret = static_lease(b, &b->lease);

	if (ret)
		return ret;
	ret = address_apply(&b->lease);
	if (ret)
		return fetch_fail(&b->error, CODE_DHCP, "%s: ip=: %s",
				  b->lease.ifname, strerror(-ret));
	ret = lease_print(&b->lease, text, sizeof(text));
	if (ret > 0)
		file_write(DHCP_LEASE, text, ret, 0644);
	return 0;
}

int address_get(struct boot *b)
{
	char addr[16];
	int ret;

	if (b->args.ip == IP_NONE) {
		console_say("address: left as it is (ip=none)");
		return 0;
	}
	ret = b->args.ip == IP_STATIC ? set_static(b) : dhcp_get(b);
	if (ret)
		return ret;
	b->has_lease = true;
	lease_ipv4_print(addr, b->lease.addr);
	console_say("address %s/%u on %s%s%s", addr, b->lease.prefix,
		    b->lease.ifname, b->lease.hostname[0] ? " as " : "",
		    b->lease.hostname);
	return 0;
}
