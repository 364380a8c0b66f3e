// SPDX-License-Identifier: MIT
/*
 * lan6.c - an IPv6 address for each link. The kernel builds addresses from
 * advertised prefixes and looks for duplicates; this asks routers often enough
 * that one behind a port that opens late is met within a second, learns name
 * servers, and speaks DHCPv6 (RFC 8415) where a router says so.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include "fetch/clock.h"
#include "console.h"
#include "file.h"
#include "lanlink.h"
#include "netlink.h"

#define LIST_MAX      (32 << 10)
#define TENTATIVE     0x40 /* of /proc/net/if_inet6's flags */
#define FAILED	      0x08
#define DEPRECATED    0x20
#define SCOPE_GLOBAL  0x00
#define SCOPE_LINK    0x20
#define REQUEST_TRIES 5
#define RENEW_MIN_MS  1000
#define RENEW_MAX_MS  60000

/* One line of /proc/net/if_inet6: all fields in hex. */
struct line6 {
	uint8_t addr[IP6_SIZE];
	unsigned int index, prefix, scope, flags;
};

static unsigned int hex(struct span s)
{
	unsigned int v = 0;

	for (size_t i = 0; i < s.n; i++)
		v = v << 4 | text_hexlow(s.p[i]);
	return v;
}

static bool read_line(struct span line, struct line6 *out)
{
	unsigned int *const fields[] = {&out->index, &out->prefix, &out->scope,
					&out->flags};
	struct span f;

	if (!text_field(&line, &f) || f.n != 2 * IP6_SIZE)
		return false;
	for (size_t i = 0; i < IP6_SIZE; i++)
		out->addr[i] = text_hexlow(f.p[2 * i]) << 4 |
			       text_hexlow(f.p[2 * i + 1]);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (!text_field(&line, &f) || !f.n)
			return false;
		*fields[i] = hex(f);
	}
	return true;
}

static bool usable(const struct line6 *a)
{
	return !(a->flags & (TENTATIVE | FAILED | DEPRECATED));
}

/* What of @k's lease depends on where its address comes from. */
static void have(struct lan_link *k, const struct line6 *a, uint64_t now)
{
	struct lan6 *s = &k->six;
	struct lease6 *o = &s->lease;
	bool ours = s->got.lease.from != LEASE_NONE &&
		    !memcmp(a->addr, s->got.lease.addr, IP6_SIZE);

	/* that of DHCPv6 or of ip= comes before one that was built */
	if (o->from != LEASE_NONE && !ours)
		return;
	if (!s->lease_ms)
		s->lease_ms = now;
	o->from = ours ? s->got.lease.from : LEASE_RA;
	memcpy(o->addr, a->addr, IP6_SIZE);
	o->prefix = a->prefix;
	if (!ours)
		return;
	o->valid = s->got.lease.valid;
	o->preferred = s->got.lease.preferred;
	o->iaid = s->got.lease.iaid;
	o->n_server = s->got.lease.n_server;
	memcpy(o->server, s->got.lease.server, sizeof(o->server));
}

static void failed(struct lan *l, struct lan_link *k, const struct line6 *a)
{
	struct lan6 *s = &k->six;
	char text[IP6_TEXT_MAX];

	if (s->got.lease.from == LEASE_NONE ||
	    memcmp(a->addr, s->got.lease.addr, IP6_SIZE))
		return;
	ip6_print(text, a->addr);
	console_say("address %s: %s is in use by another machine", k->nic.name,
		    text);
	netlink_addr_del(k->nic.index, AF_INET6, a->addr, a->prefix);
	if (s->got.lease.from == LEASE_DHCP) {
		memset(&s->got, 0, sizeof(s->got));
		s->asking = DHCP6_SOLICIT;
		s->handed_out = false;
	}
}

static void look_at(struct lan *l, const struct line6 *a, uint64_t now)
{
	for (unsigned int i = 0; i < l->n; i++) {
		struct lan_link *k = &l->links[i];

		if (k->nic.index != (int)a->index)
			continue;
		if (a->flags & FAILED)
			failed(l, k, a);
		if (!usable(a))
			continue;
		if (a->scope == SCOPE_LINK)
			memcpy(k->six.local, a->addr, IP6_SIZE);
		else if (a->scope == SCOPE_GLOBAL)
			have(k, a, now);
	}
}

/* The order of name servers: those of DHCPv6, then those of the router. */
static void add_dns(struct lease6 *o, const uint8_t (*dns)[IP6_SIZE],
		    unsigned int n)
{
	for (unsigned int i = 0; i < n && o->n_dns < LEASE_DNS_MAX; i++) {
		unsigned int j = 0;

		while (j < o->n_dns && memcmp(o->dns[j], dns[i], IP6_SIZE))
			j++;
		if (j == o->n_dns)
			memcpy(o->dns[o->n_dns++], dns[i], IP6_SIZE);
	}
}

void lan6_look(struct lan *l, uint64_t now)
{
	static char text[LIST_MAX];
	struct span rest = {text, 0}, line;
	struct line6 a;
	bool whole;
	int n = file_read("/proc/net/if_inet6", text, sizeof(text));

	if (n < 0)
		return; /* a kernel without IPv6 */
	rest.n = n;
	for (unsigned int i = 0; i < l->n; i++) {
		struct lan6 *s = &l->links[i].six;

		memset(s->local, 0, sizeof(s->local));
		memset(&s->lease, 0, sizeof(s->lease));
	}
	while (text_line(&rest, &line, &whole))
		if (read_line(line, &a))
			look_at(l, &a, now);
	for (unsigned int i = 0; i < l->n; i++) {
		struct lan6 *s = &l->links[i].six;

		if (s->lease.from == LEASE_NONE) {
			s->lease_ms = 0;
			continue;
		}
		memcpy(s->lease.router, s->router, IP6_SIZE);
		add_dns(&s->lease, s->got.lease.dns, s->got.lease.n_dns);
		add_dns(&s->lease, s->ra.dns, s->ra.n_dns);
	}
}

static void solicit(struct lan *l, struct lan_link *k)
{
	uint8_t buf[FRAME_IP6_HEAD + DHCP6_RS_SIZE];
	struct frame_end from = {.port = 0};
	struct frame_end to = {.mac = {0x33, 0x33, 0, 0, 0, 2},
			       .ip6 = {0xff, 2, [15] = 2}};
	bool known = !ip6_none(k->six.local);
	size_t n =
		dhcp6_solicit(buf + FRAME_IP6_HEAD, known ? k->nic.mac : NULL);

	memcpy(from.mac, k->nic.mac, 6);
	memcpy(from.ip6, k->six.local, IP6_SIZE);
	lan_send(l, k, buf, frame_icmp6(buf, n, &from, &to));
}

static void ask(struct lan *l, struct lan_link *k, uint64_t now)
{
	uint8_t buf[FRAME_UDP6_HEAD + DHCP6_ASK_MAX];
	struct frame_end from = {.port = DHCP6_CLIENT};
	struct frame_end to = {.port = DHCP6_SERVER,
			       .mac = {0x33, 0x33, 0, 1, 0, 2},
			       .ip6 = {0xff, 2, [13] = 1, [15] = 2}};
	struct lan6 *s = &k->six;
	uint64_t elapsed = (now - s->begun_ms) / 10;
	struct dhcp6_ask a = {.type = s->asking,
			      .xid = s->xid,
			      .elapsed = elapsed > UINT16_MAX ? UINT16_MAX
							      : elapsed};

	memcpy(a.mac, k->nic.mac, 6);
	memcpy(from.mac, k->nic.mac, 6);
	memcpy(from.ip6, s->local, IP6_SIZE);
	if (s->asking != DHCP6_SOLICIT && s->asking != DHCP6_INFORMATION)
		memcpy(a.addr, s->got.lease.addr, IP6_SIZE);
	if (s->asking == DHCP6_REQUEST || s->asking == DHCP6_RENEW) {
		a.n_server = s->got.lease.n_server;
		memcpy(a.server, s->got.lease.server, a.n_server);
	}
	lan_send(l, k, buf,
		 frame_udp6(buf, dhcp6_put(buf + FRAME_UDP6_HEAD, &a), &from,
			    &to));
}

static void turn(struct lan *l, struct lan_link *k, enum dhcp6_type type,
		 uint64_t now)
{
	struct lan6 *s = &k->six;

	s->asking = type;
	s->xid = lan_random(l);
	s->tries = 0;
	s->begun_ms = s->next_ms = now;
}

/* A renewal may take until T2, and any server until the end. */
static void renew(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan6 *s = &k->six;

	if (!s->asking && s->t1_ms && now >= s->t1_ms)
		turn(l, k, DHCP6_RENEW, now);
	if (s->asking == DHCP6_RENEW && s->t2_ms && now >= s->t2_ms)
		turn(l, k, DHCP6_REBIND, now);
}

void lan6_tick(struct lan *l, struct lan_link *k, uint64_t now)
{
	struct lan6 *s = &k->six;
	uint64_t wait = LAN_ASK_MS;

	if (!k->use || !k->carrier_ms || !lan_wants6(k))
		return;
	if (now - k->carrier_ms > LAN_EAGER_MS)
		wait *= 4;
	if (!s->has_ra && now >= s->next_rs_ms) {
		s->next_rs_ms = now + wait;
		solicit(l, k);
	}
	/* who asks for DHCPv6 by name may have no router that speaks of it */
	if (!s->asking && !s->handed_out && k->how && k->how->ip == IP_DHCP6)
		turn(l, k, DHCP6_SOLICIT, now);
	renew(l, k, now);
	if (!s->asking || ip6_none(s->local) || now < s->next_ms)
		return;
	if (s->asking == DHCP6_REQUEST && s->tries++ >= REQUEST_TRIES)
		turn(l, k, DHCP6_SOLICIT, now);
	ask(l, k, now);
	s->next_ms = now + wait - lan_random(l) % (wait / 8);
}

static uint64_t after(uint64_t now, uint64_t seconds)
{
	return seconds ? now + seconds * 1000 : 0;
}

static void bound(struct lan *l, struct lan_link *k,
		  const struct dhcp6_reply *r, uint64_t now)
{
	struct lan6 *s = &k->six;
	uint64_t best =
		r->lease.preferred ? r->lease.preferred : r->lease.valid;
	bool again = s->handed_out;
	int ret;

	s->got = *r;
	s->handed_out = true;
	s->asking = 0;
	s->t1_ms = after(now, r->t1 ? r->t1 : best / 2);
	s->t2_ms = after(now, r->t2 ? r->t2 : best - best / 5);
	if (again)
		return;
	ret = netlink_addr(k->nic.index, AF_INET6, r->lease.addr, 128);
	if (ret)
		console_say("address %s: %s", k->nic.name, strerror(-ret));
}

static void dhcp6(struct lan *l, struct lan_link *k,
		  const struct dhcp6_reply *r, uint64_t now)
{
	struct lan6 *s = &k->six;

	if (s->asking == DHCP6_INFORMATION) {
		if (r->type != DHCP6_REPLY)
			return;
		s->got.lease.n_dns = r->lease.n_dns;
		memcpy(s->got.lease.dns, r->lease.dns, sizeof(r->lease.dns));
		memcpy(s->got.search, r->search, sizeof(r->search));
		s->handed_out = true;
		s->asking = 0;
	} else if (r->status || r->lease.from == LEASE_NONE) {
		/* it has none, or this one not any more */
		if (s->asking == DHCP6_RENEW || s->asking == DHCP6_REBIND ||
		    s->asking == DHCP6_REQUEST)
			turn(l, k, DHCP6_SOLICIT, now);
	} else if (r->type == DHCP6_REPLY) {
		if (s->asking)
			bound(l, k, r, now);
	} else if (s->asking == DHCP6_SOLICIT) {
		s->got = *r;
		/* not yet an address of ours */
		s->got.lease.from = LEASE_NONE;
		turn(l, k, DHCP6_REQUEST, now);
		ask(l, k, now);
		s->next_ms = now + LAN_ASK_MS;
	}
}

static void advertised(struct lan *l, struct lan_link *k,
		       const struct news *news, uint64_t now)
{
	struct lan6 *s = &k->six;
	bool first = !s->has_ra;

	s->ra = news->ra;
	s->has_ra = true;
	if (first)
		s->ra_ms = now;
	if (s->ra.lifetime)
		memcpy(s->router, news->from.ip6, IP6_SIZE);
	if (s->asking || s->handed_out)
		return;
	if (s->ra.managed)
		turn(l, k, DHCP6_SOLICIT, now);
	else if (s->ra.other)
		turn(l, k, DHCP6_INFORMATION, now);
}

void lan6_heard(struct lan *l, struct lan_link *k, const struct news *news)
{
	uint64_t now = clock_ms();

	if (!k->use || !lan_wants6(k))
		return;
	if (news->kind == NEWS_RA)
		advertised(l, k, news, now);
	else
		dhcp6(l, k, &news->dhcp6, now);
}

bool lan6_ready(const struct lan_link *k, uint64_t now)
{
	const struct lan6 *s = &k->six;
	bool stateful = s->ra.managed || (k->how && k->how->ip == IP_DHCP6);

	if (s->lease.from == LEASE_NONE || !k->carrier_ms)
		return false;
	if (s->lease.from == LEASE_STATIC)
		return true;
	/* an address of DHCPv6, where there is to be one */
	if (s->lease.from == LEASE_RA && stateful &&
	    now - s->lease_ms < LAN_STATEFUL_MS)
		return false;
	return s->lease.n_dns || now - s->lease_ms >= LAN_DNS6_MS;
}

void lan6_fix(struct lan *l, struct lan_link *k, const struct lease6 *given)
{
	int ret = netlink_addr(k->nic.index, AF_INET6, given->addr,
			       given->prefix);

	k->six.got.lease = *given;
	memcpy(k->six.router, given->router, IP6_SIZE);
	if (!ret && !ip6_none(given->router))
		ret = netlink_route(k->nic.index, AF_INET6, NULL, 0,
				    given->router, 0);
	if (ret)
		console_say("address %s: %s", k->nic.name, strerror(-ret));
}
