/* SPDX-License-Identifier: MIT */
/* disk.h - feed an image from a disk image, as clouds boot them. */
#ifndef BASEFS_DISK_H
#define BASEFS_DISK_H

#include "image.h"

/* disk_is - does the file at @path begin as a disk image: qcow2, or raw with
 * partitions or a file system of ext2, ext3, ext4? */
bool disk_is(const char *path);

/*
 * disk_feed - the root file system of the image at @path, and the one that
 * its fstab mounts at /boot. Nothing is mounted, no root is needed. A qcow2
 * is unpacked to @scratch first. Dies naming what is missing.
 */
void disk_feed(struct image *im, const char *path, const char *scratch);

#endif
