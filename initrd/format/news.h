/* SPDX-License-Identifier: MIT */
/* news.h - one frame from the network into what it means to a client. */
#ifndef FORMAT_NEWS_H
#define FORMAT_NEWS_H

#include "format/dhcp4.h"
#include "format/dhcp6.h"
#include "format/frame.h"
#include "format/swport.h"

enum news_kind {
	NEWS_NONE, /* for somebody else */
	NEWS_BAD,  /* meant for this machine and refused; @why says why */
	NEWS_DHCP4,
	NEWS_DHCP6,
	NEWS_RA,
	NEWS_ARP,
	NEWS_SWPORT,
};

/* Who is listening. */
struct news_for {
	uint8_t mac[6];
	uint32_t xid4, xid6;
};

struct news {
	enum news_kind kind;
	struct frame_end from;
	char why[64];
	union {
		struct dhcp4_reply dhcp4;
		struct dhcp6_reply dhcp6;
		struct dhcp6_ra ra;
		struct frame_arp arp;
		struct swport swport;
	};
};

/* news_read - frame @p of @n bytes; everything in @out is checked. */
void news_read(struct news *out, const struct news_for *who, const uint8_t *p,
	       size_t n);

#endif
