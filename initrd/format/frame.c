// SPDX-License-Identifier: MIT
/* frame.c - headers around what configures a network. */
#include "format/frame.h"

#define IP_UDP	  17
#define IP_ICMP6  58
#define IP_TTL	  64
#define IP6_TTL	  255 /* what neighbour discovery demands */
#define IP_SIZE	  20
#define UDP_SIZE  8
#define IP6_HEAD  40
#define ARP_BYTES 28

static uint32_t frame_add(uint32_t sum, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i + 1 < n; i += 2)
		sum += get_be16(p + i);
	return n % 2 ? sum + (p[n - 1] << 8) : sum;
}

static uint16_t frame_fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~((sum & 0xffff) + (sum >> 16));
}

static void frame_head(uint8_t *buf, const struct frame_end *from,
		       const struct frame_end *to, enum frame_type type)
{
	memcpy(buf, to->mac, 6);
	memcpy(buf + 6, from->mac, 6);
	put_be16(buf + 12, type);
}

static void frame_udp(uint8_t *udp, size_t n, const struct frame_end *from,
		      const struct frame_end *to, uint32_t sum)
{
	uint16_t check;

	put_be16(udp, from->port);
	put_be16(udp + 2, to->port);
	put_be16(udp + 4, n + UDP_SIZE);
	put_be16(udp + 6, 0);
	sum += IP_UDP + n + UDP_SIZE;
	check = frame_fold(frame_add(sum, udp, n + UDP_SIZE));
	/* a sum of 0 would mean that there is none */
	put_be16(udp + 6, check ? check : 0xffff);
}

size_t frame_udp4(uint8_t *buf, size_t n, const struct frame_end *from,
		  const struct frame_end *to)
{
	uint8_t *ip = buf + FRAME_HEAD;

	frame_head(buf, from, to, FRAME_IP4);
	memset(ip, 0, IP_SIZE);
	ip[0] = 0x45;
	put_be16(ip + 2, IP_SIZE + UDP_SIZE + n);
	ip[8] = IP_TTL;
	ip[9] = IP_UDP;
	put_be32(ip + 12, from->ip);
	put_be32(ip + 16, to->ip);
	put_be16(ip + 10, frame_fold(frame_add(0, ip, IP_SIZE)));
	frame_udp(ip + IP_SIZE, n, from, to, frame_add(0, ip + 12, 8));
	return FRAME_UDP4_HEAD + n;
}

static void frame_ip6(uint8_t *buf, size_t n, uint8_t next,
		      const struct frame_end *from, const struct frame_end *to)
{
	uint8_t *ip = buf + FRAME_HEAD;

	frame_head(buf, from, to, FRAME_IP6);
	memset(ip, 0, IP6_HEAD);
	ip[0] = 0x60;
	put_be16(ip + 4, n);
	ip[6] = next;
	ip[7] = IP6_TTL;
	memcpy(ip + 8, from->ip6, IP6_SIZE);
	memcpy(ip + 24, to->ip6, IP6_SIZE);
}

size_t frame_udp6(uint8_t *buf, size_t n, const struct frame_end *from,
		  const struct frame_end *to)
{
	frame_ip6(buf, n + UDP_SIZE, IP_UDP, from, to);
	frame_udp(buf + FRAME_IP6_HEAD, n, from, to,
		  frame_add(0, buf + FRAME_HEAD + 8, 2 * IP6_SIZE));
	return FRAME_UDP6_HEAD + n;
}

size_t frame_icmp6(uint8_t *buf, size_t n, const struct frame_end *from,
		   const struct frame_end *to)
{
	uint8_t *icmp = buf + FRAME_IP6_HEAD;
	uint32_t sum;

	frame_ip6(buf, n, IP_ICMP6, from, to);
	put_be16(icmp + 2, 0);
	sum = frame_add(IP_ICMP6 + n, buf + FRAME_HEAD + 8, 2 * IP6_SIZE);
	put_be16(icmp + 2, frame_fold(frame_add(sum, icmp, n)));
	return FRAME_IP6_HEAD + n;
}

/* A UDP packet of at most @n bytes; what is behind its length is padding. */
static int frame_udp_get(const uint8_t *udp, size_t n, uint16_t port,
			 struct span *payload, struct frame_end *from)
{
	size_t size;

	if (n < UDP_SIZE || get_be16(udp + 2) != port)
		return -EBADMSG;
	size = get_be16(udp + 4);
	if (size < UDP_SIZE || size > n)
		return -EBADMSG;
	*payload = (struct span){(const char *)udp + UDP_SIZE, size - UDP_SIZE};
	from->port = get_be16(udp);
	return 0;
}

int frame_udp4_get(const uint8_t *p, size_t n, uint16_t port,
		   struct span *payload, struct frame_end *from)
{
	const uint8_t *ip = p + FRAME_HEAD;
	size_t head, size;

	if (n < FRAME_UDP4_HEAD || get_be16(p + 12) != FRAME_IP4)
		return -EBADMSG;
	n -= FRAME_HEAD;
	head = (ip[0] & 15) * 4;
	size = get_be16(ip + 2);
	if (ip[0] >> 4 != 4 || head < IP_SIZE || size < head || size > n ||
	    ip[9] != IP_UDP || get_be16(ip + 6) & 0x3fff ||
	    frame_fold(frame_add(0, ip, head)))
		return -EBADMSG;
	memcpy(from->mac, p + 6, 6);
	from->ip = get_be32(ip + 12);
	return frame_udp_get(ip + head, size - head, port, payload, from);
}

int frame_ip6_get(const uint8_t *p, size_t n, uint8_t next,
		  struct span *payload, struct frame_end *from, uint8_t *hops)
{
	const uint8_t *ip = p + FRAME_HEAD;
	size_t size;

	if (n < FRAME_IP6_HEAD || get_be16(p + 12) != FRAME_IP6)
		return -EBADMSG;
	size = get_be16(ip + 4);
	if (ip[0] >> 4 != 6 || size > n - FRAME_IP6_HEAD || ip[6] != next)
		return -EBADMSG;
	memcpy(from->mac, p + 6, 6);
	memcpy(from->ip6, ip + 8, IP6_SIZE);
	*hops = ip[7];
	*payload = (struct span){(const char *)ip + IP6_HEAD, size};
	return 0;
}

int frame_udp6_get(const uint8_t *p, size_t n, uint16_t port,
		   struct span *payload, struct frame_end *from)
{
	struct span udp;
	uint8_t hops;

	if (frame_ip6_get(p, n, IP_UDP, &udp, from, &hops))
		return -EBADMSG;
	return frame_udp_get((const uint8_t *)udp.p, udp.n, port, payload,
			     from);
}

void frame_arp_put(uint8_t *buf, const struct frame_arp *a, const uint8_t *to)
{
	static const uint8_t ether[] = {0, 1, 8, 0, 6, 4, 0};
	uint8_t *arp = buf + FRAME_HEAD;

	memset(buf, 0, FRAME_ARP_SIZE);
	if (to)
		memcpy(buf, to, 6);
	else
		memset(buf, 0xff, 6);
	memcpy(buf + 6, a->mac, 6);
	put_be16(buf + 12, FRAME_ARP);
	memcpy(arp, ether, sizeof(ether));
	arp[7] = a->reply ? 2 : 1;
	memcpy(arp + 8, a->mac, 6);
	put_be32(arp + 14, a->ip);
	memcpy(arp + 18, a->target_mac, 6);
	put_be32(arp + 24, a->target);
}

int frame_arp_get(const uint8_t *p, size_t n, struct frame_arp *a)
{
	static const uint8_t ether[] = {0, 1, 8, 0, 6, 4, 0};
	const uint8_t *arp = p + FRAME_HEAD;

	if (n < FRAME_HEAD + ARP_BYTES || get_be16(p + 12) != FRAME_ARP ||
	    memcmp(arp, ether, sizeof(ether)) || arp[7] < 1 || arp[7] > 2)
		return -EBADMSG;
	a->reply = arp[7] == 2;
	memcpy(a->mac, arp + 8, 6);
	a->ip = get_be32(arp + 14);
	memcpy(a->target_mac, arp + 18, 6);
	a->target = get_be32(arp + 24);
	return 0;
}
