/* SPDX-License-Identifier: MIT */
/*
 * target.h - an image or a disk, from nothing to one that starts a release.
 * What makes it start is written last: until then firmware passes over it.
 */
#ifndef MEDIA_TARGET_H
#define MEDIA_TARGET_H

#include "load.h"
#include "parts.h"

struct target {
	const char *path;
	unsigned int sector;
	uint64_t size;
	const struct parts_plan *plan;
	const struct load *load;
	const struct load_menu *menu;
	/* told of each step, before it; may be NULL */
	void (*step)(void *user, const char *what, unsigned int i,
		     unsigned int n);
	void *user;
};

/*
 * target_check - die unless layout, menu and load go onto this disk. Nothing
 * is written. target_write - do it: table, BOOT with the load, read back,
 * PERSISTENT, then GRUB for UEFI, then for BIOS (not with sectors of 4096
 * bytes, which no BIOS starts). Dies naming what failed; what it has written
 * by then starts nothing.
 */
void target_check(const struct target *t);
void target_write(const struct target *t, struct parts *p);

#endif
