/* SPDX-License-Identifier: MIT */
/*
 * split.h - the same initrd in parts: a core without drivers of NICs, and a
 * small archive of drivers for each NIC, of which a machine loads one.
 */
#ifndef MKINITRD_SPLIT_H
#define MKINITRD_SPLIT_H

#include "nicids.h"
#include "pack.h"

struct archive {
	char *name; /* of its driver, or more with '+' between */
	struct bundle bundle;
	struct tally tally;
};

struct split {
	struct bundle core; /* sealed; empty when there is no archive */
	struct tally core_tally;
	size_t n;
	struct archive *list;
	size_t n_ids;
	struct split_id {
		const char *id;
		size_t archive; /* index into list */
	} * ids;		/* sorted by id */
	struct nicid *pairs;
};

/* split_make - after pack_gather() has filled @p; dies as that does. */
void split_make(struct split *s, struct pack *p);
void split_free(struct split *s);

#endif
