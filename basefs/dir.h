/* SPDX-License-Identifier: MIT */
/* dir.h - feed an image from a directory. */
#ifndef BASEFS_DIR_H
#define BASEFS_DIR_H

#include "image.h"

/*
 * dir_feed - all below @path, in byte order, on its file system only: what is
 * mounted there is an empty directory in the image. Dies naming what cannot
 * be read.
 */
void dir_feed(struct image *im, const char *path);

#endif
