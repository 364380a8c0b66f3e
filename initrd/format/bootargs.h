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

#include "format/text.h"

#define BOOTARGS_MAX 4096
#define BOOTARGS_URLS_MAX 8
#define BOOTARGS_NS_MAX 4
#define BOOTARGS_NOTES_MAX 8

enum bootargs_panic { PANIC_UNSET, PANIC_REBOOT, PANIC_SHELL, PANIC_HALT };
enum bootargs_ip { IP_UNSET, IP_DHCP, IP_NONE, IP_STATIC };

struct bootargs {
	unsigned int n_urls;
	struct span urls[BOOTARGS_URLS_MAX];	/* slipway.url=, root=live: */
	struct span role;			/* slipway.role= */
	struct span brk;			/* slipway.break=, rd.break= */
	enum bootargs_panic panic;		/* slipway.panic= */
	bool has_panic_sec;
	uint32_t panic_sec;			/* also panic=N */
	struct span report;			/* slipway.report=URL|/PATH|off */
	bool debug;				/* slipway.debug, rd.debug */
	struct span source;			/* slipway.source=net|disk|
						   LABEL=name[:/path] */
	uint64_t ram_bytes;			/* slipway.ram=SIZE, 0 unset */
	unsigned int ram_percent;		/* slipway.ram=NN%, 0 unset */
	unsigned int connections;		/* at most; 0 unset */
	bool has_serial, has_floor;
	uint64_t serial;	/* slipway.serial=: only this one is accepted */
	uint64_t floor;		/* slipway.floor=: may only raise the floor */
	enum bootargs_ip ip;
	struct {				/* ip= in the kernel's form */
		struct span client, gw, mask, host, dev;
	} addr;
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
 * begin with "slipway." are somebody else's and ignored; unknown or broken
 * slipway. keys become notes. A word may be quoted the kernel's way, and "--"
 * ends the keys. Returns 0, or -EOVERFLOW above BOOTARGS_MAX.
 */
int bootargs_parse(struct bootargs *b, struct span line);

#endif
