/* SPDX-License-Identifier: MIT */
/* confirm.h - did this boot go well? */
#ifndef INSTALL_CONFIRM_H
#define INSTALL_CONFIRM_H

#include "update.h"

#define CONFIRM_HOOKS "/etc/slipway/health.d"

/*
 * confirm - run every program of CONFIRM_HOOKS ($SLIPWAY_HEALTH names another
 * folder), in the order of their names. When all end with 0 the running
 * release becomes the last good one and the floor rises to its manifest's; a
 * chosen one that GRUB has given up is noted as bad.
 *
 * When one fails, nothing is confirmed; a release on trial is left, at once
 * when @restart, and tried again or given up by GRUB.
 *
 * Returns the exit status.
 */
int confirm(struct update *u, bool restart);

#endif
