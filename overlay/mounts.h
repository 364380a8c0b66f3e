/* SPDX-License-Identifier: MIT */
/* mounts.h - the union that hooks run in, and what is mounted into it. */
#ifndef OVERLAY_MOUNTS_H
#define OVERLAY_MOUNTS_H

#include "build.h"

/* mounts_work - the work area: a tmpfs, or with --keep a folder on disk. */
void mounts_work(const struct build *b);

/*
 * mounts_lowers - mount the base and unpack the dependencies. Their folders,
 * topmost first, go to @lowers; returns how many.
 */
size_t mounts_lowers(const struct build *b, char *lowers[BUILD_LOWERS_MAX]);

/*
 * mounts_union - lay a fresh upper/ over the aids of the build (aids.h) and
 * the @n @lowers, at root/.
 */
void mounts_union(const struct build *b, char *const *lowers, size_t n);

/* mounts_inside - proc, sys, dev, run, tmp, caches, the role's folder. */
void mounts_inside(const struct build *b);

/* mounts_leave - take the union away, so that the upper is final. */
void mounts_leave(const struct build *b);

/* mounts_mount - mount(2), or die with the place. */
void mounts_mount(const char *src, const char *at, const char *type,
		  unsigned long flags, const char *data);

/* mounts_copy_dir - make @to like the directory @from: owner, mode, date. */
void mounts_copy_dir(const char *from, const char *to);

/* mounts_full - is the work area out of space or inodes? */
bool mounts_full(const struct build *b);

#endif
