/* SPDX-License-Identifier: MIT */
/* update.h - one run of `slipway update`: what is given, and what is known. */
#ifndef INSTALL_UPDATE_H
#define INSTALL_UPDATE_H

#include "fetch/error.h"
#include "format/filelist.h"
#include "format/grubenv.h"
#include "format/manifest.h"
#include "format/policy.h"
#include "state.h"

struct update {
	/* the BOOT file system, and slipway/ in it */
	char *boot, *home;
	bool mounted; /* by us */
	char *policy_text;
	struct policy policy;
	void *root; /* trust anchor, X.509 DER */
	size_t root_size;

	struct state state;
	int state_copies; /* how many could be read */
	struct grubenv env;
	bool env_good;
	uint64_t running; /* serial, 0: not one of this disk's */
	struct manifest_machine machine;

	/* from the command line */
	const char *url, *role, *roots;
	const char *channel; /* or the running kernel's; NULL: none */
	uint64_t limit;	     /* bytes a second, 0: none */
};

/*
 * update_open - find the BOOT file system (@boot: mounted there, NULL: by the
 * label in the kernel's command line), take its lock, read the trust anchor,
 * policy, state and GRUB's block, or die saying what is missing.
 */
void update_open(struct update *u, const char *boot);
void update_close(struct update *u);

/* update_path - malloc-ed "BOOT/slipway/..." from a printf format. */
char *update_path(const struct update *u, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* update_count_good - GRUB counts tries of the good release, all of them; for
 * update_save() to write. */
void update_count_good(struct update *u);

/*
 * update_save - state to the disk, and GRUB's block made to follow it: what
 * is chosen and not good has @tries left. Each on the disk, in this order.
 */
void update_save(struct update *u, unsigned int tries);

#endif
