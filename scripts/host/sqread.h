/* SPDX-License-Identifier: MIT */
/*
 * sqread.h - read a squashfs image through libsquashfs, without mounting it.
 * sqread.c and basefs/pack.c are the only files that name libsquashfs.
 */
#ifndef HOST_SQREAD_H
#define HOST_SQREAD_H

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

#endif
