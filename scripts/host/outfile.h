/* SPDX-License-Identifier: MIT */
/*
 * outfile.h - files that are there whole or not at all: written to a
 * temporary beside the target, fsync, rename, fsync of the folder. What is
 * not committed is removed by die(), by exit() and on SIGINT, SIGTERM, SIGHUP
 * and SIGPIPE.
 */
#ifndef HOST_OUTFILE_H
#define HOST_OUTFILE_H

#include <stddef.h>

struct outfile {
	int fd;
	char *path, *tmp;
};

/* outfile_open - dies when the temporary cannot be made. */
void outfile_open(struct outfile *o, const char *path, unsigned int mode);

/* outfile_write - all of it, or dies naming the path. */
void outfile_write(struct outfile *o, const void *p, size_t size);

/* outfile_commit - fsync and rename, or dies; frees what @o holds. */
void outfile_commit(struct outfile *o);

/* outfile_drop - close and remove the temporary. */
void outfile_drop(struct outfile *o);

/* outfile_put - a whole small file in one call. */
void outfile_put(const char *path, unsigned int mode, const void *p,
		 size_t size);

/*
 * outfile_cleanup - have @path (a file or a tree) removed as above unless
 * outfile_keep(@path) is called first. Signal handlers are installed once.
 */
void outfile_cleanup(const char *path);

/* outfile_mkdir - make a folder that is removed as above, or die. */
void outfile_mkdir(const char *path, unsigned int mode);

/* outfile_mkdtemp - the same by mkdtemp(3), which fills in @path. */
void outfile_mkdtemp(char *path);

/* outfile_keep - what outfile_cleanup() noted is to stay. */
void outfile_keep(const char *path);

/* outfile_remove - a file or a tree now, as far as it goes. */
void outfile_remove(const char *path);

/* outfile_sweep - the same for all that @pattern (glob(7)) matches. */
void outfile_sweep(const char *pattern);

/* outfile_slurp - a whole file NUL terminated, or NULL with errno set. */
char *outfile_slurp(const char *path, size_t max, size_t *size);

#endif
