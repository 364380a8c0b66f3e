/* SPDX-License-Identifier: MIT */
/*
 * lan.h - the process that owns the network while a boot lasts: links up,
 * addresses on all of them at once, renewal, and why a port is silent. It
 * ends with the boot and leaves everything as it is.
 */
#ifndef LAN_H
#define LAN_H

#include "boot.h"

#define LAN_LEASE BOOT_FACTS "/lease"
#define LAN_WHY	  120

/* What PID 1 sees of it, in memory that both have. */
struct lan_status {
	volatile uint32_t nics, carriers; /* links that may be used */
	volatile uint32_t ready;	  /* LAN_LEASE is there and good */
	char why[LAN_WHY];		  /* what stands in the way, or "" */
};

/* lan_start - b->lan and b->lan_status; 0 or -errno. */
int lan_start(struct boot *b);

/* lan_stop - end it, give nothing back, take the last lease into b->lease. */
void lan_stop(struct boot *b);

/* lan_load - LAN_LEASE into b->lease; 0 or -errno and it is as it was. */
int lan_load(struct boot *b);

#endif
