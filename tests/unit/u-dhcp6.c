// SPDX-License-Identifier: MIT
/* u-dhcp6.c - DHCPv6 and router advertisements, each way. */
#include "format/dhcp6.h"
#include "format/frame.h"
#include "unit.h"

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
static uint8_t msg[400];
static size_t len;

static void add(uint16_t code, const void *p, uint16_t n)
{
	put_be16(msg + len, code);
	put_be16(msg + len + 2, n);
	memcpy(msg + len + 4, p, n);
	len += 4u + n;
}

static void begin(enum dhcp6_type type)
{
	memset(msg, 0, sizeof(msg));
	put_be32(msg, 0x55);
	msg[0] = type;
	len = 4;
	add(1, "\0\3\0\1\2\0\0\0\0\1", 10);
	add(2, "server", 6);
}

static void add_ia(uint32_t preferred, uint32_t valid, uint32_t t1)
{
	uint8_t ia[40] = {0, 0, 0, 1};

	put_be32(ia + 4, t1);
	put_be32(ia + 8, 400);
	put_be16(ia + 12, 5);
	put_be16(ia + 14, 24);
	ia[16] = 0xfd;
	ia[31] = 7;
	put_be32(ia + 32, preferred);
	put_be32(ia + 36, valid);
	add(3, ia, sizeof(ia));
}

static int get(struct dhcp6_reply *r)
{
	return dhcp6_get(r, (struct span){(char *)msg, len}, 0x55, mac, NULL);
}

static void asks(void)
{
	struct dhcp6_ask a = {.type = DHCP6_SOLICIT, .xid = 0xff000055};
	uint8_t buf[DHCP6_ASK_MAX];
	size_t n;

	memcpy(a.mac, mac, 6);
	n = dhcp6_put(buf, &a);
	CHECK(!memcmp(buf, "\1\0\0\x55\0\1\0\x0a\0\3\0\1\2\0\0\0\0\1", 18));
	CHECK_INT(n, 4 + 14 + 6 + 16 + 4 + 8);
	a.type = DHCP6_INFORMATION;
	CHECK_INT(dhcp6_put(buf, &a), 4 + 14 + 6 + 8);
	a.type = DHCP6_RENEW;
	a.addr[0] = 0xfd;
	a.n_server = LEASE_DUID_MAX;
	CHECK_INT(dhcp6_put(buf, &a), 4 + 14 + 6 + 44 + 8 + 4 + 128);
	CHECK_INT(dhcp6_solicit(buf, NULL), 8);
	CHECK_INT(dhcp6_solicit(buf, mac), 16);
	CHECK_INT(buf[0], 133);
}

static void answers(void)
{
	static const uint8_t dns[32] = {0xfd, [15] = 0x53, [16] = 0xff};
	struct dhcp6_reply r;
	uint8_t iaid_one[6] = {2, 0, 0, 0, 0, 1};

	CHECK_INT(dhcp6_iaid(iaid_one), 1);
	begin(DHCP6_REPLY);
	add_ia(300, 600, 100);
	add(23, dns, sizeof(dns));
	add(24, "\3net\3org\0", 9);
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.lease.from, LEASE_DHCP);
	CHECK_INT(r.lease.prefix, 128);
	CHECK_INT(r.lease.valid, 600);
	CHECK_INT(r.lease.preferred, 300);
	CHECK_INT(r.t1, 100);
	CHECK_INT(r.t2, 400);
	/* multicast is no name server */
	CHECK_INT(r.lease.n_dns, 1);
	CHECK_STR(r.search, "net.org");
	CHECK(r.lease.n_server == 6 && !memcmp(r.lease.server, "server", 6));
	for (; len; len--)
		if (get(&r) == 0)
			CHECK(r.lease.n_server);
}

static void refused(void)
{
	struct dhcp6_reply r;

	begin(DHCP6_ADVERTISE);
	add_ia(600, 300, 0); /* preferred for longer than valid */
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.lease.from, LEASE_NONE);
	begin(DHCP6_ADVERTISE);
	add_ia(0, 0, 0);
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.lease.from, LEASE_NONE);
	begin(DHCP6_ADVERTISE);
	add(13, "\0\2none", 6);
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.status, 2);
	begin(DHCP6_SOLICIT);
	CHECK_INT(get(&r), -ENOENT);
	begin(DHCP6_REPLY);
	msg[3] = 0x56;
	CHECK_INT(get(&r), -ENOENT);
	begin(DHCP6_REPLY);
	msg[17] = 2; /* another's DUID */
	CHECK_INT(get(&r), -ENOENT);
	begin(DHCP6_REPLY);
	add(2, "server", 6);
	CHECK_INT(get(&r), -EBADMSG);
	begin(DHCP6_REPLY);
	put_be16(msg + 20, 300);
	CHECK_INT(get(&r), -EBADMSG);
	begin(DHCP6_REPLY);
	len = 18;
	CHECK_INT(get(&r), -EBADMSG);
}

static void routers(void)
{
	static const uint8_t ra[] = {
		134, 0, 0,    0,  64,	0xc0, 7,   8,	0, 0, 0, 0,  0, 0, 0,
		0,   3, 4,    64, 0x40, 0,    0,   1,	0, 0, 0, 1,  0, 0, 0,
		0,   0, 0xfd, 0,  0,	0,    0,   0,	0, 0, 0, 0,  0, 0, 0,
		0,   0, 0,    5,  1,	0,    0,   0,	0, 5, 0, 31, 2, 0, 0,
		0,   0, 0,    9,  3,	'n',  'e', 't', 0, 0, 0, 0};
	struct dhcp6_ra r;
	uint8_t copy[sizeof(ra)];
	size_t n;

	CHECK_INT(dhcp6_ra_get(&r, (struct span){(char *)ra, sizeof(ra)}, NULL),
		  0);
	CHECK(r.managed && r.other && r.prefix);
	CHECK_INT(r.lifetime, 0x708);
	CHECK_INT(r.mtu, 1280);
	CHECK_STR(r.search, "net");
	for (n = 0; n < sizeof(ra); n++) {
		bool whole = n == 16 || n == 48 || n == 56;

		CHECK_INT(dhcp6_ra_get(&r, (struct span){(char *)ra, n}, NULL),
			  whole ? 0 : -EBADMSG);
	}
	memcpy(copy, ra, sizeof(ra));
	copy[17] = 0;
	CHECK_INT(dhcp6_ra_get(&r, (struct span){(char *)copy, sizeof(copy)},
			       NULL),
		  -EBADMSG);
	memcpy(copy, ra, sizeof(ra));
	copy[54] = 4; /* an MTU that is none of IPv6's */
	CHECK_INT(dhcp6_ra_get(&r, (struct span){(char *)copy, sizeof(copy)},
			       NULL),
		  0);
	CHECK_INT(r.mtu, 0);
}

static void router_dns(void)
{
	/* two servers, of which one is a multicast group, for 256 s */
	static const uint8_t ra[] = {
		134,	     [16] = 25, 5,	     [22] = 1,
		[24] = 0xfd, [39] = 1,	[40] = 0xff, [55] = 2};
	struct dhcp6_ra r;
	uint8_t copy[sizeof(ra)];

	memcpy(copy, ra, sizeof(ra));
	CHECK_INT(dhcp6_ra_get(&r, (struct span){(char *)copy, sizeof(copy)},
			       NULL),
		  0);
	CHECK_INT(r.n_dns, 1);
	CHECK(!memcmp(r.dns[0], ra + 24, IP6_SIZE));
	copy[22] = 0; /* no longer to be used */
	CHECK_INT(dhcp6_ra_get(&r, (struct span){(char *)copy, sizeof(copy)},
			       NULL),
		  0);
	CHECK_INT(r.n_dns, 0);
}

UNIT_MAIN(UNIT_CASE(asks), UNIT_CASE(answers), UNIT_CASE(refused),
	  UNIT_CASE(routers), UNIT_CASE(router_dns))
