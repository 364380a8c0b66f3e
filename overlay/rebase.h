/* SPDX-License-Identifier: MIT */
/*
 * rebase.h - an overlay on a newer base, as it is: no hook runs. That holds
 * where the newer base has every path that the overlay touches just as the one
 * had that it was captured against.
 */
#ifndef OVERLAY_REBASE_H
#define OVERLAY_REBASE_H

#include "build.h"
#include "capture.h"

/*
 * rebase_prepare - find the overlay of @b's role and the base that it stands
 * on, for a build that replays it: sets @b->replay and @b->rebase_from, or
 * neither when it stands on the present base. Dies when one of them is not to
 * be had, or the role depends on others.
 */
void rebase_prepare(struct build *b);

/* rebase_check - die after naming the paths of @c that differ between image
 * @b->rebase_from and the present base. */
void rebase_check(const struct build *b, const struct capture *c);

/* rebase_keep - a captured role's folder gets what was built. */
void rebase_keep(const struct build *b);

#endif
