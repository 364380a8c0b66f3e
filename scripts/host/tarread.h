/* SPDX-License-Identifier: MIT */
/*
 * tarread.h - entries of a tar, in order. tarread.c and unfilter.c alone name
 * libarchive for reading.
 */
#ifndef HOST_TARREAD_H
#define HOST_TARREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct tarread_xattr {
	const char *name;
	const void *value;
	size_t size;
};

struct tarread_entry {
	const char *path; /* as it stands there */
	mode_t mode;	  /* of a hard link: nothing to go by */
	int64_t uid, gid, mtime;
	dev_t rdev;
	uint64_t size;	      /* of a regular file */
	const char *target;   /* of a symlink, else NULL */
	const char *hardlink; /* an earlier path, else NULL */
	bool acl;	      /* has ACLs as text, which are not given */
	size_t n_xattrs;
	const struct tarread_xattr *xattrs;
};

/*
 * What is told of each entry. @entry returns 1 when it wants the contents of
 * a regular file: @data then has them, part by part (@p NULL: that many
 * zeros), and @end follows. 0 skips them; what is negative ends the reading.
 */
struct tarread_sink {
	int (*entry)(void *user, const struct tarread_entry *e);
	void (*data)(void *user, const void *p, uint64_t size);
	void (*end)(void *user);
};

/* Gives the next part of a tar: its size, 0 at the end, or negative with a
 * malloc-ed @why. */
typedef ssize_t (*tarread_source)(void *user, const void **p, char **why);

/*
 * tarread_fd - a tar in any compression that libarchive knows.
 * tarread_plain - an uncompressed one, part by part from @source, which is
 * read to its end.
 *
 * 0, what @entry returned, or -EIO with malloc-ed text at @why.
 */
int tarread_fd(int fd, const struct tarread_sink *sink, void *user, char **why);
int tarread_plain(tarread_source source, void *from,
		  const struct tarread_sink *sink, void *user, char **why);

/*
 * tarread_names - the first names in the tar at @path, to @fn until it
 * returns non-zero, which is returned; -EIO: no tar.
 */
int tarread_names(const char *path, int (*fn)(void *user, const char *name),
		  void *user);

#endif
