/* SPDX-License-Identifier: MIT */
/* lock.h - bases/NAME/base.lock: exactly these packages (pkglist.h). */
#ifndef BASEFS_LOCK_H
#define BASEFS_LOCK_H

#include "make.h"

/* lock_open - read it into @w->lock, when there is one and it counts; the date
 * of the build is the lock's. Dies on what is none. */
void lock_open(struct work *w);

/* lock_place - an archive of its packages, fetched where they are not cached;
 * its folder, malloc-ed. Dies naming what is not to be had. */
char *lock_place(const struct work *w);

/* lock_packages - put base.packages and base.spdx.json beside the image, of
 * what the build found inside, or, of what was packed as it was, of what dpkg
 * in there says. lock_spdx - only the second, by the first. */
void lock_packages(const struct work *w, uint32_t created);
void lock_spdx(const struct work *w);

#endif
