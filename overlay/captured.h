/* SPDX-License-Identifier: MIT */
/*
 * captured.h - a role that was captured instead of written: its folder holds
 * captured.cpio.gz, an overlay, and captured.conf, what that stands on:
 *
 *	[captured]
 *	base = SHA256
 *	below = SHA256 ...	of the overlays that it depends on
 */
#ifndef OVERLAY_CAPTURED_H
#define OVERLAY_CAPTURED_H

#include "build.h"

/*
 * captured_open - when @b's role is one, set @b->replay to its overlay. Dies
 * when it has hooks, packages or files as well, and when it stands on another
 * base or other overlays (digests @below), saying how to go on.
 */
void captured_open(struct build *b, char **below);

/* captured_base - digest of the base that it stands on, malloc-ed, or NULL
 * when @r was not captured. */
char *captured_base(const struct role *r);

/* captured_note - write captured.conf into the folder @dir. */
void captured_note(const char *dir, const char *base, char **below);

#endif
