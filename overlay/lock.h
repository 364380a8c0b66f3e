/* SPDX-License-Identifier: MIT */
/* lock.h - roles/ROLE/role.lock: exactly these packages (pkglist.h). */
#ifndef OVERLAY_LOCK_H
#define OVERLAY_LOCK_H

#include "build.h"

/*
 * lock_open - read the lock of @b's role into @b->lock, when there is one, and
 * have its packages in the cache; dies naming one that is not to be had.
 */
void lock_open(struct build *b);

/* lock_place - in the work area: locked/, an archive of those packages, which
 * appears as BUILD_INSIDE "/locked". */
void lock_place(const struct build *b);

/* lock_conf - more lines for apt's settings, static; "" without a lock. */
const char *lock_conf(const struct build *b);

#endif
