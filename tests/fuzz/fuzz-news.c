// SPDX-License-Identifier: MIT
/*
 * fuzz-news.c - what a frame is taken for holds the rules of its kind: a lease
 * prints and parses back, no name could be more than a name, an answer to an
 * aggregate's port is itself one that agrees; and the same frame, in another
 * place of memory, means the same.
 */
#include "format/news.h"
#include "fuzz.h"

static const struct news_for who = {
	.mac = {2, 0, 0, 0, 0, 1}, .xid4 = 0x11223344, .xid6 = 0x556677};

static void check_dhcp4(const struct dhcp4_reply *r)
{
	static char text[LEASE_SIZE_MAX];
	struct lease l = r->lease, again;
	int n;

	NEED(strlen(r->missed) < sizeof(r->missed));
	NEED(r->type == DHCP4_OFFER || r->type == DHCP4_ACK ||
	     r->type == DHCP4_NAK);
	if (r->type == DHCP4_NAK)
		return;
	NEED(!l.ifname[0] && l.from == LEASE_DHCP && l.server);
	NEED(!r->t1 || !l.seconds || r->t1 < l.seconds);
	NEED(!r->t2 || (l.seconds && r->t2 < l.seconds && r->t1 < r->t2));
	memcpy(l.ifname, "e", 2);
	n = lease_print(&l, text, sizeof(text));
	NEED(n > 0);
	NEED(!lease_parse(&again, (struct span){text, n}, NULL));
	NEED(!memcmp(&l, &again, sizeof(l)));
}

static void check_names(const char *s, size_t size)
{
	struct span rest = {s, strnlen(s, size)}, one;

	NEED(rest.n < size);
	while (text_field(&rest, &one))
		NEED(lease_name_ok(one));
}

static void check_dhcp6(const struct dhcp6_reply *r)
{
	const struct lease6 *l = &r->lease;

	NEED(r->type == DHCP6_ADVERTISE || r->type == DHCP6_REPLY);
	NEED(l->n_server && l->n_server <= LEASE_DUID_MAX);
	NEED(l->n_dns <= LEASE_DNS_MAX && l->iaid);
	NEED(l->from == LEASE_NONE ||
	     (l->from == LEASE_DHCP && l->prefix == 128 && ip6_host(l->addr) &&
	      !ip6_link_local(l->addr)));
	NEED(!r->t1 || !l->valid || r->t1 < l->valid);
	for (unsigned int i = 0; i < l->n_dns; i++)
		NEED(ip6_host(l->dns[i]));
	check_names(r->search, sizeof(r->search));
}

static void check_ra(const struct dhcp6_ra *r, const struct frame_end *from)
{
	NEED(ip6_link_local(from->ip6));
	NEED(r->n_dns <= LEASE_DNS_MAX);
	NEED(!r->mtu || (r->mtu >= 1280 && r->mtu <= 9216));
	for (unsigned int i = 0; i < r->n_dns; i++)
		NEED(ip6_host(r->dns[i]));
	check_names(r->search, sizeof(r->search));
}

static void check_swport(const struct swport *s)
{
	uint8_t buf[SWPORT_LACP_SIZE];
	char why[SWPORT_TEXT];
	struct swport again;

	NEED(s->state > SWPORT_UNKNOWN && s->state <= SWPORT_LACP);
	NEED(s->delay_ms <= 120000);
	swport_why(s, 1000, why);
	NEED(strlen(why) < sizeof(why));
	swport_why(s, UINT64_MAX / 2, why);
	NEED(s->state != SWPORT_OPEN || !why[0]);
	swport_answer(s, who.mac, buf);
	NEED(!swport_get(&again, buf, sizeof(buf), NULL));
	NEED(again.state == SWPORT_OPEN);
	NEED(!memcmp(again.lacp + 22, s->lacp + 2, 18));
}

static void check(const struct news *n)
{
	switch (n->kind) {
	case NEWS_BAD:
		NEED(n->why[0] && strlen(n->why) < sizeof(n->why));
		break;
	case NEWS_DHCP4:
		check_dhcp4(&n->dhcp4);
		break;
	case NEWS_DHCP6:
		check_dhcp6(&n->dhcp6);
		break;
	case NEWS_RA:
		check_ra(&n->ra, &n->from);
		break;
	case NEWS_SWPORT:
		check_swport(&n->swport);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct news one, two;
	uint8_t *copy = malloc(size + 1);

	NEED(copy);
	memcpy(copy, data, size);
	news_read(&one, &who, data, size);
	news_read(&two, &who, copy, size);
	free(copy);
	NEED(!memcmp(&one, &two, sizeof(one)));
	check(&one);
	return 0;
}
