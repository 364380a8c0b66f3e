// SPDX-License-Identifier: MIT
/* swport.c - what a switch says about a port. */
#include "format/frame.h"
#include "format/swport.h"
#include "format/text.h"

#define STP_LLC	      3 /* 42 42 03, or SNAP's eight bytes for PVST+ */
#define STP_SNAP      8
#define STP_SIZE      35
#define STP_DELAY_MAX 60
#define LACP_ACTOR    2	 /* of the PDU, behind subtype and version */
#define LACP_INFO     20 /* type, length, 18 bytes */
#define LACP_STATE    16 /* within such a part */
#define LACP_PDU      110

/* Of a BPDU's flags (9.3.3): role, then what the port does. */
#define STP_ROLE       0x0c
#define STP_DESIGNATED 0x0c
#define STP_LEARN      0x10
#define STP_FORWARD    0x20

static int swport_stp(struct swport *s, const uint8_t *p, size_t n,
		      struct fault *f)
{
	uint32_t delay;

	if (n < 4 || p[0] || p[1])
		return fault_set(f, -EBADMSG, "not a BPDU", 0);
	/* a bridge that changed its mind: says nothing about the port */
	if (p[3] == 0x80)
		return -ENOENT;
	if (n < STP_SIZE || (p[3] != 0 && p[3] != 2))
		return fault_set(f, -EBADMSG, "not a BPDU", 3);
	delay = get_be16(p + 33) * 1000u / 256;
	if (delay > STP_DELAY_MAX * 1000)
		return fault_set(f, -EBADMSG, "forward delay out of range", 33);
	s->delay_ms = 2 * delay;
	if (p[2] < 2 || p[3] != 2)
		s->state = SWPORT_TIMED;
	else if (p[4] & STP_FORWARD)
		s->state = SWPORT_OPEN;
	else
		s->state =
			p[4] & STP_LEARN ? SWPORT_LEARNING : SWPORT_LISTENING;
	return 0;
}

static int swport_lacp(struct swport *s, const uint8_t *p, size_t n,
		       struct fault *f)
{
	const uint8_t open = LACP_COLLECT | LACP_DISTRIBUTE;

	if (n < LACP_PDU || p[0] != 1)
		return -ENOENT;
	if (p[2] != 1 || p[3] != LACP_INFO || p[22] != 2 || p[23] != LACP_INFO)
		return fault_set(f, -EBADMSG, "not an LACPDU", 2);
	memcpy(s->lacp, p + LACP_ACTOR, 2 * LACP_INFO);
	s->state = (p[LACP_ACTOR + LACP_STATE] & open) == open ? SWPORT_OPEN
							       : SWPORT_LACP;
	return 0;
}

int swport_get(struct swport *s, const uint8_t *p, size_t n, struct fault *f)
{
	static const uint8_t llc[] = {0x42, 0x42, 3};
	static const uint8_t pvst[] = {0xaa, 0xaa, 3, 0, 0, 0x0c, 1, 0x0b};
	const uint8_t *body = p + FRAME_HEAD;
	size_t size;

	memset(s, 0, sizeof(*s));
	if (n < FRAME_HEAD)
		return -ENOENT;
	size = get_be16(p + 12);
	n -= FRAME_HEAD;
	if (size == FRAME_SLOW)
		return swport_lacp(s, body, n, f);
	if (size > n)
		return -ENOENT;
	if (size >= sizeof(llc) && !memcmp(body, llc, sizeof(llc)))
		return swport_stp(s, body + STP_LLC, size - STP_LLC, f);
	if (size >= sizeof(pvst) && !memcmp(body, pvst, sizeof(pvst)))
		return swport_stp(s, body + STP_SNAP, size - STP_SNAP, f);
	return -ENOENT;
}

void swport_why(const struct swport *s, uint64_t up_ms, char out[SWPORT_TEXT])
{
	struct text_out o = {.buf = out, .size = SWPORT_TEXT - 1};

	switch (s->state) {
	case SWPORT_TIMED:
		if (up_ms >= s->delay_ms)
			break;
		text_put_str(&o, up_ms < s->delay_ms / 2 ? "STP listening"
							 : "STP learning");
		text_put_str(&o, ", the port opens in about ");
		text_put_u64(&o, (s->delay_ms - up_ms + 999) / 1000);
		text_put_str(&o, " s");
		break;
	case SWPORT_LISTENING:
		text_put_str(&o, "STP discarding: the switch port is blocked");
		break;
	case SWPORT_LEARNING:
		text_put_str(&o, "STP learning: the switch port opens soon");
		break;
	case SWPORT_LACP:
		text_put_str(&o, "LACP: the switch port waits for a partner");
		break;
	default:
		break;
	}
	out[o.over ? 0 : o.n] = '\0';
}

void swport_answer(const struct swport *s, const uint8_t mac[6], uint8_t *buf)
{
	static const uint8_t group[] = {1, 0x80, 0xc2, 0, 0, 2};
	static const uint8_t actor[] = {1, LACP_INFO, 0xff, 0xff};
	uint8_t *p = buf + FRAME_HEAD, *a = p + LACP_ACTOR;

	memset(buf, 0, SWPORT_LACP_SIZE);
	memcpy(buf, group, 6);
	memcpy(buf + 6, mac, 6);
	put_be16(buf + 12, FRAME_SLOW);
	p[0] = p[1] = 1;
	memcpy(a, actor, sizeof(actor));
	memcpy(a + 4, mac, 6);
	put_be16(a + 10, 1); /* key */
	put_be16(a + 12, 0xffff);
	put_be16(a + 14, 1); /* port */
	a[LACP_STATE] = LACP_ACTIVE | LACP_AGGREGATE | LACP_SYNC |
			LACP_COLLECT | LACP_DISTRIBUTE |
			(s->lacp[LACP_STATE] & LACP_SHORT);
	memcpy(a + LACP_INFO, s->lacp, LACP_INFO);
	a[LACP_INFO] = 2;
	a[LACP_INFO + 1] = LACP_INFO;
	p[42] = 3; /* collector: no delay */
	p[43] = 16;
}
