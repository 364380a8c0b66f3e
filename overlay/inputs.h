/* SPDX-License-Identifier: MIT */
/* inputs.h - all that an overlay is made from. */
#ifndef OVERLAY_INPUTS_H
#define OVERLAY_INPUTS_H

#include "host/inputset.h"

struct role;
struct base;

/*
 * inputs_collect - open @s and fill it: this program, the base, every file of
 * the role's folder (name, type, mode, bytes) and @digests of the overlays
 * @deps below. What a mirror serves today is not among them: --force is for
 * that, and a lock.
 */
void inputs_collect(struct inputset *s, const struct role *r,
		    const struct base *b, char **deps, char **digests);

#endif
