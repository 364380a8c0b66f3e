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

/* Whose signatures over one text were good: keys as cms_signer() tells them. */
struct trust_signers {
	unsigned int n;
	uint8_t keys[POLICY_SIGNERS_MAX][DIGEST_SIZE];
};

struct trust {
	const void *root;		/* as anchor.h */
	size_t root_size;
	const struct policy *policy;
	const struct bootargs *args;	/* or NULL */
	uint64_t now;			/* seconds since 1970, 0: no clock */
	struct trust_signers *signers;	/* filled in, or NULL */
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

/*
 * A site may ask for more than one signature (policy.signers): manifest.cms is
 * the first, each other one a SignedData of the same text and of another key.
 * trust_cosign_path - its place in the tree, "signatures/HEX.N.cms": named by
 * the text, so that no release in the making can tear the two apart.
 */
#define TRUST_PATH_MAX (32 + DIGEST_HEX)
void trust_cosign_path(struct span text, unsigned int n,
		       char path[TRUST_PATH_MAX]);

/*
 * trust_cosign - is @cms signed, over exactly @text, by a key that is not in
 * t->signers (which must be there) yet? Then it is added.
 *
 * Returns 0, or -EPROTO with @e: E-SIG, E-CAGE.
 */
int trust_cosign(const struct trust *t, const void *cms, size_t size,
		 struct span text, struct fetch_error *e);

#endif
