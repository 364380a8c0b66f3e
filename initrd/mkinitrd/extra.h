/* SPDX-License-Identifier: MIT */
/* extra.h - drivers that no base has, out of a folder. */
#ifndef MKINITRD_EXTRA_H
#define MKINITRD_EXTRA_H

#include "modules.h"

/*
 * extra_read - add each NAME.ko, .ko.xz or .ko.zst of @dir to @m, in place of
 * one of that name. What it needs and which devices it drives it says itself,
 * in .modinfo. Dies on a file that is no module, or one of another kernel.
 */
void extra_read(struct modules *m, const char *dir);

#endif
