/* SPDX-License-Identifier: MIT */
/* pack.h - one initrd: what goes in, and the facts of what came out. */
#ifndef MKINITRD_PACK_H
#define MKINITRD_PACK_H

#include <stdbool.h>
#include <stdint.h>
#include "bundle.h"
#include "base.h"
#include "modules.h"

enum firmware { FIRMWARE_BASE, FIRMWARE_NONE, FIRMWARE_ALL };

/* What an archive holds. */
struct tally {
	unsigned int n_modules, n_firmware;
	uint64_t modules_size, firmware_size;
};

struct pack {
	/* set by the caller */
	const struct site *site;
	struct base *base;
	const char *init, *busybox; /* paths on this machine */
	const char *tls_roots;	    /* for https, or NULL */
	const char *drivers;	    /* drivers.h, or NULL: no modules */
	const char *extra;	    /* extra.h, or NULL */
	char **roles;		    /* whose pieces go in, NULL terminated */
	enum firmware firmware;	    /* ALL dies where the base lacks any */
	bool rescue;
	uint64_t epoch; /* date of every file */

	/* set by pack_gather */
	struct bundle bundle;
	struct modules modules; /* those that drivers asks for are selected */
	struct tally tally;
	unsigned int n_missing;
	char **missing; /* firmware the base does not have */
	uint64_t init_size, busybox_size;
};

/* pack_gather - everything but the list of files; dies naming what lacks. */
void pack_gather(struct pack *p);

/* pack_common - what every initrd of @p has, drivers aside, into @a. */
void pack_common(struct pack *p, struct bundle *a);
void pack_free(struct pack *p);

#endif
