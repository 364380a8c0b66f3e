/* SPDX-License-Identifier: MIT */
/* tar.h - feed an image from a tar stream. */
#ifndef BASEFS_TAR_H
#define BASEFS_TAR_H

#include "host/tarread.h"
#include "image.h"

/*
 * tar_feed - all of the tar at @fd, whatever compression libarchive knows.
 * 0, or -EIO with malloc-ed text at *@why; entries that no image can hold
 * die.
 */
int tar_feed(struct image *im, int fd, char **why);

/* tar_entry - one entry that is no hard link, as @path; returns as
 * tarread_sink's entry does. tar_data, tar_end - the rest of such a sink,
 * whose user is the image. */
int tar_entry(struct image *im, const char *path,
	      const struct tarread_entry *t);
void tar_data(void *user, const void *p, uint64_t size);
void tar_end(void *user);

#endif
