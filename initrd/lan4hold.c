// SPDX-License-Identifier: MIT
/*
 * lan4hold.c - the IPv4 address of a link once it is there: given to the
 * kernel with its routes, and renewed for as long as the boot lasts.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include "console.h"
#include "lanlink.h"
#include "netlink.h"

#define RENEW_MIN_MS 1000
#define RENEW_MAX_MS 60000
#define HANDED_AGE_S 60 /* iPXE had it so long before the kernel ran */
#define NOT_TOLD_S   10 /* when a lease is renewed of which no end is known */

static uint64_t after(uint64_t now, uint64_t seconds)
{
	return seconds ? now + seconds * 1000 : 0;
}

static void set_times(struct lan4 *f, uint64_t now)
{
	uint64_t end = f->got.lease.seconds, t1 = f->got.t1, t2 = f->got.t2;

	f->got.lease.since = now / 1000;
	if (f->got.lease.from == LEASE_HANDED) {
		/* it ran already while the kernel and this came here */
		uint64_t age = HANDED_AGE_S + now / 1000;

		end = end > age ? end - age : NOT_TOLD_S;
		t1 = end / 2 < NOT_TOLD_S ? 1 : end / 2;
	} else if (f->got.lease.from == LEASE_STATIC) {
		end = t1 = t2 = 0;
	}
	if (end && !t2)
		t2 = end - end / 8;
	if (end && (!t1 || t1 >= t2))
		t1 = end / 2 < t2 ? end / 2 : t2 / 2;
	f->t1_ms = after(now, t1);
	f->t2_ms = after(now, t2);
	f->end_ms = after(now, end);
}

/* The kernel answers with an error to what nobody takes in; so this does. */
static void open_udp(struct lan *l)
{
	struct sockaddr_in any = {.sin_family = AF_INET,
				  .sin_port = htons(DHCP4_CLIENT)};
	int s;

	if (l->udp >= 0)
		return;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0)
		return;
	if (bind(s, (struct sockaddr *)&any, sizeof(any)))
		close(s);
	else
		l->udp = s;
}

static int routes(const struct lan_link *k, const struct lease *f)
{
	uint32_t mask = UINT32_MAX << (32 - f->prefix);
	uint8_t via[4];
	int ret = 0;

	if (!f->router)
		return 0;
	put_be32(via, f->router);
	/* cloud networks hand out /32 and a router beside it */
	if ((f->router & mask) != (f->addr & mask))
		ret = netlink_route(k->nic.index, AF_INET, via, 32, NULL, 0);
	return ret ? ret
		   : netlink_route(k->nic.index, AF_INET, NULL, 0, via, 0);
}

static void forget(struct lan_link *k)
{
	uint8_t addr[4];

	put_be32(addr, k->four.got.lease.addr);
	netlink_addr_del(k->nic.index, AF_INET, addr, k->four.got.lease.prefix);
}

void lan4hold_bind(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan4 *f = &k->four;
	struct lease *lease = &f->got.lease;
	uint8_t addr[4];
	int ret;

	memcpy(lease->ifname, k->nic.name, sizeof(lease->ifname));
	put_be32(addr, lease->addr);
	ret = netlink_addr(k->nic.index, AF_INET, addr, lease->prefix);
	if (!ret && lease->mtu)
		ret = netlink_mtu(k->nic.index, lease->mtu);
	if (!ret)
		ret = routes(k, lease);
	if (ret)
		console_say("address %s: %s", k->nic.name, strerror(-ret));
	f->state = LAN4_BOUND;
	f->begun_ms = f->next_ms = f->tries = 0;
	l->chosen = k;
	set_times(f, now);
	open_udp(l);
	lan_arp(l, k, lease->addr, lease->addr);
}

/* Ask the server that gave it, over the kernel's own way to it. */
static void ask_server(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(DHCP4_SERVER)};
	struct lan4 *f = &k->four;
	uint8_t buf[DHCP4_ASK_SIZE];
	struct dhcp4_ask a = {.type = DHCP4_REQUEST,
			      .xid = f->xid,
			      .ciaddr = f->got.lease.addr};

	if (!f->got.lease.server || l->udp < 0) {
		lan4_ask(l, k, DHCP4_REQUEST, now);
		return;
	}
	memcpy(a.mac, k->nic.mac, 6);
	to.sin_addr.s_addr = htonl(f->got.lease.server);
	dhcp4_put(buf, &a);
	sendto(l->udp, buf, sizeof(buf), MSG_NOSIGNAL, (struct sockaddr *)&to,
	       sizeof(to));
}

void lan4hold_tick(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan4 *f = &k->four;
	uint64_t wait = RENEW_MIN_MS;
	char junk[DHCP4_ASK_SIZE];

	if (!f->t1_ms || now < f->t1_ms || now < f->next_ms)
		return;
	/* its answers come by the other socket */
	while (l->udp >= 0 && recv(l->udp, junk, sizeof(junk), 0) >= 0)
		;
	if (!f->begun_ms) {
		f->begun_ms = now;
		f->xid = lan_random(l);
	}
	if (f->end_ms && now >= f->end_ms && f->tries != UINT32_MAX) {
		/* nobody else is given it while no server answers */
		console_say("dhcp %s: the lease ended and no server renews it; "
			    "its address is kept",
			    k->nic.name);
		f->tries = UINT32_MAX;
	}
	if (f->t2_ms && now < f->t2_ms) {
		ask_server(l, k, now);
		wait = (f->t2_ms - now) / 4;
	} else {
		lan4_ask(l, k, DHCP4_REQUEST, now);
		wait = f->end_ms > now ? (f->end_ms - now) / 4 : wait;
	}
	if (wait < RENEW_MIN_MS)
		wait = RENEW_MIN_MS;
	f->next_ms = now + (wait > RENEW_MAX_MS ? RENEW_MAX_MS : wait);
}

void lan4hold_heard(struct lan *l, struct lan_link *k,
		    const struct dhcp4_reply *r, uint64_t now)
{
	struct lan4 *f = &k->four;

	if (!f->begun_ms)
		return;
	if (r->type == DHCP4_NAK || r->lease.addr != f->got.lease.addr) {
		console_say("dhcp %s: the address was taken back", k->nic.name);
		forget(k);
		f->fixed = false;
		lan4_reset(l, k, now);
		return;
	}
	console_say("dhcp %s: lease renewed", k->nic.name);
	f->got = *r;
	memcpy(f->got.lease.ifname, k->nic.name, sizeof(k->nic.name));
	f->begun_ms = 0;
	f->tries = 0;
	set_times(f, now);
	f->next_ms = 0;
}
