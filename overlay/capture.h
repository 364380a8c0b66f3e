/* SPDX-License-Identifier: MIT */
/*
 * capture.h - what an upper directory of overlayfs holds, as a list in byte
 * order of the paths: the input of check.h and pack.h.
 */
#ifndef OVERLAY_CAPTURE_H
#define OVERLAY_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct capture_xattr {
	char *name;
	uint8_t *value;
	size_t size;
};

struct capture_entry {
	char *path; /* relative; "." is the upper itself */
	struct stat st;
	char *target; /* of a symlink, or NULL */
	bool deleted; /* a whiteout */
	bool opaque;  /* a directory that hides those below */
	size_t n_xattrs;
	struct capture_xattr *xattrs; /* in byte order of the names */
	uint32_t ino;	/* counted from 1, links of a file share it */
	uint32_t nlink; /* links within the list */
	bool again;	/* a further link of an earlier entry */
};

struct capture {
	int dir;   /* descriptor of the upper directory */
	bool user; /* made in a user namespace, where overlayfs writes
		      user.overlay.* instead of trusted.overlay.* */
	size_t n;
	struct capture_entry *entries;
};

/*
 * capture_tree - read the upper directory at @path, without the build noise
 * of noise.h, every date after @epoch set to @epoch (0: none). Dies naming
 * what an overlay cannot hold.
 */
void capture_tree(struct capture *c, const char *path, uint64_t epoch);

/* capture_find - the entry of @path, or NULL. */
const struct capture_entry *capture_find(const struct capture *c,
					 const char *path);

/* capture_hidden - is a folder above @path opaque, so that nothing of the
 * layers below shows there? */
bool capture_hidden(const struct capture *c, const char *path);

#endif
