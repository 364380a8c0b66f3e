/* SPDX-License-Identifier: MIT */
/* packages.h - which packages an overlay brings: overlay.packages, and as
 * SPDX overlay.spdx.json, beside it. */
#ifndef OVERLAY_PACKAGES_H
#define OVERLAY_PACKAGES_H

#include "build.h"
#include "info.h"

/*
 * packages_find - what @tree (the union, while it is mounted, or a layer) has
 * that the @n @lowers have not, with the archives' digests.
 */
void packages_find(const struct build *b, const char *tree, char *const *lowers,
		   size_t n, struct pkglist *l);

/* packages_write - both files, in @b->out; @i is of the packed overlay. */
void packages_write(const struct build *b, const struct pkglist *l,
		    const struct info *i);

#endif
