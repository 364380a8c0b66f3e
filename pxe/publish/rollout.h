/* SPDX-License-Identifier: MIT */
/*
 * rollout.h - sections [rollout], [rings] and [pins] of site.conf into images
 * and pins of a manifest.
 *
 *	[rollout]  ROLE = SHARE [RING...]	what is built now, for so many
 *of 10,000 and for these rings [rings]    RING = KEY PATTERN ...	KEY is
 *mac, uuid or serial [pins]     KEY PATTERN = IMAGE		new, own, or
 *rSERIAL
 */
#ifndef PUBLISH_ROLLOUT_H
#define PUBLISH_ROLLOUT_H

#include "release.h"

/*
 * rollout_collect - where a role's rollout is below the whole, its own layers
 * become those of the last release, and what is built one of its images.
 * @serial: of the release that is made. Dies, naming the line, on what cannot
 * be: a ring or an image that is not there, a kernel that would not fit.
 */
void rollout_collect(struct release *r, uint64_t serial);

/* rollout_note - remember which kernel goes with which base. */
void rollout_note(const struct release *r);

#endif
