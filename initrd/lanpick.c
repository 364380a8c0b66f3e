// SPDX-License-Identifier: MIT
/*
 * lanpick.c - which link is to be used, and the lease that PID 1 and the
 * booted system are given.
 */
#include <sys/socket.h>
#include "console.h"
#include "file.h"
#include "format/url.h"
#include "lanlink.h"
#include "netlink.h"

/* What the mirrors ask of a network. */
struct need {
	bool four, six; /* families they can be reached over */
	bool names;
	uint32_t host; /* one of them, 0: none is an IPv4 address */
};

static void need_of(const struct lan *l, struct need *o)
{
	const struct bootargs *a = &l->b->args;
	const struct policy *p = &l->b->policy;
	unsigned int n = a->n_urls ? a->n_urls : p->n_urls;
	struct url u;

	*o = (struct need){!n, !n, !n, 0};
	for (unsigned int i = 0; i < n; i++) {
		if (url_parse(&u, a->n_urls ? a->urls[i] : p->urls[i], NULL) ||
		    !u.numeric) {
			*o = (struct need){true, true, true, 0};
			return;
		}
		if (!strchr(u.host, ':'))
			o->four = !lease_ipv4(text_span(u.host), &o->host);
		else
			o->six = true;
	}
}

/* Has the offer what it takes to reach the mirrors? */
static bool complete(const struct lan *l, const struct lease *f)
{
	struct need need;
	uint32_t mask = UINT32_MAX << (32 - f->prefix);

	need_of(l, &need);
	if (need.names && !f->n_dns && !l->b->args.n_ns)
		return false;
	return f->router ||
	       (need.host && (need.host & mask) == (f->addr & mask));
}

static unsigned int worth(const struct lan *l, const struct lan_link *k)
{
	const struct lease *f = &k->four.got.lease;

	return (lan_is_bootif(l, k) ? 8 : 0) + (complete(l, f) ? 4 : 0) +
	       (f->router ? 2 : 0) + (f->n_dns ? 1 : 0);
}

/* May @k's offer be taken, or is there something better to hope for? */
static bool ripe(const struct lan *l, const struct lan_link *k, uint64_t now)
{
	uint64_t wait = LAN_BOOTIF_MS;

	if (!complete(l, &k->four.got.lease) &&
	    now - k->four.offer_ms < LAN_OFFER_MS)
		return false;
	if (!l->b->args.has_bootif || lan_is_bootif(l, k))
		return true;
	for (unsigned int i = 0; i < l->n; i++)
		if (lan_is_bootif(l, &l->links[i]) &&
		    lan_port_blocked(&l->links[i], now))
			wait = LAN_BLOCKED_MS;
	return now - l->first_ms >= wait;
}

static void pick4(struct lan *l, uint64_t now)
{
	struct lan_link *best = NULL;

	for (unsigned int i = 0; i < l->n; i++) {
		struct lan_link *k = &l->links[i];

		if (l->chosen && l->chosen != k)
			continue;
		/* one exchange at a time, so that no server gives in vain */
		if (k->four.state == LAN4_REQUEST ||
		    (k->four.state == LAN4_CHECK && !k->four.fixed))
			return;
		if (k->use && k->carrier_ms && k->four.state == LAN4_ASK &&
		    k->four.got.type && ripe(l, k, now) &&
		    (!best || worth(l, k) > worth(l, best)))
			best = k;
	}
	if (best)
		lan4_take(l, best, now);
}

static bool answered4(const struct lan *l)
{
	for (unsigned int i = 0; i < l->n; i++)
		if (l->links[i].four.got.type)
			return true;
	return false;
}

/* IPv4 comes first where it comes in time, or where it is needed. */
static bool awaits4(const struct lan *l, const struct lan_link *k, uint64_t now)
{
	struct need need;

	need_of(l, &need);
	if (!lan_wants4(k) || !need.four || k->six.lease.from == LEASE_STATIC)
		return false;
	return !need.six || answered4(l) || now - k->carrier_ms < LAN_ONLY6_MS;
}

static void pick6(struct lan *l, uint64_t now)
{
	for (unsigned int i = 0; i < l->n; i++) {
		struct lan_link *k = &l->links[i];

		if (!k->use || !lan6_ready(k, now))
			continue;
		if (!l->six_ms)
			l->six_ms = now;
		if (awaits4(l, k, now) ||
		    (l->b->args.has_bootif && !lan_is_bootif(l, k) &&
		     now - l->six_ms < LAN_BOOTIF_MS))
			continue;
		l->chosen = k;
		return;
	}
}

void lan_pick(struct lan *l, uint64_t now)
{
	if (!l->chosen || l->chosen->four.state != LAN4_BOUND)
		pick4(l, now);
	if (!l->chosen)
		pick6(l, now);
}

/* Those of the command line belong to an address from there. */
static void add_ns(const struct bootargs *a, struct lease *o)
{
	for (unsigned int i = 0; i < a->n_ns; i++) {
		if (o->n_dns < LEASE_DNS_MAX &&
		    !lease_ipv4(a->ns[i], &o->dns[o->n_dns]))
			o->n_dns++;
		else if (o->six.n_dns < LEASE_DNS_MAX &&
			 !ip6_parse(a->ns[i], o->six.dns[o->six.n_dns]))
			o->six.n_dns++;
	}
}

static void compose(const struct lan *l, struct lease *o, uint64_t now)
{
	const struct lan_link *k = l->chosen;
	bool four = k->four.state == LAN4_BOUND;

	memset(o, 0, sizeof(*o));
	if (four)
		*o = k->four.got.lease;
	else
		o->since = now / 1000;
	memcpy(o->ifname, k->nic.name, sizeof(o->ifname));
	o->six = k->six.lease;
	if (!o->search[0])
		memcpy(o->search,
		       k->six.got.search[0] ? k->six.got.search
					    : k->six.ra.search,
		       sizeof(o->search));
	if (!o->hostname[0] && k->how && k->how->host.n)
		lease_set(o, "hostname", k->how->host);
	if ((four && o->from == LEASE_STATIC) || o->six.from == LEASE_STATIC)
		add_ns(&l->b->args, o);
}

static void put_routes(const struct lan *l)
{
	const struct bootargs *a = &l->b->args;

	for (unsigned int i = 0; i < a->n_routes; i++) {
		const struct bootargs_route *r = &a->routes[i];
		int index = l->chosen->nic.index, ret;

		for (unsigned int j = 0; j < l->n; j++)
			if (r->dev.n && span_is(r->dev, l->links[j].nic.name))
				index = l->links[j].nic.index;
		ret = netlink_route(index, r->six ? AF_INET6 : AF_INET, r->net,
				    r->prefix, r->gw, 0);
		if (ret)
			console_say("rd.route: %s", strerror(-ret));
	}
}

/* Over what the mirrors are reached by; the other may come later. */
static bool enough(const struct lan *l, const struct lease *o, uint64_t now)
{
	struct need need;

	need_of(l, &need);
	return need.four || o->six.from != LEASE_NONE ||
	       now - l->start_ms > LAN_STATEFUL_MS;
}

static void say(const struct lease *o)
{
	char four[16] = "", six[IP6_TEXT_MAX] = "";

	if (o->addr) {
		lease_ipv4_print(four, o->addr);
		console_say("address %s/%u on %s%s%s", four, o->prefix,
			    o->ifname, o->hostname[0] ? " as " : "",
			    o->hostname);
	}
	if (o->six.from != LEASE_NONE) {
		ip6_print(six, o->six.addr);
		console_say("address %s/%u on %s", six, o->six.prefix,
			    o->ifname);
	}
}

/* Is what IPv6 has the same, but for when it was asked for? */
static bool same(const struct lease *a, const struct lease *b)
{
	struct lease x = *a;

	if (!a->addr)
		x.since = b->since;
	return !memcmp(&x, b, sizeof(x));
}

static bool keep(struct lan *l, const struct lease *o)
{
	static char text[LEASE_SIZE_MAX];
	const struct lease before = l->lease;
	int n = lease_print(o, text, sizeof(text));

	if (n < 0 || file_write(LAN_LEASE, text, n, 0644)) {
		if (!l->unwritten)
			console_say("address: " LAN_LEASE " cannot be written");
		l->unwritten = true;
		return false;
	}
	if (o->addr != before.addr ||
	    memcmp(o->six.addr, before.six.addr, IP6_SIZE))
		say(o);
	if (!before.ifname[0])
		put_routes(l);
	l->lease = *o;
	return true;
}

void lan_publish(struct lan *l, uint64_t now)
{
	struct lease o;

	if (!l->chosen)
		return;
	compose(l, &o, now);
	/* an address that was taken back: the next one will be told */
	if (lease_check(&o, NULL))
		return;
	if (!same(&o, &l->lease) && !keep(l, &o))
		return;
	if (enough(l, &o, now))
		l->status->ready = true;
}
