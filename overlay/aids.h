/* SPDX-License-Identifier: MIT */
/*
 * aids.h - files that a build needs and no machine should get: name service,
 * "start no services", apt's settings. They lie in a layer of their own below
 * the upper, so that they are seen inside and are not part of what changed.
 */
#ifndef OVERLAY_AIDS_H
#define OVERLAY_AIDS_H

#include "build.h"

/* aids_make - fill aids/ before the union is mounted. */
void aids_make(const struct build *b, char *const *lowers, size_t n);

/* aids_forget - take out of the upper what is only an aid that was copied up
 * or deleted. */
void aids_forget(const struct build *b, char *const *lowers, size_t n);

#endif
