/* SPDX-License-Identifier: MIT */
/* trees.h - bases as directories, where a squashfs cannot be mounted. */
#ifndef OVERLAY_TREES_H
#define OVERLAY_TREES_H

#include "role.h"

/*
 * trees_get - the directory that holds what is in the base's image, unpacked
 * at its first use into @cache/trees and kept there; malloc-ed. A tree that
 * was cut short is never seen. To be called by root of a user namespace.
 */
char *trees_get(const struct base *base, const char *cache);

#endif
