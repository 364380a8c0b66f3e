/* SPDX-License-Identifier: MIT */
/*
 * holds.h - what is on a disk, as libblkid knows it: partition tables, file
 * systems, RAID, LVM, LUKS, swap; and the mark of an install under way.
 *
 * The mark stands where a boot sector has its code, behind an instruction that
 * sends a BIOS on to the next disk: the code that makes the disk start takes
 * its place in one write. It has the table's id, so that a table that somebody
 * else has written since makes it count for nothing.
 */
#ifndef INSTALL_HOLDS_H
#define INSTALL_HOLDS_H

#include "disks.h"

/* holds_data - fill d->holds and d->unfinished. What cannot be looked at
 * counts as data. */
void holds_data(struct disks_one *d);

/* holds_mark - write the mark with the id that the table will have; on the disk
 * when this returns. Dies when it cannot. */
void holds_mark(const struct disks_one *d, const char *id);

#endif
