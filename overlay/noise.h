/* SPDX-License-Identifier: MIT */
/* noise.h - what a build leaves behind and no machine should be given. */
#ifndef OVERLAY_NOISE_H
#define OVERLAY_NOISE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * noise_is - is the entry at @path (relative to the root), with all below
 * it, left out of an overlay? @deleted: it is a whiteout.
 */
bool noise_is(const char *path, mode_t mode, bool deleted);

#endif
