/* SPDX-License-Identifier: MIT */
/*
 * unpack.h - an overlay of ours back into a directory that overlayfs can take
 * as a lower layer: what a role depends on lies below it while it is built.
 */
#ifndef OVERLAY_UNPACK_H
#define OVERLAY_UNPACK_H

#include <stdint.h>

/*
 * unpack_overlay - unpack @file into the empty directory @dir, or die. At
 * most @inodes members and @unpacked bytes are taken from it.
 */
void unpack_overlay(const char *file, const char *dir, uint64_t inodes,
		    uint64_t unpacked);

#endif
