// SPDX-License-Identifier: MIT
/* u-dhcp4.c - what a client says, and what it makes of answers. */
#include "format/dhcp4.h"
#include "format/frame.h"
#include "unit.h"

static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
static uint8_t msg[700];
static size_t len;

static void begin(uint32_t addr)
{
	memset(msg, 0, sizeof(msg));
	msg[0] = 2;
	msg[1] = 1;
	msg[2] = 6;
	put_be32(msg + 4, 7);
	put_be32(msg + 16, addr);
	memcpy(msg + 28, mac, 6);
	put_be32(msg + 236, 0x63825363);
	len = 240;
}

static void add(const char *bytes, size_t n)
{
	memcpy(msg + len, bytes, n);
	len += n;
}

#define ADD(text) add(text, sizeof(text) - 1)

static void offer(void)
{
	begin(0x0a000005);
	ADD("\x35\x01\x02\x36\x04\x0a\x00\x00\x01");
}

static void full(void)
{
	offer();
	ADD("\x01\x04\xff\xff\xff\x00\x03\x08\x0a\x00\x00\x01\x0a\x00\x00\x02");
	ADD("\x06\x04\x0a\x00\x00\x35\x33\x04\x00\x00\x02\x58\x3a\x04\x00\x00"
	    "\x00\x0a\x3b\x04\x00\x00\x00\x14");
	ADD("\x0c\x03web\x0f\x0e"
	    "fleet.example.");
}

static int get(struct dhcp4_reply *r)
{
	struct fault f = {0};
	int ret = dhcp4_get(r, (struct span){(char *)msg, len}, 7, mac, &f);

	CHECK(ret != -EBADMSG || f.why);
	return ret;
}

static void asks(void)
{
	struct dhcp4_ask a = {.type = DHCP4_REQUEST,
			      .xid = 0x01020304,
			      .secs = 9,
			      .want = 0x0a000005,
			      .server = 0x0a000001};
	uint8_t buf[DHCP4_ASK_SIZE];
	static const uint8_t begins[] = {1, 1, 6, 0, 1, 2, 3, 4, 0, 9, 0, 0};
	static const uint8_t opts[] = {53, 1, 3,  61, 7, 1, 2,	0, 0,  0, 0, 1,
				       50, 4, 10, 0,  0, 5, 54, 4, 10, 0, 0, 1};

	memcpy(a.mac, mac, 6);
	dhcp4_put(buf, &a);
	CHECK(!memcmp(buf, begins, sizeof(begins)));
	CHECK(!memcmp(buf + 240, opts, sizeof(opts)));
	CHECK(memchr(buf + 264, 255, DHCP4_ASK_SIZE - 264));
	a.type = DHCP4_DISCOVER;
	a.want = a.server = 0;
	dhcp4_put(buf, &a);
	CHECK_INT(buf[252], 57);
}

static void answers(void)
{
	struct dhcp4_reply r;

	full();
	ADD("\x77\x0a\x03net\x03org\x00\xc0\x04\x1a\x02\x05\xdc\xff");
	CHECK_INT(get(&r), -EBADMSG); /* its search list is cut */
	full();
	ADD("\x77\x0b\x03net\x03org\x00\xc0\x04\x1a\x02\x05\xdc\xff");
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.type, DHCP4_OFFER);
	CHECK(r.lease.addr == 0x0a000005 && r.lease.server == 0x0a000001);
	CHECK_INT(r.lease.prefix, 24);
	CHECK(r.lease.router == 0x0a000001 && r.lease.dns[0] == 0x0a000035);
	CHECK_INT(r.lease.seconds, 600);
	CHECK_INT(r.t1, 10);
	CHECK_INT(r.t2, 20);
	CHECK_INT(r.lease.mtu, 1500);
	CHECK_STR(r.lease.hostname, "web");
	CHECK_STR(r.lease.domain, "fleet.example");
	CHECK_STR(r.lease.search, "net.org org");
	CHECK_STR(r.missed, "");
}

/* No mask: that of the class; no time: ten minutes; classless routes first. */
static void defaults(void)
{
	struct dhcp4_reply r;

	offer();
	ADD("\x03\x04\x0a\x00\x00\x01");
	ADD("\x79\x0a\x08\x0b\x0a\x00\x00\x09\x00\x0a\x00\x00\xff");
	CHECK_INT(get(&r), 0);
	CHECK_STR(r.missed, "routes");
	CHECK(r.lease.router == 0x0a000001);
	offer();
	ADD("\x03\x04\x0a\x00\x00\x01");
	ADD("\x79\x0b\x08\x0b\x0a\x00\x00\x09\x00\x0a\x00\x00\xfe\xff");
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.lease.prefix, 8);
	CHECK_INT(r.lease.seconds, 600);
	CHECK(r.lease.router == 0x0a0000fe);
	/* for ever, and then no T1 either */
	offer();
	ADD("\x33\x04\xff\xff\xff\xff\x3a\x04\x00\x00\x00\x09\xff");
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.lease.seconds, 0);
	CHECK_INT(r.t1, 0);
	/* T1 behind T2 is none */
	offer();
	ADD("\x3a\x04\x00\x00\x00\x20\x3b\x04\x00\x00\x00\x10\xff");
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.t1, 0);
	CHECK_INT(r.t2, 16);
}

/* Options that go on in the fields of file and server name, and in pieces. */
static void elsewhere(void)
{
	struct dhcp4_reply r;

	offer();
	ADD("\x34\x01\x03\x06\x02\x0a\x00\xff");
	memcpy(msg + 108, "\x06\x02\x00\x35\xff", 5);
	memcpy(msg + 44, "\x0c\x01n\xff", 4);
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.lease.n_dns, 1);
	CHECK(r.lease.dns[0] == 0x0a000035);
	CHECK_STR(r.lease.hostname, "n");
	memcpy(msg + 44, "\x0c\x40n\xff", 4);
	CHECK_INT(get(&r), -EBADMSG);
}

/* What is amiss is left out and told of, or has the whole message refused. */
static void amiss(void)
{
	static const struct {
		const char *name, *bytes;
		size_t n;
		const char *missed; /* NULL: refused */
	} rows[] = {
#define ROW(name, bytes, missed) {name, bytes, sizeof(bytes) - 1, missed}
		ROW("mtu 0", "\x1a\x02\x00\x00", "mtu"),
		ROW("mtu 67", "\x1a\x02\x00\x43", "mtu"),
		ROW("mtu 65535", "\x1a\x02\xff\xff", "mtu"),
		ROW("mtu cut", "\x1a\x01\x05", "mtu"),
		ROW("shell", "\x0c\x05';id#", "hostname"),
		ROW("newline",
		    "\x0c\x03"
		    "a\nb",
		    "hostname"),
		ROW("nul",
		    "\x0f\x03"
		    "a\0b",
		    "domain"),
		ROW("high", "\x0f\x02\x80\xff", "domain"),
		ROW("loopback", "\x06\x04\x7f\x00\x00\x01", "dns"),
		ROW("three bytes", "\x03\x03\x0a\x00\x00", "router"),
		ROW("router is me", "\x03\x04\x0a\x00\x00\x05", "router"),
		ROW("forward pointer", "\x77\x02\xc0\x02", "search"),
		ROW("label cut",
		    "\x77\x02\x05"
		    "a",
		    "search"),
		ROW("route of 33", "\x79\x05\x21\x0a\x00\x00\x01", "routes"),
		ROW("two", "\x1a\x02\x00\x00\x0c\x01-", "hostname, mtu"),
		ROW("mask 0", "\x01\x04\x00\x00\x00\x00", NULL),
		ROW("mask with holes", "\x01\x04\xff\x00\xff\x00", NULL),
		ROW("mask cut", "\x01\x03\xff\x00\xff", NULL),
		ROW("time 0", "\x33\x04\x00\x00\x00\x00", NULL),
		ROW("time cut", "\x33\x02\x00\x01", NULL),
		ROW("past the end",
		    "\x0c\xff"
		    "a",
		    NULL),
		ROW("code alone", "\x0c", NULL),
#undef ROW
	};
	struct dhcp4_reply r;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].name;
		offer();
		add(rows[i].bytes, rows[i].n);
		ADD("\xff");
		CHECK_INT(get(&r), rows[i].missed ? 0 : -EBADMSG);
		if (!rows[i].missed)
			continue;
		CHECK_STR(r.missed, rows[i].missed);
		CHECK(!r.lease.mtu && !r.lease.hostname[0] &&
		      !r.lease.domain[0] && !r.lease.n_dns &&
		      !r.lease.search[0]);
	}
}

static void refused(void)
{
	struct dhcp4_reply r;

	begin(0x0a0000ff);
	ADD("\x35\x01\x05\x36\x04\x0a\x00\x00\x01\x01\x04\xff\xff\xff\x00\xff");
	CHECK_INT(get(&r), -EBADMSG);
	begin(0x0a000005);
	ADD("\x35\x01\x05\xff");
	CHECK_INT(get(&r), -EBADMSG);
	offer();
	put_be32(msg + 4, 8);
	CHECK_INT(get(&r), -ENOENT);
	offer();
	msg[33] = 9;
	CHECK_INT(get(&r), -ENOENT);
	begin(0);
	ADD("\x35\x01\x06\xff");
	CHECK_INT(get(&r), 0);
	CHECK_INT(r.type, DHCP4_NAK);
	for (len = 0; len < 240; len++)
		CHECK_INT(get(&r), -EBADMSG);
}

UNIT_MAIN(UNIT_CASE(asks), UNIT_CASE(answers), UNIT_CASE(defaults),
	  UNIT_CASE(elsewhere), UNIT_CASE(amiss), UNIT_CASE(refused))
