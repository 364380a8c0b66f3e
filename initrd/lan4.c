// SPDX-License-Identifier: MIT
/*
 * lan4.c - an IPv4 address for each link: DHCP (RFC 2131) with questions close
 * enough together that a port or a server that comes to life is met within a
 * second, and a probe by ARP before an address is used (RFC 5227).
 */
#include <stdio.h>
#include "fetch/clock.h"
#include "console.h"
#include "lanlink.h"

#define REQUEST_TRIES	4
#define PROBE_AGAIN_MS	100
#define ROUTER_AGAIN_MS 250

void lan4_ask(struct lan *l, struct lan_link *k, enum dhcp4_type type,
	      uint64_t now)
{
	uint8_t buf[FRAME_UDP4_HEAD + DHCP4_ASK_SIZE];
	struct frame_end from = {.port = DHCP4_CLIENT};
	struct frame_end to = {.ip = UINT32_MAX, .port = DHCP4_SERVER};
	struct lan4 *f = &k->four;
	uint64_t secs = (now - f->begun_ms) / 1000;
	struct dhcp4_ask a = {.type = type,
			      .xid = f->xid,
			      .secs = secs > UINT16_MAX ? UINT16_MAX : secs};

	memcpy(a.mac, k->nic.mac, 6);
	memcpy(from.mac, k->nic.mac, 6);
	memset(to.mac, 0xff, 6);
	if (f->state == LAN4_BOUND) {
		a.ciaddr = from.ip = f->got.lease.addr;
	} else if (type != DHCP4_DISCOVER) {
		a.want = f->got.lease.addr;
		a.server = f->got.lease.server;
	}
	dhcp4_put(buf + FRAME_UDP4_HEAD, &a);
	lan_send(l, k, buf, frame_udp4(buf, DHCP4_ASK_SIZE, &from, &to));
}

void lan4_reset(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan4 *f = &k->four;
	uint32_t barred = f->barred;
	struct lease given = f->got.lease;
	bool fixed = f->fixed;

	memset(f, 0, sizeof(*f));
	f->barred = barred;
	f->xid = lan_random(l);
	f->begun_ms = f->next_ms = now;
	if (fixed)
		lan4_fix(l, k, &given, now);
}

/* An address from elsewhere: only to be checked. */
void lan4_fix(struct lan *l, struct lan_link *k, const struct lease *given,
	      uint64_t now)
{
	struct lan4 *f = &k->four;

	f->fixed = true;
	f->state = LAN4_CHECK;
	f->got.lease = *given;
	f->got.type = DHCP4_ACK;
	f->begun_ms = f->next_ms = now;
	f->probe_ms = f->answered_ms = 0;
}

static void discover(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan4 *f = &k->four;
	uint64_t wait = LAN_ASK_MS;

	if (now - k->carrier_ms > LAN_EAGER_MS)
		wait += wait / 2;
	f->tries++;
	f->next_ms = now + wait - lan_random(l) % (wait / 8);
	lan4_ask(l, k, DHCP4_DISCOVER, now);
}

/* A better offer has a router and name servers. */
static unsigned int worth(const struct dhcp4_reply *r)
{
	return (r->lease.router ? 2 : 0) + (r->lease.n_dns ? 1 : 0);
}

static void offered(struct lan *l, struct lan_link *k,
		    const struct dhcp4_reply *r, uint64_t now)
{
	struct lan4 *f = &k->four;

	if (f->got.type && (worth(r) <= worth(&f->got)))
		return;
	if (!f->got.type)
		f->offer_ms = now;
	if (!l->first_ms)
		l->first_ms = now;
	f->got = *r;
	/* beside the exchange, so that it costs no time */
	f->probe_ms = now;
	lan_arp(l, k, 0, r->lease.addr);
}

void lan4_take(struct lan *l, struct lan_link *k, uint64_t now)
{
	k->four.state = LAN4_REQUEST;
	k->four.tries = 1;
	k->four.next_ms = now + LAN_ASK_MS;
	lan4_ask(l, k, DHCP4_REQUEST, now);
}

static void check(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan4 *f = &k->four;
	const struct lease *lease = &f->got.lease;

	if (now >= f->next_ms) {
		lan_arp(l, k, 0, lease->addr);
		if (f->fixed && lease->router && !f->answered_ms)
			lan_arp(l, k, 0, lease->router);
		if (!f->probe_ms)
			f->probe_ms = now;
		f->next_ms =
			now + (f->fixed ? ROUTER_AGAIN_MS : PROBE_AGAIN_MS);
	}
	/* a lease handed on: the router is silent, is it another network? */
	if (f->fixed && lease->from == LEASE_HANDED &&
	    now - k->carrier_ms > LAN_HANDED_MS && now >= f->t1_ms) {
		f->t1_ms = now + LAN_ASK_MS;
		lan4_ask(l, k, DHCP4_DISCOVER, now);
	}
	if (f->fixed && lease->router && !f->answered_ms) {
		if (now - k->carrier_ms < LAN_ROUTER_MS)
			return;
		console_say("address %s: the router does not answer ARP",
			    k->nic.name);
		f->answered_ms = now;
	}
	if (f->probe_ms &&
	    now - (f->answered_ms ? f->answered_ms : f->probe_ms) >=
		    LAN_PROBE_MS)
		lan4hold_bind(l, k, now);
}

void lan4_tick(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan4 *f = &k->four;

	if (!k->use || !k->carrier_ms || !lan_wants4(k))
		return;
	if (f->state == LAN4_BOUND) {
		lan4hold_tick(l, k, now);
	} else if (f->state == LAN4_CHECK) {
		check(l, k, now);
	} else if (now < f->next_ms) {
		return;
	} else if (f->state == LAN4_REQUEST) {
		if (f->tries++ < REQUEST_TRIES) {
			f->next_ms = now + LAN_ASK_MS;
			lan4_ask(l, k, DHCP4_REQUEST, now);
			return;
		}
		console_say("dhcp %s: an offer, but no lease", k->nic.name);
		lan4_reset(l, k, now);
	} else {
		discover(l, k, now);
	}
}

/* Somebody else has the address, or may have. */
static void refuse(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan4 *f = &k->four;
	const struct lease *lease = &f->got.lease;
	char addr[16];

	lease_ipv4_print(addr, lease->addr);
	console_say("address %s: %s is in use by another machine", k->nic.name,
		    addr);
	snprintf(l->status->why, LAN_WHY, "%s: %s is in use by another machine",
		 k->nic.name, addr);
	if (lease->server)
		lan4_ask(l, k, DHCP4_DECLINE, now);
	f->barred = lease->addr;
	if (lease->from == LEASE_STATIC) {
		/* there is no other: wait until it is free */
		f->next_ms = now + LAN_ASK_MS;
		f->probe_ms = f->answered_ms = 0;
		f->taken = false;
		return;
	}
	f->fixed = false;
	lan4_reset(l, k, now);
	f->next_ms = now + LAN_ASK_MS / 4;
}

static void acknowledged(struct lan *l, struct lan_link *k,
			 const struct dhcp4_reply *r, uint64_t now)
{
	struct lan4 *f = &k->four;

	/* the probe went out with the offer, for the same address */
	if (r->lease.addr != f->got.lease.addr) {
		f->probe_ms = 0;
		f->taken = false;
	}
	f->got = *r;
	f->state = LAN4_CHECK;
	f->next_ms = now;
	if (f->taken)
		refuse(l, k, now);
}

void lan4_heard(struct lan *l, struct lan_link *k, const struct news *news)
{
	const struct dhcp4_reply *r = &news->dhcp4;
	struct lan4 *f = &k->four;
	uint64_t now = clock_ms();
	char server[16];

	if (!k->use || !lan_wants4(k))
		return;
	if (r->missed[0] && f->state != LAN4_BOUND) {
		lease_ipv4_print(server, r->lease.server);
		console_say("dhcp %s: of %s's answer not usable: %s",
			    k->nic.name, server, r->missed);
	}
	if (r->type == DHCP4_OFFER) {
		if (f->state == LAN4_CHECK && f->fixed && !f->answered_ms &&
		    f->got.lease.from == LEASE_HANDED) {
			console_say("dhcp %s: asking anew", k->nic.name);
			f->fixed = false;
			f->got.type = 0;
			f->state = LAN4_ASK;
			f->t1_ms = 0;
		}
		if (f->state == LAN4_ASK)
			offered(l, k, r, now);
	} else if (f->state == LAN4_BOUND) {
		lan4hold_heard(l, k, r, now);
	} else if (f->state == LAN4_REQUEST) {
		if (r->type == DHCP4_ACK)
			acknowledged(l, k, r, now);
		else
			lan4_reset(l, k, now);
	}
}

void lan4_arp(struct lan *l, struct lan_link *k, const struct frame_arp *a)
{
	struct lan4 *f = &k->four;
	const struct lease *lease = &f->got.lease;
	uint64_t now = clock_ms();

	if (!memcmp(a->mac, k->nic.mac, 6) || f->state == LAN4_BOUND ||
	    !f->got.type)
		return;
	if (f->fixed && a->ip && a->ip == lease->router && !f->answered_ms) {
		f->answered_ms = now;
		/* only now is it sure that a probe was heard */
		lan_arp(l, k, 0, lease->addr);
	}
	/* in use, or probed for by another who wants it as well */
	if (a->ip != lease->addr &&
	    (a->ip || a->reply || a->target != lease->addr))
		return;
	/* some servers hear of it only once the lease is ours to decline */
	f->taken = true;
	if (f->state == LAN4_REQUEST ||
	    (f->state == LAN4_ASK && f->barred == lease->addr))
		return;
	refuse(l, k, now);
}
