/* SPDX-License-Identifier: MIT */
/* medium.h - disks, sticks and CDs by their label, as initrd/medium.c looks. */
#ifndef INSTALL_MEDIUM_H
#define INSTALL_MEDIUM_H

#include "format/fslabel.h"

/* medium_read - what is on the block device @dev; false when it is nothing
 * that a medium may be, or cannot be read. */
bool medium_read(const char *dev, struct fslabel *l);

/* medium_label - the NAME of @from, LABEL=NAME[:/PATH], malloc-ed, or NULL. */
char *medium_label(const char *from);

/*
 * medium_open - the publish tree that LABEL=NAME[:/PATH] means, mounted for
 * reading; its folder, malloc-ed. Without PATH it is "slipway", or the root
 * where there is none. Dies when no disk has the label or none of them mounts.
 * medium_close - unmount it; happens when the program ends, too.
 */
char *medium_open(const char *from);
void medium_close(void);

#endif
