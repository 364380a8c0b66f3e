/* SPDX-License-Identifier: MIT */
/* check.h - what an overlay may not hold; /init refuses the same again. */
#ifndef OVERLAY_CHECK_H
#define OVERLAY_CHECK_H

#include <stddef.h>
#include "capture.h"

/*
 * check_capture - die after naming each path that is refused, and its cure.
 *
 * @lowers: @n directories that lie below the overlay, topmost first. @grants
 * as in role.h.
 */
void check_capture(const struct capture *c, const char *const *lowers, size_t n,
		   unsigned int grants);

#endif
