// SPDX-License-Identifier: MIT
/* case-news.c - frames of networks that lie: rows N6, N7, N12. */
#include <string.h>

#include "case-news.h"
#include "cases.h"
#include "format/news.h"

static const uint8_t server_mac[6] = {2, 0, 0, 0, 0, 9};
const struct news_for case_news_who = {
	.mac = {2, 0, 0, 0, 0, 1}, .xid4 = 0x11223344, .xid6 = 0x556677};

static void zeros(struct bytes *b, size_t n)
{
	bytes_set(b, "", 0);
	while (n--)
		bytes_add(b, "", 1);
}

/* Headers go before what stands in @b from @head on. */
static void wrap(struct bytes *b, size_t head,
		 size_t (*put)(uint8_t *, size_t, const struct frame_end *,
			       const struct frame_end *),
		 uint16_t from_port, uint16_t to_port)
{
	struct frame_end from = {.ip = 0x0a620001,
				 .ip6 = {0xfe, 0x80, [15] = 9},
				 .port = from_port};
	struct frame_end to = {.ip = UINT32_MAX,
			       .ip6 = {0xfe, 0x80, [15] = 1},
			       .port = to_port};

	memcpy(from.mac, server_mac, 6);
	memcpy(to.mac, case_news_who.mac, 6);
	put(b->p, b->n - head, &from, &to);
}

static void option(struct bytes *b, uint8_t code, uint8_t n, uint64_t v)
{
	uint8_t o[10] = {code, n};

	for (unsigned int i = 0; i < n; i++)
		o[2 + i] = v >> 8 * (n - 1 - i);
	bytes_add(b, o, 2u + n);
}

/* The message up to its options, which are the caller's. */
static void dhcp4_head(struct bytes *b, uint32_t addr)
{
	uint8_t *p;

	zeros(b, FRAME_UDP4_HEAD + 240);
	p = b->p + FRAME_UDP4_HEAD;
	p[0] = 2;
	p[1] = 1;
	p[2] = 6;
	put_be32(p + 4, case_news_who.xid4);
	put_be32(p + 16, addr);
	memcpy(p + 28, case_news_who.mac, 6);
	put_be32(p + 236, 0x63825363);
}

static void dhcp4_end(struct bytes *b)
{
	bytes_add(b, "\xff", 1);
	wrap(b, FRAME_UDP4_HEAD, frame_udp4, DHCP4_SERVER, DHCP4_CLIENT);
}

static void dhcp4_body(struct bytes *b, struct rng *r)
{
	dhcp4_head(b, 0x0a620000 + 2 + rng_below(r, 200));
	option(b, 53, 1, rng_below(r, 2) ? DHCP4_OFFER : DHCP4_ACK);
	option(b, 54, 4, 0x0a620001);
	option(b, 51, 4, 1 + rng_below(r, 1u << 30));
	option(b, 1, 4, 0xffffff00);
	if (rng_below(r, 2))
		option(b, 3, 4, 0x0a6200fe);
	if (rng_below(r, 2))
		option(b, 6, 8, 0x0a620001ull << 32 | 0x0a620002);
	if (rng_below(r, 2))
		bytes_add(b,
			  "\x0f\x0b"
			  "fleet.local",
			  13);
	if (rng_below(r, 2))
		bytes_add(b,
			  "\x77\x09\x03net\x03"
			  "org\x00",
			  11);
	if (rng_below(r, 2))
		option(b, 26, 2, rng_next(r));
	if (rng_below(r, 2))
		bytes_add(b, "\x79\x05\x00\x0a\x62\x00\x01", 7);
}

static void dhcp4(struct bytes *b, struct rng *r)
{
	dhcp4_body(b, r);
	dhcp4_end(b);
}

static void opt6(struct bytes *b, uint16_t code, const void *p, uint16_t n)
{
	uint8_t head[4];

	put_be16(head, code);
	put_be16(head + 2, n);
	bytes_add(b, head, 4);
	bytes_add(b, p, n);
}

static void dhcp6_body(struct bytes *b, struct rng *r, bool ours, bool server)
{
	uint8_t duid[10] = {0, 3, 0, 1}, ia[40] = {0};

	zeros(b, FRAME_UDP6_HEAD + 4);
	put_be32(b->p + FRAME_UDP6_HEAD, case_news_who.xid6);
	b->p[FRAME_UDP6_HEAD] = rng_below(r, 2) ? DHCP6_ADVERTISE : DHCP6_REPLY;
	memcpy(duid + 4, case_news_who.mac, 6);
	duid[9] ^= !ours;
	opt6(b, 1, duid, sizeof(duid));
	if (server)
		opt6(b, 2, "\0\3\0\1srv123", 10);
	put_be32(ia, dhcp6_iaid(case_news_who.mac));
	put_be16(ia + 12, 5);
	put_be16(ia + 14, 24);
	memcpy(ia + 16, "\xfd\x98\0\0\0\0\0\0\0\0\0\0\0\0\1", 15);
	ia[31] = 1 + rng_below(r, 200);
	put_be32(ia + 32, 300);
	put_be32(ia + 36, 600);
	opt6(b, 3, ia, sizeof(ia));
	if (rng_below(r, 2))
		opt6(b, 23, "\xfd\x98\0\0\0\0\0\0\0\0\0\0\0\0\0\x35", 16);
	if (rng_below(r, 2))
		opt6(b, 24, "\3net\3org\0", 9);
}

static void dhcp6_end(struct bytes *b)
{
	wrap(b, FRAME_UDP6_HEAD, frame_udp6, DHCP6_SERVER, DHCP6_CLIENT);
}

static void dhcp6(struct bytes *b, struct rng *r)
{
	dhcp6_body(b, r, true, true);
	dhcp6_end(b);
}

static void ra(struct bytes *b, struct rng *r)
{
	uint8_t prefix[32] = {3, 4, 64, 0xc0, 0, 0, 1, 0, 0, 0, 1};
	uint8_t dns[24] = {25, 3, 0, 0, 0, 0, 2, 0, 0xfd, 0x98};

	zeros(b, FRAME_IP6_HEAD + 16);
	b->p[FRAME_IP6_HEAD] = 134;
	b->p[FRAME_IP6_HEAD + 5] = rng_below(r, 256) & 0xc0;
	put_be16(b->p + FRAME_IP6_HEAD + 6, rng_next(r));
	prefix[16] = 0xfd;
	bytes_add(b, prefix, sizeof(prefix));
	dns[23] = 1 + rng_below(r, 200);
	bytes_add(b, dns, sizeof(dns));
	if (rng_below(r, 2))
		bytes_add(b, "\5\1\0\0\0\0\5\xdc", 8);
	wrap(b, FRAME_IP6_HEAD, frame_icmp6, 0, 0);
}

static void arp(struct bytes *b, struct rng *r)
{
	struct frame_arp a = {.reply = rng_below(r, 2),
			      .ip = rng_next(r),
			      .target = rng_next(r)};

	memcpy(a.mac, server_mac, 6);
	zeros(b, FRAME_ARP_SIZE);
	frame_arp_put(b->p, &a, case_news_who.mac);
}

static void stp(struct bytes *b, struct rng *r)
{
	static const uint8_t head[] = {1, 0x80, 0xc2, 0, 0,  0,	   2,	 0, 0,
				       0, 0,	9,    0, 38, 0x42, 0x42, 3};

	zeros(b, 60);
	memcpy(b->p, head, sizeof(head));
	b->p[17 + 2] = b->p[17 + 3] = rng_below(r, 2) ? 2 : 0;
	b->p[17 + 4] = rng_next(r);
	put_be16(b->p + 17 + 33, (4 + rng_below(r, 27)) * 256);
}

static void lacp(struct bytes *b, struct rng *r)
{
	struct swport s = {.lacp = {1, 20}};

	for (unsigned int i = 2; i < 20; i++)
		s.lacp[i] = rng_next(r);
	zeros(b, SWPORT_LACP_SIZE);
	swport_answer(&s, server_mac, b->p);
	b->p[14 + 18] = rng_next(r);
}

static void (*const kinds[])(struct bytes *b, struct rng *r) = {
	dhcp4, dhcp6, ra, arp, stp, lacp};

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	kinds[k % ARRAY_SIZE(kinds)](b, r);
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct news news;

	news_read(&news, &case_news_who, p, n);
	if (news.kind != NEWS_NONE && news.kind != NEWS_BAD)
		return 0;
	return fault_set(f, -EBADMSG, "refused, or for somebody else", 0);
}

/* Short of what each kind must have; frames are padded to 60 bytes. */
static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	static const size_t least[] = {SIZE_MAX, SIZE_MAX, SIZE_MAX,
				       42,	 52,	   SWPORT_LACP_SIZE};
	unsigned int kind = k % ARRAY_SIZE(kinds);

	kinds[kind](b, r);
	b->n = bytes_spread(k / ARRAY_SIZE(kinds),
			    b->n < least[kind] ? b->n : least[kind]);
}

static void ip_head(struct bytes *b, uint64_t k, struct rng *r)
{
	dhcp4(b, r);
	b->p[FRAME_HEAD + k / 8 % 20] ^= 1 << k % 8;
}

static void ip6_head(struct bytes *b, uint64_t k, struct rng *r)
{
	/* version, a longer length, another next header */
	static const uint8_t at[] = {0, 4, 6};

	(k & 1 ? dhcp6 : ra)(b, r);
	b->p[FRAME_HEAD + at[k / 2 % 3]] ^= 0x10 << k / 6 % 4;
}

static void fragment(struct bytes *b, uint64_t k, struct rng *r)
{
	uint8_t *ip;
	uint32_t sum = 0;

	dhcp4(b, r);
	ip = b->p + FRAME_HEAD;
	put_be16(ip + 6, 1u << k % 14);
	put_be16(ip + 10, 0);
	for (unsigned int i = 0; i < 20; i += 2)
		sum += get_be16(ip + i);
	sum = (sum & 0xffff) + (sum >> 16);
	put_be16(ip + 10, ~((sum & 0xffff) + (sum >> 16)));
}

static void past_end(struct bytes *b, uint64_t k, struct rng *r)
{
	const uint8_t o[] = {1 + k % 254, 1 + k / 254 % 255};

	dhcp4_body(b, r);
	bytes_add(b, o, sizeof(o));
	wrap(b, FRAME_UDP4_HEAD, frame_udp4, DHCP4_SERVER, DHCP4_CLIENT);
}

static void past_end6(struct bytes *b, uint64_t k, struct rng *r)
{
	uint8_t o[4];

	dhcp6_body(b, r, true, true);
	put_be16(o, rng_next(r));
	put_be16(o + 2, 1 + k % 65535);
	bytes_add(b, o, sizeof(o));
	dhcp6_end(b);
}

static void no_address(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint32_t odd[] = {0,	   0x7f000001, 0xe0000001,
				       0xffffffff, 0x00000005, 0xf0000001};

	dhcp4_head(b, odd[k % ARRAY_SIZE(odd)]);
	option(b, 53, 1, DHCP4_ACK);
	option(b, 54, 4, 0x0a620001);
	option(b, 51, 4, 600);
	dhcp4_end(b);
}

static void bad_mask(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint32_t odd[] = {0, 0xff00ff00, 0x000000ff, 0xffffff01,
				       0x7fffffff};

	dhcp4_head(b, 0x0a620005);
	option(b, 53, 1, DHCP4_OFFER);
	option(b, 54, 4, 0x0a620001);
	option(b, 1, 4, odd[k % ARRAY_SIZE(odd)]);
	dhcp4_end(b);
}

static void no_time(struct bytes *b, uint64_t k, struct rng *r)
{
	dhcp4_head(b, 0x0a620005);
	option(b, 53, 1, DHCP4_OFFER);
	option(b, 54, 4, 0x0a620001);
	option(b, 51, k % 4 ? k % 4 : 4, 0);
	dhcp4_end(b);
}

static void no_server(struct bytes *b, uint64_t k, struct rng *r)
{
	dhcp4_head(b, 0x0a620005);
	option(b, 53, 1, DHCP4_OFFER);
	if (k % 2)
		option(b, 54, 4, 0);
	dhcp4_end(b);
}

static void other_kind(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t types[] = {0, 1, 3, 4, 7, 8, 255};

	dhcp4_head(b, 0x0a620005);
	if (k % 8)
		option(b, 53, 1, types[k % 7]);
	option(b, 54, 4, 0x0a620001);
	dhcp4_end(b);
}

/* Somebody else's: number, hardware address, cookie. */
static void stranger(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t at[] = {0, 1, 2, 4, 7, 28, 33, 236, 239};

	dhcp4(b, r);
	b->p[FRAME_UDP4_HEAD + at[k % sizeof(at)]] ^= 1 << k / sizeof(at) % 8;
}

static void stranger6(struct bytes *b, uint64_t k, struct rng *r)
{
	dhcp6_body(b, r, k % 3 != 0, k % 3 != 1);
	if (k % 3 == 2)
		b->p[FRAME_UDP6_HEAD + 1 + k / 3 % 3] ^= 1 << k / 9 % 8;
	dhcp6_end(b);
}

/* To another port, or cut in the header that would say to which. */
static void udp6(struct bytes *b, uint64_t k, struct rng *r)
{
	dhcp6(b, r);
	if (k % 2) {
		b->p[FRAME_IP6_HEAD + 2 + k / 2 % 2] ^= 1 << k / 4 % 8;
		return;
	}
	put_be16(b->p + FRAME_HEAD + 4, k / 2 % 8);
	b->n = FRAME_IP6_HEAD + k / 2 % 8;
}

static void ra_empty(struct bytes *b, uint64_t k, struct rng *r)
{
	ra(b, r);
	/* the first option's length: none, or past the end */
	b->p[FRAME_IP6_HEAD + 17] = k % 2 ? 0 : 40 + k / 2 % 200;
}

static void ra_afar(struct bytes *b, uint64_t k, struct rng *r)
{
	ra(b, r);
	if (k % 2)
		b->p[FRAME_HEAD + 7] = k / 2 % 255;
	else
		b->p[FRAME_HEAD + 8] = 0x20;
}

static void arp_other(struct bytes *b, uint64_t k, struct rng *r)
{
	arp(b, r);
	b->p[FRAME_HEAD + k / 8 % 7] ^= 1 << k % 8;
}

static void stp_wrong(struct bytes *b, uint64_t k, struct rng *r)
{
	stp(b, r);
	if (k % 3 == 0)
		put_be16(b->p + 17 + 33, (61 + k / 3 % 190) * 256);
	else if (k % 3 == 1)
		b->p[17 + k / 3 % 2] ^= 1 << k / 6 % 8;
	else
		b->p[17 + 3] = 3 + k / 3 % 250;
}

static void lacp_wrong(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t at[] = {0, 2, 3, 22, 23};

	lacp(b, r);
	b->p[FRAME_HEAD + at[k % sizeof(at)]] ^= 1 << k / sizeof(at) % 8;
}

static const struct rule rules[] = {
	RULE("cut", cut, 6),
	RULE("a bit of the IPv4 header", ip_head, 3),
	RULE("IPv6: version, length, next header", ip6_head, 2),
	RULE("a fragment", fragment, 1),
	RULE("N6 an option past the end", past_end, 4),
	RULE("a DHCPv6 option past the end", past_end6, 3),
	RULE("no address for a machine", no_address, 1),
	RULE("N6 no netmask", bad_mask, 1),
	RULE("N6 a lease of no time", no_time, 1),
	RULE("no server", no_server, 1),
	RULE("no answer", other_kind, 1),
	RULE("somebody else's", stranger, 3),
	RULE("somebody else's, DHCPv6", stranger6, 2),
	RULE("not to a client's port, DHCPv6", udp6, 1),
	RULE("an advertisement's option", ra_empty, 2),
	RULE("an advertisement from afar", ra_afar, 1),
	RULE("ARP for something else", arp_other, 1),
	RULE("not a BPDU", stp_wrong, 1),
	RULE("not an LACPDU", lacp_wrong, 1),
};

static const char *const words[] = {"\x63\x82\x53\x63", "\x35\x01\x05",
				    "\x01\x80\xc2",	"\x88\x09",
				    "\x42\x42\x03",	NULL};

const struct format case_news = {"news", NULL,	       good,
				 decode, RULES(rules), words};
