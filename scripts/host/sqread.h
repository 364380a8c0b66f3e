/* SPDX-License-Identifier: MIT */
/*
 * sqread.h - read a squashfs image through libsquashfs, without mounting it.
 * sqread.c, sqwalk.c and basefs/pack.c alone name libsquashfs.
 */
#ifndef HOST_SQREAD_H
#define HOST_SQREAD_H

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/types.h>

struct sqread;

struct sqread_stat {
	mode_t mode;
	uint32_t uid, gid, mtime;
	uint64_t size;
	char *target;		/* of a symlink, malloc-ed, or NULL */
};

/* sqread_open - NULL with errno and a static *@why on failure. */
struct sqread *sqread_open(const char *path, const char **why);
void sqread_close(struct sqread *s);

/*
 * sqread_stat - of the entry at @path (relative to the root, "" is the root),
 * no symlink followed. 0, -ENOENT, -ENOTDIR, -EIO.
 */
int sqread_stat(struct sqread *s, const char *path, struct sqread_stat *st);

/* sqread_resolve - follow symlinks inside the image; malloc-ed path or NULL
 * with errno (ENOENT, ELOOP). */
char *sqread_resolve(struct sqread *s, const char *path);

/* sqread_file - contents of a regular file, malloc-ed and NUL terminated;
 * NULL with errno (EFBIG above @max). */
void *sqread_file(struct sqread *s, const char *path, size_t max,
		  size_t *size);

/* sqread_each - call @fn for each entry of a directory, in order; stops at
 * and returns the first non-zero. */
int sqread_each(struct sqread *s, const char *dir,
		int (*fn)(void *user, const char *name, mode_t mode),
		void *user);

/* A regular file of an image, for as long as the image is open. */
struct sqread_file;

struct sqread_xattr {
	char *name;
	uint8_t *value;
	size_t size;
};

/* An entry as the image has it; pointers are sqread_walk()'s, but for @file. */
struct sqread_node {
	const char *path;		/* relative, "" for the root */
	struct sqread_stat st;		/* st.target is the walk's as well */
	uint32_t ino, nlink;
	uint32_t major, minor;		/* of a device */
	size_t n_xattrs;
	const struct sqread_xattr *xattrs;
	struct sqread_file *file;	/* the callee's: sqread_free(), or NULL */
};

/*
 * sqread_walk - call @fn for the root and all below it, a folder before what
 * is in it, names in byte order. Stops at and returns the first non-zero of
 * @fn; else 0, -ENOMEM, -EIO.
 */
int sqread_walk(struct sqread *s,
		int (*fn)(void *user, const struct sqread_node *n), void *user);

/*
 * sqread_stream - give the contents of @f to @fn, part by part. Stops at and
 * returns its first non-zero; else 0 or -EIO.
 */
int sqread_stream(struct sqread *s, const struct sqread_file *f,
		  int (*fn)(void *user, const void *p, size_t size),
		  void *user);
void sqread_free(struct sqread_file *f);

#endif
