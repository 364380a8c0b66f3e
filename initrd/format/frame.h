/* SPDX-License-Identifier: MIT */
/*
 * frame.h - Ethernet frames around what configures a network: IPv4 and IPv6
 * headers (RFC 791, RFC 8200), UDP (RFC 768), ICMPv6 (RFC 4443), ARP (RFC 826).
 */
#ifndef FORMAT_FRAME_H
#define FORMAT_FRAME_H

#include "format/ip6.h"

#define FRAME_MAX	1600 /* of one that is read */
#define FRAME_HEAD	14   /* two addresses, a type */
#define FRAME_UDP4_HEAD (FRAME_HEAD + 20 + 8)
#define FRAME_IP6_HEAD	(FRAME_HEAD + 40)
#define FRAME_UDP6_HEAD (FRAME_IP6_HEAD + 8)
#define FRAME_ARP_SIZE	60

enum frame_type {
	FRAME_IP4 = 0x0800,
	FRAME_ARP = 0x0806,
	FRAME_IP6 = 0x86dd,
	FRAME_SLOW = 0x8809, /* IEEE 802.3 annex 57A: LACP */
};

static inline uint16_t get_be16(const void *p)
{
	const uint8_t *b = p;

	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline void put_be16(void *p, uint16_t v)
{
	uint8_t *b = p;

	b[0] = v >> 8;
	b[1] = v;
}

/* One end of an IPv4 or IPv6 packet; host byte order. */
struct frame_end {
	uint8_t mac[6];
	uint32_t ip;
	uint8_t ip6[IP6_SIZE];
	uint16_t port;
};

/*
 * frame_udp4 - put the headers before @n bytes that stand at
 * @buf + FRAME_UDP4_HEAD; frame_udp6 and frame_icmp6 likewise, the latter at
 * FRAME_IP6_HEAD and filling in the checksum there.
 *
 * The caller's buffer holds head and payload. Returns the whole length.
 */
size_t frame_udp4(uint8_t *buf, size_t n, const struct frame_end *from,
		  const struct frame_end *to);
size_t frame_udp6(uint8_t *buf, size_t n, const struct frame_end *from,
		  const struct frame_end *to);
size_t frame_icmp6(uint8_t *buf, size_t n, const struct frame_end *from,
		   const struct frame_end *to);

/*
 * frame_udp4_get - the payload of an IPv4 UDP frame to port @port.
 *
 * Checks versions, lengths, the header's sum; fragments are refused. The sum
 * of the payload is not looked at: a frame from this very host has none yet.
 * Returns 0 or -EBADMSG.
 */
int frame_udp4_get(const uint8_t *p, size_t n, uint16_t port,
		   struct span *payload, struct frame_end *from);

/*
 * frame_ip6_get - the payload behind an IPv6 header without extensions whose
 * next header is @next; its hop limit to *@hops. 0 or -EBADMSG.
 */
int frame_ip6_get(const uint8_t *p, size_t n, uint8_t next,
		  struct span *payload, struct frame_end *from, uint8_t *hops);

/* frame_udp6_get - as frame_udp4_get(), of IPv6. */
int frame_udp6_get(const uint8_t *p, size_t n, uint16_t port,
		   struct span *payload, struct frame_end *from);

struct frame_arp {
	bool reply;
	uint8_t mac[6]; /* of the sender */
	uint32_t ip;	/* 0: it only asks whether @target is taken */
	uint8_t target_mac[6];
	uint32_t target;
};

/* frame_arp_put - FRAME_ARP_SIZE bytes at @buf, to @to or to all if NULL. */
void frame_arp_put(uint8_t *buf, const struct frame_arp *a, const uint8_t *to);

/* frame_arp_get - 0 or -EBADMSG: not ARP for IPv4 over Ethernet. */
int frame_arp_get(const uint8_t *p, size_t n, struct frame_arp *a);

#endif
