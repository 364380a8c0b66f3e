/* SPDX-License-Identifier: MIT */
/*
 * ipxe.h - what the iPXE scripts of a site share: which card, which address,
 * and what to do when nothing answers.
 *
 * A script is ipxe_print_hunt(), its own lines, ipxe_print_retry(). Its lines
 * begin when the card net${nic} has an address, and end in one of these:
 *
 *	goto offline	nothing behind this card; the next one, then again
 *	goto retry	wait, longer each time, and hunt anew
 *	goto hunt	with ${nic} as it is
 *	goto disk	the local disk
 *
 * ${tries} counts the failures, ${stale} is set after one. Both scripts may
 * set the same names: they live on when one chains to the other.
 *
 * iPXE's "a || b && c" runs c when a succeeded: only jumps are chained. It
 * closes a card that gets no address by itself, and knows no random numbers.
 */
#ifndef HOST_IPXE_H
#define HOST_IPXE_H

#include <stdbool.h>
#include <stdio.h>

#include "host/site.h"

/* No byte of a download for so long, and the next server is asked. */
#define IPXE_STALL_MS 20000

enum ipxe_fallback { IPXE_RETRY, IPXE_DISK, IPXE_REBOOT };

/* [boot] of site.conf. */
struct ipxe_conf {
	enum ipxe_fallback fallback;
	unsigned int tries;	/* failures before it */
	unsigned int prompt_ms; /* time for a key, 0: none */
};

/* ipxe_conf_read - defaults where @conf is silent; dies on what is wrong. */
void ipxe_conf_read(struct ipxe_conf *c, const struct ini *conf);

void ipxe_print_hunt(FILE *f);

/* ipxe_print_retry - @menu: Ctrl-B while waiting jumps to label "menu". */
void ipxe_print_retry(FILE *f, const struct ipxe_conf *c, bool menu);

#endif
