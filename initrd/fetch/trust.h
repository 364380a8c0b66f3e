/* SPDX-License-Identifier: MIT */
/*
 * trust.h - from the bytes of manifest.cms to a manifest this machine may
 * use: signature, magic, grammar, site, epoch, floor, serial, date. Used by
 * /init and by `slipway verify`.
 */
#ifndef FETCH_TRUST_H
#define FETCH_TRUST_H

#include "fetch/error.h"
#include "format/bootargs.h"
#include "format/manifest.h"
#include "format/policy.h"

struct trust {
	const void *root;		/* X.509 DER */
	size_t root_size;
	const struct policy *policy;
	const struct bootargs *args;	/* or NULL */
	uint64_t now;			/* seconds since 1970, 0: no clock */
};

/*
 * trust_clock - may @now (seconds since 1970) be the time? Not before @built,
 * the date of the initrd, nor 20 years after it.
 */
bool trust_clock(uint64_t now, uint64_t built);

/*
 * trust_manifest - check @cms and decode it into @m.
 *
 * On success *@text is the manifest's text, inside @cms (spans of @m point into
 * it). The signature is checked in a cage (cage.h). *@warning is "" or one line (expired, but the clock or
 * the policy says go on).
 *
 * Accepted: signature good under cms.h; site equal to the policy's; epoch not
 * below the policy's; within the policy's epoch, serial not below the highest
 * of the policy's floor and the command line's; serial equal to
 * slipway.serial= when given; not expired when the clock is believed (between
 * policy.built and 20 years after) and the policy says "stale refuse".
 *
 * Returns 0, or -EPROTO with @e: E-SIG, E-CAGE, E-MAN, E-SITE, E-FLOOR, E-SERIAL,
 * E-EXPIRED.
 */
int trust_manifest(const struct trust *t, const void *cms, size_t size,
		   struct manifest *m, struct span *text, char warning[160],
		   struct fetch_error *e);

#endif
