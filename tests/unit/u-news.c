// SPDX-License-Identifier: MIT
/* u-news.c - what a frame is taken for, and for whom. */
#include "format/news.h"
#include "unit.h"

static const struct news_for who = {
	.mac = {2, 0, 0, 0, 0, 1}, .xid4 = 7, .xid6 = 0x55};
static uint8_t buf[FRAME_MAX + 1];
static struct news news;

static enum news_kind kind(size_t n)
{
	news_read(&news, &who, buf, n);
	CHECK_INT(news.kind == NEWS_BAD, news.why[0] != 0);
	return news.kind;
}

/* Headers, and the payload that stands behind them. */
static size_t wrap(size_t (*put)(uint8_t *, size_t, const struct frame_end *,
				 const struct frame_end *),
		   size_t n, uint16_t from_port, uint16_t to_port)
{
	struct frame_end from = {.mac = {2, 0, 0, 0, 0, 9},
				 .ip = 0x0a000001,
				 .ip6 = {0xfe, 0x80, [15] = 9},
				 .port = from_port};
	struct frame_end to = {.ip = UINT32_MAX, .port = to_port};

	return put(buf, n, &from, &to);
}

static size_t offer(void)
{
	static const uint8_t options[] = {53, 1, 2, 54, 4, 10, 0, 0, 1, 255};
	uint8_t *p = buf + FRAME_UDP4_HEAD;

	memset(buf, 0, sizeof(buf));
	memcpy(p, "\2\1\6", 3);
	put_be32(p + 4, who.xid4);
	put_be32(p + 16, 0x0a000005);
	memcpy(p + 28, who.mac, 6);
	put_be32(p + 236, 0x63825363);
	memcpy(p + 240, options, sizeof(options));
	return wrap(frame_udp4, 240 + sizeof(options), DHCP4_SERVER,
		    DHCP4_CLIENT);
}

static void dhcp4(void)
{
	size_t n = offer();

	CHECK_INT(kind(n), NEWS_DHCP4);
	CHECK_INT(news.dhcp4.type, DHCP4_OFFER);
	CHECK_INT(news.from.ip, 0x0a000001);
	CHECK_INT(news.from.mac[5], 9);
	buf[FRAME_UDP4_HEAD + 7] = 8; /* another's question */
	CHECK_INT(kind(n), NEWS_NONE);
	n = offer();
	put_be16(buf + 36, 69);
	CHECK_INT(kind(n), NEWS_NONE);
	n = offer();
	buf[FRAME_UDP4_HEAD + 244] = 200; /* an option past the end */
	CHECK_INT(kind(n), NEWS_BAD);
}

static size_t advertise(uint16_t from_port, uint16_t to_port)
{
	static const char text[] = "\2\0\0\x55\0\1\0\x0a\0\3\0\1\2\0\0\0\0\1"
				   "\0\2\0\6server";

	memcpy(buf + FRAME_UDP6_HEAD, text, sizeof(text) - 1);
	return wrap(frame_udp6, sizeof(text) - 1, from_port, to_port);
}

static void dhcp6(void)
{
	CHECK_INT(kind(advertise(DHCP6_SERVER, DHCP6_CLIENT)), NEWS_DHCP6);
	CHECK_INT(news.dhcp6.type, DHCP6_ADVERTISE);
	CHECK_INT(kind(advertise(DHCP6_CLIENT, DHCP6_CLIENT)), NEWS_NONE);
	CHECK_INT(kind(advertise(DHCP6_SERVER, DHCP6_SERVER)), NEWS_NONE);
	CHECK_INT(kind(advertise(DHCP6_SERVER, DHCP6_CLIENT) - 1), NEWS_NONE);
}

static size_t router(void)
{
	memset(buf, 0, sizeof(buf));
	buf[FRAME_IP6_HEAD] = 134;
	buf[FRAME_IP6_HEAD + 5] = 0x80;
	return wrap(frame_icmp6, 16, 0, 0);
}

static void routers(void)
{
	size_t n = router();

	CHECK_INT(kind(n), NEWS_RA);
	CHECK(news.ra.managed);
	buf[FRAME_HEAD + 7] = 254; /* it came over a router */
	CHECK_INT(kind(n), NEWS_BAD);
	router();
	buf[FRAME_HEAD + 8] = 0x20;
	CHECK_INT(kind(n), NEWS_BAD);
	CHECK_STR(news.why, "advertisement from afar");
	router();
	buf[FRAME_IP6_HEAD] = 135; /* a neighbour's question */
	CHECK_INT(kind(n), NEWS_NONE);
}

static void others(void)
{
	struct frame_arp a = {.ip = 0x0a000009};
	static const uint8_t bpdu[] = {1, 0x80, 0xc2, 0, 0,  0,	   2,	 0, 0,
				       0, 0,	9,    0, 38, 0x42, 0x42, 3};

	frame_arp_put(buf, &a, NULL);
	CHECK_INT(kind(FRAME_ARP_SIZE), NEWS_ARP);
	CHECK_INT(news.arp.ip, a.ip);
	CHECK_INT(kind(FRAME_HEAD), NEWS_NONE);
	memset(buf, 0, sizeof(buf));
	memcpy(buf, bpdu, sizeof(bpdu));
	put_be16(buf + 17 + 33, 15 * 256);
	CHECK_INT(kind(60), NEWS_SWPORT);
	CHECK_INT(news.swport.state, SWPORT_TIMED);
	put_be16(buf + 12, 0x88cc);
	CHECK_INT(kind(60), NEWS_NONE);
}

static void sizes(void)
{
	size_t n = offer();

	CHECK_INT(kind(FRAME_MAX), NEWS_DHCP4);
	CHECK_INT(kind(FRAME_MAX + 1), NEWS_NONE);
	while (n--)
		CHECK_INT(kind(n), NEWS_NONE);
}

UNIT_MAIN(UNIT_CASE(dhcp4), UNIT_CASE(dhcp6), UNIT_CASE(routers),
	  UNIT_CASE(others), UNIT_CASE(sizes))
