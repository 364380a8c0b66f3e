/* SPDX-License-Identifier: MIT */
/*
 * grubenv.h - GRUB's environment block (grub-core/lib/envblk.c): 1,024 bytes,
 * "# GRUB Environment Block\n", NAME=VALUE lines, '#' to the end. GRUB writes
 * into it as well (it counts tries), so it holds what it has to know and
 * nothing that is believed: what it names is proven when it boots.
 *
 *	good	serial to boot
 *	try	serial on trial, or empty
 *	left	its tries left, 3 to 0
 *	good_left	tries left of the good one; empty: they are not counted
 *	once	serial to boot the next time only, or empty
 *	order	serials for the menu, newest first
 *
 * All that is said lies within the first sector, so a torn write is none.
 */
#ifndef FORMAT_GRUBENV_H
#define FORMAT_GRUBENV_H

#include "format/text.h"

#define GRUBENV_SIZE  1024
#define GRUBENV_ORDER 9 /* as many as have a key */
#define GRUBENV_TRIES 3

struct grubenv {
	uint64_t good, try, left, once;
	bool counts; /* good_left is counted */
	uint64_t good_left;
	unsigned int n_order;
	uint64_t order[GRUBENV_ORDER];
};

/* grubenv_parse - 0 or -EBADMSG (@g is all zero then). */
int grubenv_parse(struct grubenv *g, struct span text);

/* grubenv_print - 0, or -EOVERFLOW when it is more than a sector. */
int grubenv_print(const struct grubenv *g, char buf[GRUBENV_SIZE]);

#endif
