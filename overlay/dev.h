/* SPDX-License-Identifier: MIT */
/* dev.h - /dev in the union. */
#ifndef OVERLAY_DEV_H
#define OVERLAY_DEV_H

#include "build.h"

/* dev_make - fill the tmpfs at root/dev: what every program may expect, and
 * nothing of the machine's hardware. */
void dev_make(const struct build *b);

#endif
