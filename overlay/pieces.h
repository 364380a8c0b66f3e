/* SPDX-License-Identifier: MIT */
/* pieces.h - what a role adds to an initrd, from its folder initrd/. */
#ifndef OVERLAY_PIECES_H
#define OVERLAY_PIECES_H

#include "build.h"

/* pieces_prepare - have what a build leaves half done removed, as work.h. */
void pieces_prepare(const struct build *b);

/*
 * pieces_gather - in the child: programs with their libraries, rules and
 * start-up pieces out of the union, for pieces_commit(). Dies as a hook does.
 */
void pieces_gather(const struct build *b);

/* pieces_commit - have @b->out/initrd be what was gathered, or be gone. */
void pieces_commit(const struct build *b);

#endif
