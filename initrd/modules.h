/* SPDX-License-Identifier: MIT */
/* modules.h - what other steps ask of the drivers. */
#ifndef MODULES_H
#define MODULES_H

#include "boot.h"

/*
 * modules_rescan - load drivers for the devices that have appeared since the
 * last look: cheap enough for a loop that waits for a NIC. Nothing happens
 * when this initrd has no modules for this kernel.
 */
void modules_rescan(struct boot *b);

/*
 * modules_need - load the module @name ("bonding", "8021q") now.
 *
 * Returns 0 when it is loaded, -ENOENT when this initrd has none of that name
 * (which may be part of the kernel), or what the kernel said.
 */
int modules_need(struct boot *b, const char *name);

/*
 * modules_join - wait for the modules that every boot needs, which load while
 * the network comes up. 0, or -EPROTO with boot.error (E-MODULE).
 */
int modules_join(struct boot *b);

#endif
