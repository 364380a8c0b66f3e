/* SPDX-License-Identifier: MIT */
/*
 * upper.h - the writable layer: in memory, or on a disk of that label when the
 * command line wants it and the policy lets it. Nobody signs what is there.
 */
#ifndef UPPER_H
#define UPPER_H

#include "boot.h"

/*
 * upper_mount - make BOOT_UPPER/up and BOOT_UPPER/work. On a disk they are
 * those of this role, and an ext4 that is smaller than its partition grows.
 * *@on_disk tells which. 0, or -EPROTO with b->error (E-MEDIUM, E-MOUNT).
 */
int upper_mount(struct boot *b, bool *on_disk);

/* upper_hide - out of sight; the union keeps it. */
void upper_hide(bool on_disk);

#endif
