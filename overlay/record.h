/* SPDX-License-Identifier: MIT */
/*
 * record.h - what an overlay was made from, written into it: RECORD_DIR/ROLE
 * in the image, mode 0600 for what environment.d may hold. The same inputs
 * give the same text, so arguments of the command are not in it: those are in
 * overlay.info.
 */
#ifndef OVERLAY_RECORD_H
#define OVERLAY_RECORD_H

#include "build.h"

#define RECORD_DIR "/usr/lib/slipway/roles"

/* record_write - write it, inside the union; dies with the path. */
void record_write(const struct build *b);

#endif
