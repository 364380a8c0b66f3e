/* SPDX-License-Identifier: MIT */
/* pack.h - a capture as overlay.cpio.gz: same capture, same bytes. */
#ifndef OVERLAY_PACK_H
#define OVERLAY_PACK_H

#include "host/outfile.h"
#include "capture.h"
#include "info.h"

/* pack_write - write @c, bound to base @base, to @out (which the caller
 * commits) and fill @i; or die. */
void pack_write(const struct capture *c, const uint8_t base[DIGEST_SIZE],
		struct outfile *out, struct info *i);

#endif
