/* SPDX-License-Identifier: MIT */
/* script_drivers.h - the part of boot.ipxe that loads kernel and initrd. */
#ifndef PUBLISH_SCRIPT_DRIVERS_H
#define PUBLISH_SCRIPT_DRIVERS_H

#include <stdio.h>
#include "release.h"

/*
 * script_drivers_load - from the label "load" on, with ${dir} the boot folder
 * of the first mirror, and from "fetch" on, with ${at} that of another: the
 * images vmlinuz and either core.img and drivers.img or initrd.img; their names
 * for the kernel's command line are in ${initrds} then. Jumps to "next" when
 * neither is to be had.
 */
void script_drivers_load(FILE *f, const struct release *r);

/*
 * script_drivers_verify - imgverify of what script_drivers_load() has loaded;
 * jumps to "next" when a signature does not hold.
 */
void script_drivers_verify(FILE *f, const struct release *r);

#endif
