/* SPDX-License-Identifier: MIT */
/*
 * lanlink.h - the state of lan.h's process, for its own files: lan.c (loop),
 * lanlink.c (which links there are), lanframe.c (frames in and out), lan4.c,
 * lan4hold.c, lan6.c (addresses), lanport.c (switches), lanpick.c (which link,
 * the lease).
 */
#ifndef LANLINK_H
#define LANLINK_H

#include "format/news.h"
#include "lan.h"

#define LAN_ASK_MS     1000   /* between two questions on one link ... */
#define LAN_EAGER_MS   120000 /* ... for so long, then half as much again */
#define LAN_OFFER_MS   1000   /* for a better offer than one without router */
#define LAN_BOOTIF_MS  15000  /* for the NIC of the firmware, after another's */
#define LAN_BLOCKED_MS 60000  /* the same when its port is known to be shut */
#define LAN_PROBE_MS   250    /* for somebody to claim an address */
#define LAN_ROUTER_MS  60000  /* for the router of an address that is given */
#define LAN_HANDED_MS  3000   /* for that of a lease handed on, before asking */
#define LAN_ONLY6_MS   2000 /* for IPv4, from carrier on, where IPv6 is there */
#define LAN_DNS6_MS    2000 /* for name servers, once an address is there */
#define LAN_STATEFUL_MS                                                        \
	10000 /* for DHCPv6, where an advertised prefix does                   \
	       */

enum lan4_state {
	LAN4_ASK,     /* DISCOVER; an offer may have come */
	LAN4_REQUEST, /* REQUEST */
	LAN4_CHECK,   /* does somebody have it, does the router answer? */
	LAN4_BOUND,
};

struct lan4 {
	enum lan4_state state;
	uint32_t xid;
	uint64_t begun_ms, next_ms;
	unsigned int tries;
	struct dhcp4_reply got; /* an offer, then the lease; type 0: none */
	uint64_t offer_ms;	/* of the first offer */
	uint64_t probe_ms;	/* of the first probe for it, 0: none yet */
	bool fixed;		/* not by DHCP: got.lease is what was given */
	uint64_t answered_ms;	/* by the router, 0: not yet */
	bool taken;		/* the probe was answered */
	uint32_t barred;	/* address that somebody else had */
	uint64_t t1_ms, t2_ms, end_ms; /* 0: never */
};

struct lan6 {
	uint8_t local[IP6_SIZE]; /* ::, until it may be used */
	bool has_ra, handed_out; /* DHCPv6 has given its answer */
	struct dhcp6_ra ra;
	uint8_t router[IP6_SIZE];
	uint64_t next_rs_ms, ra_ms;
	enum dhcp6_type asking; /* 0: nothing */
	uint32_t xid;
	uint64_t begun_ms, next_ms, t1_ms, t2_ms;
	unsigned int tries;
	struct dhcp6_reply got;
	struct lease6 lease; /* LEASE_NONE: no address that may be used */
	uint64_t lease_ms;   /* since when there is one */
};

struct lan_link {
	struct nic nic;
	const struct bootargs_addr *how;
	bool use;	     /* for an address; else it is only up */
	uint64_t carrier_ms; /* since when, 0: none */
	uint64_t flaps;
	struct lan4 four;
	struct lan6 six;
	struct swport port;
	uint64_t port_ms;
	bool lacp; /* the switch is answered */
};

struct lan {
	struct boot *b;
	struct lan_status *status;
	int s;	 /* of frames */
	int udp; /* of renewals, or -1 */
	struct cage cage;
	unsigned int n;
	struct lan_link links[NIC_MAX];
	struct lan_link *chosen;
	struct lease lease; /* as it was written */
	bool unwritten;	    /* that this failed was said */
	uint64_t start_ms, scan_ms, notice_ms, six_ms;
	uint64_t first_ms; /* of the first offer on any link */
	uint32_t seed;
	uint32_t bonds_failed, vlans_failed; /* a bit each: that was said */
};

/* lanlink.c */
void lan_scan(struct lan *l, uint64_t now);
bool lan_is_bootif(const struct lan *l, const struct lan_link *k);
bool lan_wants4(const struct lan_link *k);
bool lan_wants6(const struct lan_link *k);

/* lanframe.c; lan_send drops what does not go, as a network would */
int lan_open(struct lan *l);
void lan_listen(struct lan *l, const struct lan_link *k);
void lan_send(struct lan *l, const struct lan_link *k, const void *p, size_t n);
/* lan_arp - ask all for @target; as @ip, or as nobody (0), which claims none. */
void lan_arp(struct lan *l, const struct lan_link *k, uint32_t ip,
	     uint32_t target);
void lan_receive(struct lan *l);
uint32_t lan_random(struct lan *l);

/* lan4.c */
void lan4_reset(struct lan *l, struct lan_link *k, uint64_t now);
void lan4_fix(struct lan *l, struct lan_link *k, const struct lease *given,
	      uint64_t now);
void lan4_tick(struct lan *l, struct lan_link *k, uint64_t now);
void lan4_take(struct lan *l, struct lan_link *k, uint64_t now);
void lan4_heard(struct lan *l, struct lan_link *k, const struct news *news);
void lan4_arp(struct lan *l, struct lan_link *k, const struct frame_arp *a);

/* lan4_ask - for what @k's state says: an offer, or that address. */
void lan4_ask(struct lan *l, struct lan_link *k, enum dhcp4_type type,
	      uint64_t now);

/* lan4hold.c */
void lan4hold_bind(struct lan *l, struct lan_link *k, uint64_t now);
void lan4hold_tick(struct lan *l, struct lan_link *k, uint64_t now);
void lan4hold_heard(struct lan *l, struct lan_link *k,
		    const struct dhcp4_reply *r, uint64_t now);

/* lan6.c */
void lan6_look(struct lan *l, uint64_t now);
void lan6_fix(struct lan *l, struct lan_link *k, const struct lease6 *given);
void lan6_tick(struct lan *l, struct lan_link *k, uint64_t now);
void lan6_heard(struct lan *l, struct lan_link *k, const struct news *news);
bool lan6_ready(const struct lan_link *k, uint64_t now);

/* lanport.c */
void lan_port_heard(struct lan *l, struct lan_link *k, const struct swport *s);
bool lan_port_blocked(const struct lan_link *k, uint64_t now);
void lan_notice(struct lan *l, uint64_t now);

/* lanpick.c */
void lan_pick(struct lan *l, uint64_t now);
void lan_publish(struct lan *l, uint64_t now);

#endif
