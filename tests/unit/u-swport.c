// SPDX-License-Identifier: MIT
/* u-swport.c - what switches say about their ports. */
#include "format/frame.h"
#include "format/swport.h"
#include "unit.h"

static uint8_t frame[128];

static void stp(uint8_t version, uint8_t type, uint8_t flags, uint16_t delay)
{
	static const uint8_t head[] = {1, 0x80, 0xc2, 0, 0,  0,	   2,	 0, 0,
				       0, 0,	1,    0, 38, 0x42, 0x42, 3};

	memset(frame, 0, sizeof(frame));
	memcpy(frame, head, sizeof(head));
	frame[19] = version;
	frame[20] = type;
	frame[21] = flags;
	put_be16(frame + 17 + 33, delay);
}

static void bridges(void)
{
	static const struct {
		const char *name;
		uint8_t version, type, flags;
		uint16_t delay;
		int ret;
		enum swport_state state;
		unsigned int ms;
	} rows[] = {
		{"old", 0, 0, 0, 15 * 256, 0, SWPORT_TIMED, 30000},
		{"old, short", 0, 0, 1, 4 * 256, 0, SWPORT_TIMED, 8000},
		{"proposing", 2, 2, 0x0e, 15 * 256, 0, SWPORT_LISTENING, 30000},
		{"learning", 2, 2, 0x1c, 15 * 256, 0, SWPORT_LEARNING, 30000},
		{"forwarding", 2, 2, 0x3c, 15 * 256, 0, SWPORT_OPEN, 30000},
		{"many trees", 3, 2, 0x3c, 15 * 256, 0, SWPORT_OPEN, 30000},
		{"changed", 0, 0x80, 0, 0, -ENOENT, SWPORT_UNKNOWN, 0},
		{"61 s", 0, 0, 0, 61 * 256, -EBADMSG, SWPORT_UNKNOWN, 0},
		{"type 7", 0, 7, 0, 256, -EBADMSG, SWPORT_UNKNOWN, 0},
	};
	struct swport s;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].name;
		stp(rows[i].version, rows[i].type, rows[i].flags,
		    rows[i].delay);
		CHECK_INT(swport_get(&s, frame, 60, NULL), rows[i].ret);
		if (rows[i].ret)
			continue;
		CHECK_INT(s.state, rows[i].state);
		CHECK_INT(s.delay_ms, rows[i].ms);
		for (n = 0; n < 52; n++)
			CHECK(swport_get(&s, frame, n, NULL));
	}
	/* as Cisco sends it for a VLAN of its own */
	stp(0, 0, 0, 15 * 256);
	memmove(frame + 22, frame + 17, 35);
	frame[13] = 43;
	memcpy(frame + 14, "\xaa\xaa\x03\x00\x00\x0c\x01\x0b", 8);
	CHECK_INT(swport_get(&s, frame, 64, NULL), 0);
	CHECK_INT(s.state, SWPORT_TIMED);
}

static void aggregates(void)
{
	static const uint8_t mac[6] = {2, 0, 0, 0, 0, 1};
	struct swport s = {.lacp = {1, 20, [16] = LACP_ACTIVE | LACP_SHORT}};
	struct swport again;
	uint8_t buf[SWPORT_LACP_SIZE];

	swport_answer(&s, mac, buf);
	CHECK(!memcmp(buf + 6, mac, 6) && !memcmp(buf + 20, mac, 6));
	CHECK_INT(buf[14 + 18] & LACP_SHORT, LACP_SHORT);
	CHECK_INT(swport_get(&again, buf, sizeof(buf), NULL), 0);
	CHECK_INT(again.state, SWPORT_OPEN);
	CHECK(!memcmp(again.lacp + 22, s.lacp + 2, 18));
	buf[14 + 18] &= ~LACP_DISTRIBUTE;
	CHECK_INT(swport_get(&again, buf, sizeof(buf), NULL), 0);
	CHECK_INT(again.state, SWPORT_LACP);
	buf[14 + 3] = 19;
	CHECK_INT(swport_get(&again, buf, sizeof(buf), NULL), -EBADMSG);
	buf[14] = 2; /* a marker */
	CHECK_INT(swport_get(&again, buf, sizeof(buf), NULL), -ENOENT);
}

static void reasons(void)
{
	static const struct {
		enum swport_state state;
		unsigned int up_ms;
		const char *why;
	} rows[] = {
		{SWPORT_UNKNOWN, 0, ""},
		{SWPORT_OPEN, 0, ""},
		{SWPORT_TIMED, 0,
		 "STP listening, the port opens in about 30 s"},
		{SWPORT_TIMED, 14999,
		 "STP listening, the port opens in about 16 s"},
		{SWPORT_TIMED, 15000,
		 "STP learning, the port opens in about 15 s"},
		{SWPORT_TIMED, 30000, ""},
		{SWPORT_LISTENING, 0,
		 "STP discarding: the switch port is blocked"},
		{SWPORT_LEARNING, 0,
		 "STP learning: the switch port opens soon"},
		{SWPORT_LACP, 0, "LACP: the switch port waits for a partner"},
	};
	char why[SWPORT_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct swport s = {.state = rows[i].state, .delay_ms = 30000};

		swport_why(&s, rows[i].up_ms, why);
		CHECK_STR(why, rows[i].why);
	}
}

UNIT_MAIN(UNIT_CASE(bridges), UNIT_CASE(aggregates), UNIT_CASE(reasons))
