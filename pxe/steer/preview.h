/* SPDX-License-Identifier: MIT */
/* preview.h - who would boot what, by the rules that /init has. */
#ifndef STEER_PREVIEW_H
#define STEER_PREVIEW_H

#include "format/manifest.h"
#include "host/site.h"

/* preview_open - the manifest of the published tree; checked, or death. */
const struct manifest *preview_open(const struct site *site);

/*
 * preview_hosts - for each line of @path ("-": standard input), which is
 * "MAC [UUID [SERIAL]]", or has "-" for what is not known: role, image and
 * draw. @role: only machines of this one, or NULL; @share: pretend this share
 * of its first image, or -1.
 */
void preview_hosts(const struct manifest *m, const char *path, const char *role,
		   int share, bool json);

#endif
