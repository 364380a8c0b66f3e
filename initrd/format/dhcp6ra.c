// SPDX-License-Identifier: MIT
/* dhcp6ra.c - what a router says about addresses and name servers. */
#include "format/dhcp4.h"
#include "format/dhcp6.h"
#include "format/frame.h"

#define RA_SIZE	   16
#define RA_MTU_MIN 1280
#define RA_MTU_MAX 9216

enum ra_type { RA_SOLICIT = 133, RA_ADVERTISE = 134 };

enum ra_option {
	RA_SOURCE = 1,
	RA_PREFIX = 3,
	RA_MTU = 5,
	RA_DNS = 25,
	RA_SEARCH = 31,
};

size_t dhcp6_solicit(uint8_t *buf, const uint8_t *mac)
{
	memset(buf, 0, DHCP6_RS_SIZE);
	buf[0] = RA_SOLICIT;
	if (!mac)
		return 8;
	buf[8] = RA_SOURCE;
	buf[9] = 1;
	memcpy(buf + 10, mac, 6);
	return DHCP6_RS_SIZE;
}

static void ra_dns(struct dhcp6_ra *r, const uint8_t *p, size_t n)
{
	size_t i;

	/* a lifetime of 0: no longer to be used */
	if (n < 8 || !get_be32(p + 4))
		return;
	for (i = 8; i + IP6_SIZE <= n && r->n_dns < LEASE_DNS_MAX;
	     i += IP6_SIZE)
		if (ip6_host(p + i))
			memcpy(r->dns[r->n_dns++], p + i, IP6_SIZE);
}

static void ra_search(struct dhcp6_ra *r, const uint8_t *p, size_t n)
{
	if (n <= 8 || !get_be32(p + 4))
		return;
	/* zeros fill the option up to a multiple of eight */
	while (n > 9 && !p[n - 1] && !p[n - 2])
		n--;
	dhcp4_search(r->search, (struct span){(const char *)p + 8, n - 8});
}

static void ra_option(struct dhcp6_ra *r, const uint8_t *p, size_t n)
{
	uint32_t mtu;

	switch (p[0]) {
	case RA_PREFIX:
		/* autonomous, of 64 bits, with time left */
		if (n == 32 && p[2] == 64 && p[3] & 0x40 && get_be32(p + 4))
			r->prefix = true;
		break;
	case RA_MTU:
		mtu = n == 8 ? get_be32(p + 4) : 0;
		if (mtu >= RA_MTU_MIN && mtu <= RA_MTU_MAX)
			r->mtu = mtu;
		break;
	case RA_DNS:
		ra_dns(r, p, n);
		break;
	case RA_SEARCH:
		ra_search(r, p, n);
		break;
	default:
		break;
	}
}

int dhcp6_ra_get(struct dhcp6_ra *r, struct span m, struct fault *f)
{
	const uint8_t *p = (const uint8_t *)m.p;
	size_t at = RA_SIZE;

	memset(r, 0, sizeof(*r));
	if (m.n < RA_SIZE || p[0] != RA_ADVERTISE || p[1])
		return fault_set(f, -EBADMSG, "not a router advertisement", 0);
	r->managed = p[5] & 0x80;
	r->other = p[5] & 0x40;
	r->lifetime = get_be16(p + 6);
	while (at < m.n) {
		size_t n = at + 1 < m.n ? 8u * p[at + 1] : 0;

		if (!n || n > m.n - at)
			return fault_set(f, -EBADMSG, "options out of bounds",
					 at);
		ra_option(r, p + at, n);
		at += n;
	}
	return 0;
}
