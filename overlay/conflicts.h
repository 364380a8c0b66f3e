/* SPDX-License-Identifier: MIT */
/* conflicts.h - paths that more than one overlay of a role changes. */
#ifndef OVERLAY_CONFLICTS_H
#define OVERLAY_CONFLICTS_H

#include "build.h"
#include "capture.h"

/*
 * conflicts_say - tell of each path of @c, not a folder, that an overlay below
 * brings or deletes too: which wins. @lowers as of mounts_lowers(), the base
 * last. What package tools write for all packages is nobody's alone.
 */
void conflicts_say(const struct build *b, const struct capture *c,
		   char *const *lowers, size_t n);

#endif
