/* SPDX-License-Identifier: MIT */
/* medium.h - disks that are found by their label. */
#ifndef MEDIUM_H
#define MEDIUM_H

#include "boot.h"

#define MEDIUM_WAIT_MS 60000 /* sticks and CDs take their time to appear */

/*
 * medium_mount - wait up to @limit_ms for a file system called @label, and
 * mount it at @at, a folder that is made. 0, or -EPROTO with b->error
 * (E-MEDIUM): it has not appeared, or does not mount.
 */
int medium_mount(struct boot *b, const char *label, const char *at,
		 unsigned long flags, uint64_t limit_ms);

/*
 * medium_leave - unmount what the layers were copied from: the system that
 * starts cannot, and a disk that is still mounted here cannot be mounted there
 * for writing, nor a CD be taken out.
 */
void medium_leave(struct boot *b);

#endif
