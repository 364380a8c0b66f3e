/* SPDX-License-Identifier: MIT */
/* tar.h - feed an image from a tar stream, however it is compressed. */
#ifndef BASEFS_TAR_H
#define BASEFS_TAR_H

#include "image.h"

/*
 * tar_feed - read @fd to its end. Returns 0, or -EIO with *@why (malloc-ed)
 * when it is no tar, cut short or damaged.
 */
int tar_feed(struct image *im, int fd, char **why);

#endif
