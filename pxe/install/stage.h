/* SPDX-License-Identifier: MIT */
/* stage.h - proven files become a release. */
#ifndef INSTALL_STAGE_H
#define INSTALL_STAGE_H

#include "get.h"

/*
 * stage_release - from slipway/partial into slipway/releases/SERIAL, which
 * appears whole or not at all and is settled on the disk (disk.h). Every file
 * is proven once more before it has its name. 0, or -EPROTO with @e.
 */
int stage_release(struct get *g, struct fetch_error *e);

#endif
