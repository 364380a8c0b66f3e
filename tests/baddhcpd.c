// SPDX-License-Identifier: MIT
/*
 * baddhcpd.c - a DHCP server that does as told, and the switch port before it:
 *
 *  --if NAME      the link
 *  --log FILE     a line for each message heard: seconds, what it was
 *  --give IP,...  the first, and the next one after each DECLINE
 *  --time SEC     of the lease (default 600)
 *  --opt HEX      further options, as they stand, before all others
 *  --evil N       only in the first N answers
 *  --bare         no mask, router or name server of its own
 *  --poor         before each good offer one without router, of 10.98.0.2
 *  --drop N       hears nothing of the first N messages
 *  --once N       hears nothing of message N
 *  --nak N        refuses the first N requests
 *  --mute N       gives no answer for the first N seconds
 *  --shut SEC     rapid spanning tree: discarding until so long after the
 *                 first message, then forwarding
 *  --lacp         an aggregate's port, shut until its partner agrees
 */
#include <errno.h>
#include <limits.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "format/dhcp4.h"
#include "format/frame.h"
#include "format/swport.h"

#define SERVER	  0x0a620001
#define POOR	  0x0a620002
#define GIVE_MAX  8
#define EXTRA_MAX 600

static struct {
	int index, s;
	FILE *log;
	unsigned int n_give, at_give;
	uint32_t give[GIVE_MAX];
	uint32_t time;
	size_t n_extra;
	uint8_t extra[EXTRA_MAX];
	bool bare, poor, lacp, open;
	unsigned long drop, once, nak, mute, shut, evil, heard, asked;
	double begun, first;
} o = {.time = 600, .evil = ULONG_MAX, .open = true};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void note(const char *what)
{
	fprintf(o.log, "%.3f %s\n", now() - o.begun, what);
	fflush(o.log);
}

static void put(const uint8_t *p, size_t n)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_ifindex = o.index,
				 .sll_halen = 6};

	memcpy(to.sll_addr, p, 6);
	sendto(o.s, p, n, 0, (struct sockaddr *)&to, sizeof(to));
}

static uint8_t *opt(uint8_t *p, uint8_t code, uint32_t v)
{
	*p++ = code;
	*p++ = 4;
	put_be32(p, v);
	return p + 4;
}

/* An answer of @type to the message @m. */
static void answer(const uint8_t *m, enum dhcp4_type type, uint32_t addr,
		   uint32_t server)
{
	uint8_t buf[FRAME_MAX] = {0}, *b = buf + FRAME_UDP4_HEAD, *p = b + 240;
	struct frame_end from = {.mac = {2, 0, 0, 0, 0, 0xfe},
				 .ip = server,
				 .port = DHCP4_SERVER};
	struct frame_end to = {.ip = UINT32_MAX, .port = DHCP4_CLIENT};

	memset(to.mac, 0xff, 6);
	b[0] = 2;
	b[1] = 1;
	b[2] = 6;
	memcpy(b + 4, m + 4, 4);
	if (type != DHCP4_NAK)
		put_be32(b + 16, addr);
	memcpy(b + 28, m + 28, 16);
	put_be32(b + 236, 0x63825363);
	*p++ = 53;
	*p++ = 1;
	*p++ = type;
	if (o.evil) {
		memcpy(p, o.extra, o.n_extra);
		p += o.n_extra;
		o.evil--;
	}
	p = opt(p, 54, server);
	if (type != DHCP4_NAK && !o.bare) {
		p = opt(p, 51, o.time);
		p = opt(p, 1, 0xffffff00);
	}
	if (type != DHCP4_NAK && !o.bare && server == SERVER) {
		p = opt(p, 3, SERVER);
		p = opt(p, 6, SERVER);
	}
	*p++ = 255;
	put(buf, frame_udp4(buf, (size_t)(p - b), &from, &to));
}

static enum dhcp4_type type_of(struct span m, uint32_t *server)
{
	const uint8_t *p = (const uint8_t *)m.p;
	enum dhcp4_type type = 0;
	size_t i = 240;

	*server = 0;
	while (i + 2 < m.n && p[i] != 255) {
		if (p[i] == 53)
			type = p[i + 2];
		if (p[i] == 54 && i + 6 <= m.n)
			*server = get_be32(p + i + 2);
		i += p[i] ? 2u + p[i + 1] : 1;
	}
	return type;
}

static void hear_dhcp(struct span msg)
{
	static const char *const names[] = {"?",       "DISCOVER", "OFFER",
					    "REQUEST", "DECLINE",  "ACK",
					    "NAK",     "RELEASE"};
	const uint8_t *m = (const uint8_t *)msg.p;
	uint32_t server, addr = o.give[o.at_give];
	enum dhcp4_type type;
	char text[64];

	if (msg.n < 240)
		return;
	type = type_of(msg, &server);
	snprintf(text, sizeof(text), "%s%s", names[type & 7],
		 type == DHCP4_REQUEST && get_be32(m + 12) ? " renew" : "");
	note(text);
	if (!o.heard++)
		o.first = now();
	if (o.heard <= o.drop || o.heard == o.once || !o.open ||
	    now() - o.begun < (double)o.mute)
		return;
	if (type == DHCP4_DISCOVER) {
		if (o.poor)
			answer(m, DHCP4_OFFER, addr + 50, POOR);
		answer(m, DHCP4_OFFER, addr, SERVER);
	} else if (type == DHCP4_REQUEST && server != POOR) {
		answer(m, o.asked++ < o.nak ? DHCP4_NAK : DHCP4_ACK, addr,
		       SERVER);
	} else if (type == DHCP4_REQUEST) {
		answer(m, DHCP4_ACK, addr + 50, POOR);
	} else if (type == DHCP4_DECLINE && o.at_give + 1 < o.n_give) {
		o.at_give++;
	}
}

static void hear_lacp(const uint8_t *p, size_t n)
{
	const uint8_t want = LACP_SYNC | LACP_COLLECT | LACP_DISTRIBUTE;

	/* the actor's state, and that it speaks of this port */
	if (n < SWPORT_LACP_SIZE || (p[14 + 18] & want) != want ||
	    p[14 + 22 + 4] != 2 || o.open)
		return;
	note("LACP agreed");
	o.open = true;
}

static void say_lacp(void)
{
	static const uint8_t group[] = {1, 0x80, 0xc2, 0, 0, 2};
	uint8_t buf[SWPORT_LACP_SIZE] = {0}, *p = buf + FRAME_HEAD;

	memcpy(buf, group, 6);
	buf[6] = 2;
	put_be16(buf + 12, FRAME_SLOW);
	p[0] = p[1] = 1;
	p[2] = 1;
	p[3] = 20;
	p[6] = 2; /* the system's address */
	p[18] = LACP_ACTIVE | LACP_AGGREGATE | LACP_SHORT |
		(o.open ? LACP_SYNC | LACP_COLLECT | LACP_DISTRIBUTE : 0);
	p[22] = 2;
	p[23] = 20;
	put(buf, sizeof(buf));
}

static void say_stp(void)
{
	static const uint8_t head[] = {1, 0x80, 0xc2, 0, 0,  0,	   2,	 0, 0,
				       0, 0,	0xfe, 0, 39, 0x42, 0x42, 3};
	uint8_t buf[60] = {0}, *p = buf + 17;

	memcpy(buf, head, sizeof(head));
	p[2] = 2;
	p[3] = 2;
	p[4] = o.open ? 0x3c : 0x0e; /* designated: forwarding or proposing */
	put_be16(p + 33, 15 * 256);
	put(buf, sizeof(buf));
}

static void hear(void)
{
	uint8_t buf[FRAME_MAX];
	struct sockaddr_ll from;
	struct frame_end end;
	socklen_t size = sizeof(from);
	struct span msg;
	ssize_t n = recvfrom(o.s, buf, sizeof(buf), 0, (struct sockaddr *)&from,
			     &size);

	if (n < FRAME_HEAD || from.sll_pkttype == PACKET_OUTGOING)
		return;
	if (get_be16(buf + 12) == FRAME_SLOW)
		hear_lacp(buf, (size_t)n);
	else if (!frame_udp4_get(buf, (size_t)n, DHCP4_SERVER, &msg, &end))
		hear_dhcp(msg);
}

static void bytes(const char *hex)
{
	for (; hex[0] && hex[1] && o.n_extra < EXTRA_MAX; hex += 2) {
		const char two[] = {hex[0], hex[1], 0};

		o.extra[o.n_extra++] = (uint8_t)strtoul(two, NULL, 16);
	}
}

static void addresses(const char *list)
{
	struct span rest = text_span(list), one;

	while (rest.n && o.n_give < GIVE_MAX) {
		text_cut(rest, ',', &one, &rest);
		if (lease_ipv4(one, &o.give[o.n_give++]))
			exit(2);
	}
}

static void parse(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *v = i + 1 < argc ? argv[i + 1] : "";
		unsigned long n = strtoul(v, NULL, 10);

		if (!strcmp(a, "--bare"))
			o.bare = true;
		else if (!strcmp(a, "--poor"))
			o.poor = true;
		else if (!strcmp(a, "--lacp"))
			o.lacp = true;
		else if (i++, !strcmp(a, "--if"))
			o.index = (int)if_nametoindex(v);
		else if (!strcmp(a, "--log"))
			o.log = fopen(v, "w");
		else if (!strcmp(a, "--give"))
			addresses(v);
		else if (!strcmp(a, "--opt"))
			bytes(v);
		else if (!strcmp(a, "--time"))
			o.time = (uint32_t)n;
		else if (!strcmp(a, "--evil"))
			o.evil = n;
		else if (!strcmp(a, "--drop"))
			o.drop = n;
		else if (!strcmp(a, "--once"))
			o.once = n;
		else if (!strcmp(a, "--nak"))
			o.nak = n;
		else if (!strcmp(a, "--mute"))
			o.mute = n;
		else if (!strcmp(a, "--shut"))
			o.shut = n;
		else
			exit(2);
	}
	if (!o.n_give)
		addresses("10.98.0.50");
}

int main(int argc, char **argv)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL)};
	double said = 0;

	parse(argc, argv);
	if (!o.index || !o.log)
		return 2;
	at.sll_ifindex = o.index;
	o.s = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	if (o.s < 0 || bind(o.s, (struct sockaddr *)&at, sizeof(at)))
		return 1;
	o.begun = now();
	o.open = !o.lacp && !o.shut;
	for (;;) {
		struct pollfd p = {.fd = o.s, .events = POLLIN};

		if (poll(&p, 1, 50) > 0)
			hear();
		if (o.shut && !o.open && o.heard &&
		    now() - o.first >= (double)o.shut) {
			o.open = true;
			note("port opens");
		}
		if (now() - said < 0.5)
			continue;
		said = now();
		if (o.lacp)
			say_lacp();
		if (o.shut)
			say_stp();
	}
}
