/* SPDX-License-Identifier: MIT */
/* inputs.h - one key for all that an overlay is made from. */
#ifndef OVERLAY_INPUTS_H
#define OVERLAY_INPUTS_H

#include "format/digest.h"

struct role;
struct base;

/*
 * inputs_key - digest over this program, the base, every file of the role's
 * folder (name, type, mode, bytes) and @deps, the digests of the overlays
 * below. What a mirror serves today is not among them: --force is for that.
 */
void inputs_key(const struct role *r, const struct base *b, char **deps,
		char out[DIGEST_HEX + 1]);

#endif
