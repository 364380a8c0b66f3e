// SPDX-License-Identifier: MIT
/* news.c - one frame from the network into what it means. */
#include "format/news.h"

#define IP_ICMP6 58

static int news_ra(struct news *out, struct span msg, uint8_t hops,
		   struct fault *f)
{
	/* from another network it would have fewer (RFC 4861 6.1.2) */
	if (hops != 255 || !ip6_link_local(out->from.ip6))
		return fault_set(f, -EBADMSG, "advertisement from afar", 0);
	out->kind = NEWS_RA;
	return dhcp6_ra_get(&out->ra, msg, f);
}

static int news_ip6(struct news *out, const struct news_for *who,
		    const uint8_t *p, size_t n, struct fault *f)
{
	struct span msg;
	uint8_t hops;

	if (!frame_ip6_get(p, n, IP_ICMP6, &msg, &out->from, &hops))
		return msg.n && (uint8_t)msg.p[0] == 134
			       ? news_ra(out, msg, hops, f)
			       : -ENOENT;
	if (frame_udp6_get(p, n, DHCP6_CLIENT, &msg, &out->from) ||
	    out->from.port != DHCP6_SERVER)
		return -ENOENT;
	out->kind = NEWS_DHCP6;
	return dhcp6_get(&out->dhcp6, msg, who->xid6, who->mac, f);
}

static int news_any(struct news *out, const struct news_for *who,
		    const uint8_t *p, size_t n, struct fault *f)
{
	struct span msg;

	switch (get_be16(p + 12)) {
	case FRAME_IP4:
		if (frame_udp4_get(p, n, DHCP4_CLIENT, &msg, &out->from))
			return -ENOENT;
		out->kind = NEWS_DHCP4;
		return dhcp4_get(&out->dhcp4, msg, who->xid4, who->mac, f);
	case FRAME_IP6:
		return news_ip6(out, who, p, n, f);
	case FRAME_ARP:
		out->kind = NEWS_ARP;
		return frame_arp_get(p, n, &out->arp);
	default:
		out->kind = NEWS_SWPORT;
		return swport_get(&out->swport, p, n, f);
	}
}

void news_read(struct news *out, const struct news_for *who, const uint8_t *p,
	       size_t n)
{
	struct fault f = {0};
	int ret;

	memset(out, 0, sizeof(*out));
	if (n < FRAME_HEAD || n > FRAME_MAX)
		return;
	memcpy(out->from.mac, p + 6, 6);
	ret = news_any(out, who, p, n, &f);
	if (!ret)
		return;
	out->kind = ret == -ENOENT || !f.why ? NEWS_NONE : NEWS_BAD;
	if (out->kind == NEWS_BAD)
		text_copy(out->why, sizeof(out->why), text_span(f.why));
}
