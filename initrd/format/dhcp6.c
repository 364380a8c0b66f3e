// SPDX-License-Identifier: MIT
/* dhcp6.c - DHCPv6 as a client speaks it. */
#include "format/dhcp4.h"
#include "format/dhcp6.h"
#include "format/frame.h"

#define DHCP6_HEAD 4
#define DHCP6_IA   12 /* id, T1, T2 */
#define DHCP6_ADDR 24 /* address, two lifetimes */

enum dhcp6_option {
	OPT_CLIENT = 1,
	OPT_SERVER = 2,
	OPT_IA_NA = 3,
	OPT_IAADDR = 5,
	OPT_ASKED = 6,
	OPT_PREFERENCE = 7,
	OPT_ELAPSED = 8,
	OPT_STATUS = 13,
	OPT_RAPID = 14,
	OPT_DNS = 23,
	OPT_SEARCH = 24,
};

uint32_t dhcp6_iaid(const uint8_t mac[6])
{
	uint32_t id = get_be32(mac + 2);

	return id ? id : 1;
}

/* Built from the card alone, so that it is the same in every boot. */
static void dhcp6_duid(uint8_t out[DHCP6_DUID_SIZE], const uint8_t mac[6])
{
	put_be16(out, 3);
	put_be16(out + 2, 1);
	memcpy(out + 4, mac, 6);
}

static uint8_t *dhcp6_opt(uint8_t *p, uint16_t code, const void *v, size_t n)
{
	put_be16(p, code);
	put_be16(p + 2, n);
	memcpy(p + 4, v, n);
	return p + 4 + n;
}

static uint8_t *dhcp6_put_ia(uint8_t *p, const struct dhcp6_ask *a)
{
	uint8_t ia[DHCP6_IA + 4 + DHCP6_ADDR] = {0};
	bool known = !ip6_none(a->addr);

	put_be32(ia, dhcp6_iaid(a->mac));
	put_be16(ia + DHCP6_IA, OPT_IAADDR);
	put_be16(ia + DHCP6_IA + 2, DHCP6_ADDR);
	memcpy(ia + DHCP6_IA + 4, a->addr, IP6_SIZE);
	return dhcp6_opt(p, OPT_IA_NA, ia, known ? sizeof(ia) : DHCP6_IA);
}

size_t dhcp6_put(uint8_t *buf, const struct dhcp6_ask *a)
{
	static const uint8_t asked[] = {0, OPT_DNS, 0, OPT_SEARCH};
	uint8_t duid[DHCP6_DUID_SIZE], elapsed[2], *p = buf + DHCP6_HEAD;

	put_be32(buf, a->xid);
	buf[0] = a->type;
	dhcp6_duid(duid, a->mac);
	put_be16(elapsed, a->elapsed);
	p = dhcp6_opt(p, OPT_CLIENT, duid, sizeof(duid));
	if (a->n_server)
		p = dhcp6_opt(p, OPT_SERVER, a->server, a->n_server);
	p = dhcp6_opt(p, OPT_ELAPSED, elapsed, sizeof(elapsed));
	if (a->type != DHCP6_INFORMATION)
		p = dhcp6_put_ia(p, a);
	if (a->type == DHCP6_SOLICIT)
		p = dhcp6_opt(p, OPT_RAPID, "", 0);
	if (a->type != DHCP6_DECLINE)
		p = dhcp6_opt(p, OPT_ASKED, asked, sizeof(asked));
	return p - buf;
}

/* Cut the next option off *@rest; 1, 0 at the end, or -EBADMSG. */
static int dhcp6_next(struct span *rest, uint16_t *code, struct span *v)
{
	uint16_t n;

	if (!rest->n)
		return 0;
	if (rest->n < 4)
		return -EBADMSG;
	*code = get_be16(rest->p);
	n = get_be16(rest->p + 2);
	if (n > rest->n - 4)
		return -EBADMSG;
	*v = (struct span){rest->p + 4, n};
	rest->p += 4 + n;
	rest->n -= 4 + n;
	return 1;
}

/* The first address that is one and has time left. */
static void dhcp6_addr(struct dhcp6_reply *r, struct span v)
{
	const uint8_t *p = (const uint8_t *)v.p;
	uint32_t preferred, valid;

	if (v.n < DHCP6_ADDR || r->lease.from != LEASE_NONE || !ip6_host(p) ||
	    ip6_link_local(p))
		return;
	preferred = get_be32(p + 16);
	valid = get_be32(p + 20);
	if (!valid || preferred > valid)
		return;
	r->lease.from = LEASE_DHCP;
	memcpy(r->lease.addr, p, IP6_SIZE);
	r->lease.prefix = 128;
	r->lease.valid = valid == UINT32_MAX ? 0 : valid;
	r->lease.preferred = preferred == UINT32_MAX ? 0 : preferred;
}

static int dhcp6_ia(struct dhcp6_reply *r, struct span v, uint32_t iaid)
{
	struct span rest = {v.p + DHCP6_IA, v.n - DHCP6_IA}, one;
	uint16_t code;
	int ret;

	if (v.n < DHCP6_IA)
		return -EBADMSG;
	if (get_be32(v.p) != iaid)
		return 0;
	r->t1 = get_be32(v.p + 4);
	r->t2 = get_be32(v.p + 8);
	while ((ret = dhcp6_next(&rest, &code, &one)) > 0) {
		if (code == OPT_IAADDR)
			dhcp6_addr(r, one);
		if (code == OPT_STATUS && one.n >= 2)
			r->status = get_be16(one.p);
	}
	return ret;
}

static void dhcp6_dns(struct lease6 *l, struct span v)
{
	const uint8_t *p = (const uint8_t *)v.p;

	for (size_t i = 0; i + IP6_SIZE <= v.n && l->n_dns < LEASE_DNS_MAX;
	     i += IP6_SIZE)
		if (ip6_host(p + i))
			memcpy(l->dns[l->n_dns++], p + i, IP6_SIZE);
}

struct dhcp6_seen {
	bool client, server;
};

static int dhcp6_option(struct dhcp6_reply *r, struct dhcp6_seen *seen,
			const uint8_t mac[6], uint16_t code, struct span v)
{
	uint8_t duid[DHCP6_DUID_SIZE];

	switch (code) {
	case OPT_CLIENT:
		dhcp6_duid(duid, mac);
		seen->client = v.n == sizeof(duid) && !memcmp(v.p, duid, v.n);
		return seen->client ? 0 : -ENOENT;
	case OPT_SERVER:
		if (!v.n || v.n > LEASE_DUID_MAX || seen->server)
			return -EBADMSG;
		seen->server = true;
		memcpy(r->lease.server, v.p, v.n);
		r->lease.n_server = v.n;
		return 0;
	case OPT_IA_NA:
		return dhcp6_ia(r, v, dhcp6_iaid(mac));
	case OPT_PREFERENCE:
		r->preference = v.n == 1 ? (uint8_t)v.p[0] : 0;
		return 0;
	case OPT_STATUS:
		if (v.n >= 2)
			r->status = get_be16(v.p);
		return 0;
	case OPT_DNS:
		dhcp6_dns(&r->lease, v);
		return 0;
	case OPT_SEARCH:
		dhcp4_search(r->search, v);
		return 0;
	default:
		return 0;
	}
}

/* T1 <= T2 <= the end, or they are not told (RFC 8415 14.2). */
static void dhcp6_times(struct dhcp6_reply *r)
{
	uint32_t end = r->lease.valid;

	if (r->t2 == UINT32_MAX || (end && r->t2 >= end))
		r->t2 = 0;
	if (r->t1 == UINT32_MAX || (end && r->t1 >= end) ||
	    (r->t2 && r->t1 > r->t2))
		r->t1 = 0;
}

int dhcp6_get(struct dhcp6_reply *r, struct span m, uint32_t xid,
	      const uint8_t mac[6], struct fault *f)
{
	struct dhcp6_seen seen = {false, false};
	struct span rest, v;
	uint16_t code;
	int ret;

	memset(r, 0, sizeof(*r));
	if (m.n < DHCP6_HEAD)
		return fault_set(f, -EBADMSG, "not a DHCPv6 answer", 0);
	r->type = (uint8_t)m.p[0];
	if ((r->type != DHCP6_ADVERTISE && r->type != DHCP6_REPLY) ||
	    (get_be32(m.p) & 0xffffff) != (xid & 0xffffff))
		return -ENOENT;
	rest = (struct span){m.p + DHCP6_HEAD, m.n - DHCP6_HEAD};
	while ((ret = dhcp6_next(&rest, &code, &v)) > 0) {
		ret = dhcp6_option(r, &seen, mac, code, v);
		if (ret)
			break;
	}
	if (ret == -ENOENT || (!ret && !seen.client))
		return -ENOENT;
	if (ret || !seen.server)
		return fault_set(f, -EBADMSG, "options out of bounds", 0);
	r->lease.iaid = dhcp6_iaid(mac);
	dhcp6_times(r);
	return 0;
}
