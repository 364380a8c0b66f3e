// SPDX-License-Identifier: MIT
/*
 * lanframe.c - frames in and out. One packet socket hears all links; the
 * kernel drops all but what configures a network (packet(7), BPF), and what is
 * left is read in a cage.
 */
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "console.h"
#include "lanlink.h"
#include "sys.h"

#ifndef SOL_PACKET
#define SOL_PACKET 263 /* klibc lacks it */
#endif
#define ALL_FRAMES    3	 /* ETH_P_ALL */
#define BURST	      32 /* frames a turn, so that timers get theirs */
#define CAGE_MS	      2000
#define IGNORE_OWN    23 /* PACKET_IGNORE_OUTGOING, since Linux 4.20 */
#define MULTICAST_MAC 0

#define LOAD(size, at) BPF_STMT(BPF_LD | size | BPF_ABS, at)
#define IS(v, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, v, yes, no)

/* Drop a frame of a VLAN: it comes once more, over that VLAN's own link. */
static const struct sock_filter wanted[] = {
	LOAD(BPF_B, SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT),
	IS(0, 0, 26),
	LOAD(BPF_H, 12),
	IS(FRAME_ARP, 23, 0),
	IS(FRAME_SLOW, 22, 0),
	IS(FRAME_IP4, 0, 5),
	LOAD(BPF_B, 23),
	IS(17, 0, 20),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, FRAME_HEAD),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, FRAME_HEAD + 2),
	IS(DHCP4_CLIENT, 16, 17),
	IS(FRAME_IP6, 0, 7),
	LOAD(BPF_B, 20),
	IS(58, 0, 2),
	LOAD(BPF_B, FRAME_IP6_HEAD),
	IS(134, 11, 12),
	IS(17, 0, 11),
	LOAD(BPF_H, FRAME_IP6_HEAD + 2),
	IS(DHCP6_CLIENT, 8, 9),
	/* a length: to where bridges talk, or to where Cisco's do */
	BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 1500, 8, 0),
	LOAD(BPF_W, 0),
	IS(0x0180c200, 0, 2),
	LOAD(BPF_H, 4),
	IS(0, 3, 4),
	IS(0x01000ccc, 0, 3),
	LOAD(BPF_H, 4),
	IS(0xcccd, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, FRAME_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

int lan_open(struct lan *l)
{
	const struct sock_fprog prog = {ARRAY_SIZE(wanted), (void *)wanted};
	struct sockaddr_ll any = {.sll_family = AF_PACKET};
	const int yes = 1;
	/* bound last, so that nothing comes in before the filter stands */
	int s = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (s < 0)
		return -errno;
	any.sll_protocol = htons(ALL_FRAMES);
	setsockopt(s, SOL_PACKET, IGNORE_OWN, &yes, sizeof(yes));
	if (setsockopt(s, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)) ||
	    bind(s, (struct sockaddr *)&any, sizeof(any))) {
		int err = -errno;

		close(s);
		return err;
	}
	l->s = s;
	l->udp = -1;
	l->cage.answer_ms = CAGE_MS;
	return 0;
}

/* Cards drop multicast that nobody asked for. */
void lan_listen(struct lan *l, const struct lan_link *k)
{
	static const uint8_t groups[][6] = {
		{0x01, 0x80, 0xc2, 0, 0, 0},
		{0x01, 0x80, 0xc2, 0, 0, 2},
		{0x01, 0, 0x0c, 0xcc, 0xcc, 0xcd},
	};
	struct packet_mreq m = {.mr_ifindex = k->nic.index,
				.mr_type = MULTICAST_MAC,
				.mr_alen = 6};

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		memcpy(m.mr_address, groups[i], 6);
		setsockopt(l->s, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m,
			   sizeof(m));
	}
}

void lan_send(struct lan *l, const struct lan_link *k, const void *p, size_t n)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET,
				 .sll_ifindex = k->nic.index,
				 .sll_halen = 6};

	memcpy(to.sll_addr, p, 6);
	to.sll_protocol = htons(get_be16((const uint8_t *)p + 12));
	sendto(l->s, p, n, MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof(to));
}

void lan_arp(struct lan *l, const struct lan_link *k, uint32_t ip,
	     uint32_t target)
{
	struct frame_arp a = {.ip = ip, .target = target};
	uint8_t buf[FRAME_ARP_SIZE];

	memcpy(a.mac, k->nic.mac, 6);
	frame_arp_put(buf, &a, NULL);
	lan_send(l, k, buf, sizeof(buf));
}

/* xorshift: for jitter and for numbers that only have to differ. */
uint32_t lan_random(struct lan *l)
{
	uint32_t x = l->seed ? l->seed : 1;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return l->seed = x;
}

struct question {
	struct news_for who;
	uint32_t size;
	uint8_t frame[FRAME_MAX];
};

static int answer(void *in, size_t n, void *out, size_t max)
{
	const struct question *q = in;

	if (n != sizeof(*q) || max < sizeof(struct news) ||
	    q->size > sizeof(q->frame))
		return -EINVAL;
	news_read(out, &q->who, q->frame, q->size);
	return sizeof(struct news);
}

/* A cage's answer could be anything: what is used as an index or a string. */
static bool sane(struct news *n)
{
	struct lease *four = &n->dhcp4.lease;
	struct lease6 *six = &n->dhcp6.lease;

	n->why[sizeof(n->why) - 1] = '\0';
	console_clean(n->why);
	switch (n->kind) {
	case NEWS_DHCP4:
		strlcpy(four->ifname, "x", sizeof(four->ifname));
		n->dhcp4.missed[sizeof(n->dhcp4.missed) - 1] = '\0';
		console_clean(n->dhcp4.missed);
		if (n->dhcp4.type == DHCP4_NAK)
			return true;
		/* in its file it is parsed again, by the same rules */
		return four->n_dns <= LEASE_DNS_MAX &&
		       four->six.from == LEASE_NONE &&
		       memchr(four->search, 0, sizeof(four->search)) &&
		       memchr(four->domain, 0, sizeof(four->domain)) &&
		       memchr(four->hostname, 0, sizeof(four->hostname)) &&
		       !lease_check(four, NULL);
	case NEWS_DHCP6:
		return six->n_dns <= LEASE_DNS_MAX &&
		       six->n_server <= LEASE_DUID_MAX &&
		       memchr(n->dhcp6.search, 0, sizeof(n->dhcp6.search));
	case NEWS_RA:
		return n->ra.n_dns <= LEASE_DNS_MAX &&
		       memchr(n->ra.search, 0, sizeof(n->ra.search));
	case NEWS_ARP:
	case NEWS_SWPORT:
		return true;
	default:
		return n->kind == NEWS_BAD;
	}
}

static bool read_frame(struct lan *l, const struct lan_link *k,
		       struct question *q, struct news *news)
{
	struct fetch_error e;
	int n;

	memcpy(q->who.mac, k->nic.mac, 6);
	q->who.xid4 = k->four.xid;
	q->who.xid6 = k->six.xid;
	n = cage_ask(&l->cage, answer, q, sizeof(*q), news, sizeof(*news),
		     k->nic.name, &e);
	if (n == -EPROTO)
		console_say("link %s: a frame is not read: %s", k->nic.name,
			    e.text);
	return n == sizeof(*news) && sane(news);
}

static void heard(struct lan *l, struct lan_link *k, struct question *q)
{
	static struct news news;

	/* most ARP is none of our business, and there may be much of it */
	if (get_be16(q->frame + 12) == FRAME_ARP &&
	    k->four.state != LAN4_CHECK && !k->four.probe_ms)
		return;
	if (!read_frame(l, k, q, &news))
		return;
	switch (news.kind) {
	case NEWS_DHCP4:
		lan4_heard(l, k, &news);
		break;
	case NEWS_DHCP6:
	case NEWS_RA:
		lan6_heard(l, k, &news);
		break;
	case NEWS_ARP:
		lan4_arp(l, k, &news.arp);
		break;
	case NEWS_SWPORT:
		lan_port_heard(l, k, &news.swport);
		break;
	default:
		console_say("dhcp %s: an answer was refused: %s", k->nic.name,
			    news.why);
		snprintf(l->status->why, LAN_WHY, "%s: answer refused: %s",
			 k->nic.name, news.why);
	}
}

void lan_receive(struct lan *l)
{
	static struct question q;
	struct sockaddr_ll from;
	socklen_t size;
	ssize_t n;

	for (int turn = 0; turn < BURST; turn++) {
		size = sizeof(from);
		n = recvfrom(l->s, q.frame, sizeof(q.frame), 0,
			     (struct sockaddr *)&from, &size);
		if (n < 0)
			return;
		q.size = n;
		if (n < FRAME_HEAD || from.sll_pkttype == PACKET_OUTGOING)
			continue;
		for (unsigned int i = 0; i < l->n; i++)
			if (l->links[i].nic.index == from.sll_ifindex)
				heard(l, &l->links[i], &q);
	}
}
