/* SPDX-License-Identifier: MIT */
/*
 * sqtree.h - a squashfs image as a directory, for where it cannot be mounted.
 */
#ifndef HOST_SQTREE_H
#define HOST_SQTREE_H

#include <sys/types.h>

/*
 * What stands for a device node where none can be made: an empty file with
 * this attribute, "c 1 3" or "b 8 0".
 */
#define SQTREE_NODE "user.slipway.node"

/*
 * sqtree_unpack - all of @image into the empty directory @dir: owners, modes,
 * dates, hard links, holes of zeros, attributes. Dies naming the path.
 */
void sqtree_unpack(const char *image, const char *dir);

/* sqtree_node - make a device node of @mode's type at @path, or what stands
 * for it. Dies naming the path. */
void sqtree_node(const char *path, mode_t mode, unsigned int maj,
		 unsigned int min);

#endif
