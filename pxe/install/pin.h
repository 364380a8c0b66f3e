/* SPDX-License-Identifier: MIT */
/* pin.h - one machine stays with one release, for good or for one boot. */
#ifndef INSTALL_PIN_H
#define INSTALL_PIN_H

#include "update.h"

/*
 * pin_to - boot release @serial, which must be on the disk, whole, and not
 * below the floor, or die; @once: the next time only, else until 0 is given,
 * which follows the site again.
 */
void pin_to(struct update *u, uint64_t serial, bool once);

#endif
