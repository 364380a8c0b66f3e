/* SPDX-License-Identifier: MIT */
/*
 * swport.h - what a switch says about the port this machine hangs on: spanning
 * tree (IEEE 802.1D-2004 clause 9, also as PVST+ sends it) and link
 * aggregation (IEEE 802.1AX-2008 5.4). A port that carries link and drops
 * frames is why DHCP waits; these two tell which of them it is.
 */
#ifndef FORMAT_SWPORT_H
#define FORMAT_SWPORT_H

#include "format/env.h"

#define SWPORT_TEXT	 96
#define SWPORT_LACP_SIZE 124 /* a whole frame */

/* Bits of an actor's or a partner's state. */
enum swport_lacp_bit {
	LACP_ACTIVE = 1,
	LACP_SHORT = 2,
	LACP_AGGREGATE = 4,
	LACP_SYNC = 8,
	LACP_COLLECT = 16,
	LACP_DISTRIBUTE = 32,
	LACP_DEFAULTED = 64,
	LACP_EXPIRED = 128,
};

enum swport_state {
	SWPORT_UNKNOWN, /* nothing was heard */
	SWPORT_OPEN,	/* it says that frames pass */
	SWPORT_TIMED,	/* old spanning tree: nothing says so but time */
	SWPORT_LISTENING,
	SWPORT_LEARNING,
	SWPORT_LACP, /* waits for its partner */
};

struct swport {
	enum swport_state state;
	uint32_t delay_ms; /* of spanning tree: from link until frames pass */
	uint8_t lacp[72];  /* actor and partner, as they came */
};

/*
 * swport_get - a whole frame; 0, -ENOENT (neither protocol) or -EBADMSG.
 */
int swport_get(struct swport *s, const uint8_t *p, size_t n, struct fault *f);

/*
 * swport_why - in words why a port is silent that has been up for @up_ms; ""
 * when there is no reason to think that it is the port.
 */
void swport_why(const struct swport *s, uint64_t up_ms, char out[SWPORT_TEXT]);

/*
 * swport_answer - the LACPDU by which a single link agrees with what it heard,
 * so that the port opens; SWPORT_LACP_SIZE bytes at @buf.
 */
void swport_answer(const struct swport *s, const uint8_t mac[6], uint8_t *buf);

#endif
