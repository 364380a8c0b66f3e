/* SPDX-License-Identifier: MIT */
/*
 * steps.h - a release, made in one step, or in two with a signature that is
 * made elsewhere between them.
 */
#ifndef PUBLISH_STEPS_H
#define PUBLISH_STEPS_H

#include "release.h"
#include "signing.h"

/*
 * steps_begin - the serial of @r, whose channel is set: the next one or, when
 * it is to be @resumed, with its dates that of the release that waits; dies
 * when none waits, or one of another channel.
 */
void steps_begin(struct release *r, bool resumed);

/*
 * steps_release - put @r into the tree of @g and release it, or die while the
 * old manifest stays. Returns false when it waits for its signatures now.
 */
bool steps_release(struct release *r, const struct signing *g);

#endif
