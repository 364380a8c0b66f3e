/* SPDX-License-Identifier: MIT */
/*
 * bundle.h - the initrd's files, gathered in memory and written as a sorted
 * newc archive that proves itself (format/filelist.h).
 */
#ifndef MKINITRD_BUNDLE_H
#define MKINITRD_BUNDLE_H

#include <stddef.h>
#include <stdint.h>

struct bundle_entry {
	char *path; /* relative */
	uint32_t mode, rmajor, rminor;
	void *data; /* of a file; of a symlink its target */
	size_t size;
};

struct bundle {
	size_t n;
	struct bundle_entry *entries;
};

/* Each adds one entry and the folders above it; a path twice dies. */
void bundle_dir(struct bundle *a, const char *path);
void bundle_link(struct bundle *a, const char *path, const char *target);
void bundle_node(struct bundle *a, const char *path, uint32_t major,
		 uint32_t minor);

/* bundle_file - @data is malloc-ed and the archive's from now on. */
void bundle_file(struct bundle *a, const char *path, uint32_t mode, void *data,
		 size_t size);

/* bundle_find - what is at @path, or NULL; valid until more is added. */
const struct bundle_entry *bundle_find(const struct bundle *a,
				       const char *path);

/* bundle_list - add, last, the list of all files there are, at @path. */
void bundle_list(struct bundle *a, const char *path);

/* bundle_seal - add the list of files and, last, the sentinel over it. */
void bundle_seal(struct bundle *a);

/* bundle_newc - the whole archive, malloc-ed; every date is @mtime. */
void *bundle_newc(const struct bundle *a, uint32_t mtime, size_t *size);

void bundle_free(struct bundle *a);

#endif
