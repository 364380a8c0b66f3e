// SPDX-License-Identifier: MIT
/* u-frame.c - headers that a client writes, and those it does not believe. */
#include "format/frame.h"
#include "unit.h"

#define PORT 546

static const struct frame_end here = {.mac = {2, 0, 0, 0, 0, 1},
				      .ip = 0x0a000005,
				      .ip6 = {0xfe, 0x80, [15] = 1},
				      .port = PORT};
static const struct frame_end there = {.mac = {2, 0, 0, 0, 0, 9},
				       .ip = 0x0a000001,
				       .ip6 = {0xfe, 0x80, [15] = 9},
				       .port = 547};

typedef size_t put_fn(uint8_t *, size_t, const struct frame_end *,
		      const struct frame_end *);
typedef int get_fn(const uint8_t *, size_t, uint16_t, struct span *,
		   struct frame_end *);

static uint32_t add(uint32_t sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	return sum;
}

/* What stands behind the addresses, with its own sum, sums to all ones. */
static void check_sum(const uint8_t *frame, size_t at, size_t head, size_t n,
		      unsigned int next)
{
	uint32_t sum = next + n - head;

	sum = add(sum, frame + at, head - at);
	sum = add(sum, frame + head, n - head);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	CHECK_INT(sum, 0xffff);
}

static void sums(void)
{
	uint8_t buf[FRAME_MAX];
	size_t n;

	for (size_t size = 0; size < 40; size++) {
		memset(buf, (int)(0xf0 + size), sizeof(buf));
		n = frame_udp4(buf, size, &there, &here);
		CHECK_INT(n, FRAME_UDP4_HEAD + size);
		check_sum(buf, FRAME_HEAD + 12, FRAME_HEAD + 20, n, 17);
		memset(buf, (int)(0xf0 + size), sizeof(buf));
		n = frame_udp6(buf, size, &there, &here);
		CHECK_INT(n, FRAME_UDP6_HEAD + size);
		check_sum(buf, FRAME_HEAD + 8, FRAME_IP6_HEAD, n, 17);
		memset(buf, (int)(0xf0 + size), sizeof(buf));
		n = frame_icmp6(buf, size + 4, &there, &here);
		CHECK_INT(n, FRAME_IP6_HEAD + size + 4);
		check_sum(buf, FRAME_HEAD + 8, FRAME_IP6_HEAD, n, 58);
	}
}

/* In its own allocation, so that a sanitizer sees a byte read too far. */
static int get(get_fn *fn, const uint8_t *frame, size_t n, struct span *msg)
{
	uint8_t *copy = malloc(n + !n);
	struct frame_end from = {0};
	int ret;

	CHECK(copy);
	memcpy(copy, frame, n);
	ret = fn(copy, n, PORT, msg, &from);
	if (!ret) {
		CHECK(!memcmp(from.mac, there.mac, 6));
		CHECK_INT(from.port, there.port);
		msg->p = (const char *)frame + (msg->p - (char *)copy);
	}
	free(copy);
	return ret;
}

static void there_and_back(put_fn *put, get_fn *fn, size_t head)
{
	uint8_t buf[FRAME_MAX] = {0};
	struct span msg;
	size_t n;

	memcpy(buf + head, "hello", 5);
	n = put(buf, 5, &there, &here);
	CHECK_INT(get(fn, buf, n, &msg), 0);
	CHECK(span_is(msg, "hello"));
	/* Ethernet pads to 60 bytes */
	CHECK_INT(get(fn, buf, n + 20, &msg), 0);
	CHECK(span_is(msg, "hello"));
	while (n--)
		CHECK_INT(get(fn, buf, n, &msg), -EBADMSG);
}

static void round_trips(void)
{
	there_and_back(frame_udp4, frame_udp4_get, FRAME_UDP4_HEAD);
	there_and_back(frame_udp6, frame_udp6_get, FRAME_UDP6_HEAD);
}

struct lie {
	const char *name;
	size_t at;
	uint16_t v;
};

static void lies(put_fn *put, get_fn *fn, const struct lie *lie, size_t n_lies)
{
	for (; n_lies--; lie++) {
		uint8_t buf[FRAME_MAX] = {0};
		struct span msg;
		size_t n = put(buf, 0, &there, &here);

		unit_row = lie->name;
		put_be16(buf + lie->at, lie->v);
		CHECK_INT(get(fn, buf, n, &msg), -EBADMSG);
	}
}

static void refused(void)
{
	static const struct lie four[] = {
		{"type", 12, 0x86dd},	    {"version", 14, 0x6500},
		{"head of 16", 14, 0x4400}, {"head of 60", 14, 0x4f00},
		{"length 19", 16, 19},	    {"length", 16, 29},
		{"fragment", 20, 0x2000},   {"offset", 20, 1},
		{"TCP", 22, 0x4006},	    {"sum", 24, 0},
		{"port", 36, 547},	    {"UDP of 7", 38, 7},
		{"UDP of 9", 38, 9},
	};
	static const struct lie six[] = {
		{"type", 12, 0x0800}, {"version", 14, 0x4000},
		{"length", 18, 9},    {"no UDP", 18, 0},
		{"UDP cut", 18, 7},   {"TCP", 20, 0x0640},
		{"port", 56, 547},    {"UDP of 7", 58, 7},
		{"UDP of 9", 58, 9},
	};
	uint8_t buf[FRAME_MAX] = {0};
	struct span msg;

	lies(frame_udp4, frame_udp4_get, four, ARRAY_SIZE(four));
	lies(frame_udp6, frame_udp6_get, six, ARRAY_SIZE(six));
	/* a header that says UDP, and ends with the frame */
	frame_udp6(buf, 0, &there, &here);
	put_be16(buf + 18, 0);
	unit_row = "header alone";
	CHECK_INT(get(frame_udp6_get, buf, FRAME_IP6_HEAD, &msg), -EBADMSG);
}

static void ip6(void)
{
	uint8_t buf[FRAME_IP6_HEAD + 4] = {0}, hops = 0;
	struct frame_end from;
	struct span msg;

	buf[FRAME_IP6_HEAD] = 134;
	CHECK_INT(frame_icmp6(buf, 4, &there, &here), sizeof(buf));
	CHECK_INT(frame_ip6_get(buf, sizeof(buf), 58, &msg, &from, &hops), 0);
	CHECK_INT(msg.n, 4);
	CHECK_INT(hops, 255);
	CHECK(!memcmp(from.ip6, there.ip6, IP6_SIZE));
	CHECK_INT(frame_ip6_get(buf, sizeof(buf), 17, &msg, &from, &hops),
		  -EBADMSG);
}

static void arp(void)
{
	static const size_t wrong[] = {12, 14, 16, 18, 19, 20};
	struct frame_arp a = {.mac = {2, 0, 0, 0, 0, 1},
			      .ip = 0x0a000005,
			      .target_mac = {2, 0, 0, 0, 0, 9},
			      .target = 0x0a000001},
			 got;
	uint8_t buf[FRAME_ARP_SIZE];

	frame_arp_put(buf, &a, NULL);
	CHECK(!memcmp(buf, "\xff\xff\xff\xff\xff\xff\2\0\0\0\0\1\x08\6", 14));
	CHECK_INT(frame_arp_get(buf, sizeof(buf), &got), 0);
	CHECK(!got.reply && got.ip == a.ip && got.target == a.target);
	CHECK(!memcmp(got.mac, a.mac, 6));
	CHECK(!memcmp(got.target_mac, a.target_mac, 6));
	CHECK_INT(frame_arp_get(buf, FRAME_HEAD + 27, &got), -EBADMSG);
	a.reply = true;
	frame_arp_put(buf, &a, a.target_mac);
	CHECK(!memcmp(buf, a.target_mac, 6));
	CHECK_INT(frame_arp_get(buf, sizeof(buf), &got), 0);
	CHECK(got.reply);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		frame_arp_put(buf, &a, NULL);
		buf[wrong[i]] ^= 0x40;
		CHECK_INT(frame_arp_get(buf, sizeof(buf), &got), -EBADMSG);
	}
	frame_arp_put(buf, &a, NULL);
	buf[21] = 3; /* neither question nor answer */
	CHECK_INT(frame_arp_get(buf, sizeof(buf), &got), -EBADMSG);
}

UNIT_MAIN(UNIT_CASE(sums), UNIT_CASE(round_trips), UNIT_CASE(refused),
	  UNIT_CASE(ip6), UNIT_CASE(arp))
