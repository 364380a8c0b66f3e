/* SPDX-License-Identifier: MIT */
/*
 * image.h - what every source of files (a tar stream, a directory) feeds: one
 * entry after the other, checked, dated and packed.
 */
#ifndef BASEFS_IMAGE_H
#define BASEFS_IMAGE_H

#include "pack.h"

struct image {
	const char *what;	/* named in messages and progress */
	uint32_t epoch;		/* no date is later */
	struct tree tree;
	struct pack *pack;
	uint64_t bytes;		/* of file contents */
	uint32_t newest;	/* date, after clamping */
	uint64_t dropped;	/* attributes squashfs cannot hold */
	char *first_dropped;
};

struct image_entry {
	const char *path;
	mode_t mode;
	uint32_t uid, gid;
	int64_t mtime;
	dev_t rdev;
	const char *target;	/* of a symlink */
	struct pack_xattr *xattrs; /* in any order; sorted by image_add */
	size_t n_xattrs;
};

void image_open(struct image *im, const char *what, const char *path,
		unsigned int level, unsigned int jobs, uint32_t epoch);

/*
 * image_add - one file. For a regular one image_data()... and image_end()
 * must follow. Dies naming the entry when it cannot be in an image.
 */
void image_add(struct image *im, const struct image_entry *e);

/* image_data - @data NULL: that many zeros. */
void image_data(struct image *im, const void *data, uint64_t size);
void image_end(struct image *im);

/* image_link - another name for a file that was added before. */
void image_link(struct image *im, const char *path, const char *target);

/* image_drop - note that @path loses attribute @name. */
void image_drop(struct image *im, const char *path, const char *name);

/* image_close - finish the image, and say what was dropped. */
void image_close(struct image *im);

#endif
