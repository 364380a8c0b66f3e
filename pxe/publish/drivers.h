/* SPDX-License-Identifier: MIT */
/*
 * drivers.h - the core initrd of a base and its driver archives, which a
 * machine may load in place of the whole initrd.
 */
#ifndef PUBLISH_DRIVERS_H
#define PUBLISH_DRIVERS_H

#include "release.h"

/*
 * drivers_collect - fill core and drivers of @b from build/initrd/BASE, or
 * leave core NULL when there is none.
 */
void drivers_collect(struct release_boot *b, const struct site *site);

/*
 * drivers_place - put them into the boot folder @dir, signed: core.img,
 * drv/DRIVER.img, and for each NIC drv/01VVVVDDDD.img, a link to the archive
 * of its driver. Dies when an archive is not what was packed.
 */
void drivers_place(const struct site *site, const struct signing *g,
		   const struct release_boot *b, const char *dir);

/* drivers_remove - what drivers_place put into @dir. */
void drivers_remove(const char *dir);

#endif
