/* SPDX-License-Identifier: MIT */
/* extra.h - a publish tree that goes before the one on a medium. */
#ifndef MEDIA_EXTRA_H
#define MEDIA_EXTRA_H

#include "archive.h"
#include "host/proven.h"
#include "where.h"

struct extra {
	const char *tree;
	struct manifest m;
	struct proven bytes;
	const struct manifest_role *role;
};

/*
 * extra_open - the manifest of @tree, which must be signed under the root that
 * the medium @w carries, and its role @role, whose base and kernel must be on
 * the medium; or die. extra_close - free what it holds.
 */
void extra_open(struct extra *x, const char *tree, const char *role,
		const struct where *w);
void extra_close(struct extra *x);

/* extra_add - the manifest, its signatures, and those layers of the role that
 * @w lacks. */
void extra_add(struct archive *a, const struct extra *x, const struct where *w);

#endif
