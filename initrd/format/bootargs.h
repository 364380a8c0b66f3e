/* SPDX-License-Identifier: MIT */
/*
 * bootargs.h - the kernel command line
 * (Documentation/admin-guide/kernel-parameters.rst), own keys and the
 * spellings that people know from the kernel, dracut and iPXE.
 *
 * Nothing here can loosen a check: the struct has no field that could.
 */
#ifndef FORMAT_BOOTARGS_H
#define FORMAT_BOOTARGS_H

#include "format/ip6.h"
#include "format/text.h"

#define BOOTARGS_MAX 4096
#define BOOTARGS_URLS_MAX 8
#define BOOTARGS_NS_MAX 4
#define BOOTARGS_NOTES_MAX 8

enum bootargs_panic { PANIC_UNSET, PANIC_REBOOT, PANIC_SHELL, PANIC_HALT };
#define BOOTARGS_ADDRS_MAX   8
#define BOOTARGS_VLANS_MAX   4
#define BOOTARGS_BONDS_MAX   2
#define BOOTARGS_IFNAMES_MAX 16
#define BOOTARGS_ROUTES_MAX  8

/* How a link gets its address. */
enum bootargs_ip {
	IP_UNSET,
	IP_ON,	   /* whatever there is, over IPv4 and IPv6 */
	IP_NONE,   /* not by /init */
	IP_STATIC,
	IP_DHCP,   /* over IPv4 only */
	IP_DHCP6,  /* over IPv6 only */
	IP_AUTO6,  /* as routers say, over IPv6 only */
};

struct bootargs_addr {			/* ip=, the kernel's form and dracut's */
	enum bootargs_ip ip;
	struct span client, gw, mask, host, dev;
};

struct bootargs_vlan {			/* vlan=NAME:PARENT */
	struct span name, parent;
	uint16_t id;			/* the digits at the end of the name */
};

struct bootargs_bond {			/* bond=NAME:LINKS:OPTIONS:MTU */
	struct span name, links, options;	/* commas between */
	unsigned int mtu;		/* 0: leave */
};

struct bootargs_ifname {		/* ifname=NAME:MAC */
	struct span name;
	uint8_t mac[6];
};

struct bootargs_route {			/* rd.route=NET/PREFIX:GATEWAY[:LINK] */
	bool six;
	uint8_t net[IP6_SIZE], gw[IP6_SIZE];	/* IPv4 in the first 4 bytes */
	unsigned int prefix;
	struct span dev;
};

struct lease;

struct bootargs {
	unsigned int n_urls;
	struct span urls[BOOTARGS_URLS_MAX];	/* slipway.url=, root=live: */
	struct span role;			/* slipway.role= */
	struct span image;			/* slipway.image=, or n 0 */
	struct span channel;			/* slipway.channel=, or n 0 */
	struct span brk;			/* slipway.break=, rd.break= */
	enum bootargs_panic panic;		/* slipway.panic= */
	bool has_panic_sec;
	uint32_t panic_sec;			/* also panic=N */
	struct span report;			/* slipway.report=URL|/PATH|off */
	struct span syslog;			/* slipway.syslog= */
	bool debug;				/* slipway.debug, rd.debug */
	struct span source;			/* slipway.source=net|disk|
						   LABEL=name[:/path] */
	struct span upper;			/* slipway.upper=LABEL=name[?],
						   the name */
	bool upper_optional;			/* ... with ? */
	uint64_t ram_bytes;			/* slipway.ram=SIZE, 0 unset */
	unsigned int ram_percent;		/* slipway.ram=NN%, 0 unset */
	unsigned int connections;		/* at most; 0 unset */
	bool has_serial, has_floor;
	uint64_t serial;	/* slipway.serial=: only this one is accepted */
	uint64_t floor;		/* slipway.floor=: may only raise the floor */
	uint64_t fallback;	/* slipway.fallback=: in place of that serial,
				   which did not come up; 0 unset */
	unsigned int n_addrs;	/* one a device, and one without */
	struct bootargs_addr addrs[BOOTARGS_ADDRS_MAX];
	unsigned int n_vlans, n_bonds, n_ifnames, n_routes;
	struct bootargs_vlan vlans[BOOTARGS_VLANS_MAX];
	struct bootargs_bond bonds[BOOTARGS_BONDS_MAX];
	struct bootargs_ifname ifnames[BOOTARGS_IFNAMES_MAX];
	struct bootargs_route routes[BOOTARGS_ROUTES_MAX];
	struct span handed;	/* slipway.lease=, see lease_handed() */
	unsigned int n_ns;
	struct span ns[BOOTARGS_NS_MAX];	/* nameserver=, ip= dns0 dns1 */
	bool has_bootif;
	uint8_t bootif[6];			/* BOOTIF=01-aa-bb-.. */
	struct span init;			/* init=; "" means /sbin/init */
	/* words refused or ignored, for one line of warning each */
	unsigned int n_notes;
	struct {
		struct span word;
		const char *why;
	} notes[BOOTARGS_NOTES_MAX];
};

/*
 * bootargs_parse - decode; spans point into @line, which must outlive @b.
 *
 * The last of equal keys wins, as in the kernel; unknown keys that do not
 * begin with "slipway." are somebody else's and ignored, those that begin with
 * "slipway.install" the installer's; unknown or broken
 * slipway. keys become notes. A word may be quoted the kernel's way, and "--"
 * ends the keys. Returns 0, or -EOVERFLOW above BOOTARGS_MAX.
 */
int bootargs_parse(struct bootargs *b, struct span line);

/* Keys of the network, for bootargs.c: why a value is not taken, or NULL. */
const char *bootnet_ip(struct bootargs *b, struct span v);
const char *bootnet_ns(struct bootargs *b, struct span v);
const char *bootnet_bootif(struct bootargs *b, struct span v);
const char *bootnet_vlan(struct bootargs *b, struct span v);
const char *bootnet_bond(struct bootargs *b, struct span v);
const char *bootnet_ifname(struct bootargs *b, struct span v);
const char *bootnet_route(struct bootargs *b, struct span v);
const char *bootnet_lease(struct bootargs *b, struct span v);

/*
 * bootnet_static - the addresses of an IP_STATIC @a into @l, which may have an
 * interface; without a mask the prefix is that of the address's class, or 64.
 *
 * Returns 0, or -EBADMSG: not one that a machine can have (@f says why).
 */
int bootnet_static(const struct bootargs_addr *a, struct lease *l,
		   struct fault *f);

#endif
