// SPDX-License-Identifier: MIT
/*
 * target_dir.c - a tree into another folder: hard links where they can be,
 * else copies, each there whole or not at all.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "targets.h"
#include "tree.h"

#define SMALL (64 << 10) /* compared byte by byte: signatures, indexes */

static void sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd))
		die("%s: cannot be written to the disk:", path);
	close(fd);
}

static void copy_file(const char *from, const char *to, off_t size)
{
	struct tree_map m;

	if (size > SMALL) {
		tree_link(from, to);
		return;
	}
	tree_map(&m, from);
	tree_put(to, m.p, m.size);
	tree_unmap(&m);
}

static void copy_folder(const char *from, const char *to)
{
	struct dirent *d;
	struct stat st;
	char *a, *b;
	DIR *dp = opendir(from);

	if (!dp)
		die("%s:", from);
	site_mkdirs(to);
	while ((d = readdir(dp))) {
		if (d->d_name[0] == '.')
			continue;
		a = xasprintf("%s/%s", from, d->d_name);
		b = xasprintf("%s/%s", to, d->d_name);
		if (stat(a, &st))
			die("%s:", a);
		if (S_ISDIR(st.st_mode))
			copy_folder(a, b);
		else
			copy_file(a, b, st.st_size);
		free(a);
		free(b);
	}
	closedir(dp);
	sync_folder(to);
}

static bool folder(const struct target *t, const char *name)
{
	char *from = xasprintf("%s/%s", t->tree, name);
	char *to = xasprintf("%s/%s", t->to, name);

	copy_folder(from, to);
	free(from);
	free(to);
	return true;
}

static bool file(const struct target *t, const char *name)
{
	char *from = xasprintf("%s/%s", t->tree, name);
	char *to = xasprintf("%s/%s", t->to, name), *slash;
	struct tree_map m;

	slash = strrchr(to, '/');
	*slash = '\0';
	site_mkdirs(to);
	*slash = '/';
	tree_map(&m, from);
	tree_put(to, m.p, m.size);
	tree_unmap(&m);
	free(from);
	free(to);
	return true;
}

/* A digest with whatever ending, or in a channel its manifest. */
static bool ours(const char *name, unsigned int depth, bool channels)
{
	if (channels)
		return !depth || !strcmp(name, "manifest.cms");
	return depth || strspn(name, "0123456789abcdef") == DIGEST_HEX;
}

static void prune_folder(const char *mine, const char *theirs,
			 unsigned int depth, bool channels)
{
	struct dirent *d;
	struct stat st;
	char *a, *b;
	DIR *dp = opendir(theirs);

	while (dp && (d = readdir(dp))) {
		if (d->d_name[0] == '.' || !ours(d->d_name, depth, channels))
			continue;
		a = xasprintf("%s/%s", mine, d->d_name);
		b = xasprintf("%s/%s", theirs, d->d_name);
		if (!lstat(b, &st) && S_ISDIR(st.st_mode)) {
			prune_folder(a, b, depth + 1, channels);
			if (access(a, F_OK))
				rmdir(b);
		} else if (access(a, F_OK)) {
			unlink(b);
		}
		free(a);
		free(b);
	}
	if (dp)
		closedir(dp);
}

static bool prune(const struct target *t, const char *name)
{
	char *mine = xasprintf("%s/%s", t->tree, name);
	char *theirs = xasprintf("%s/%s", t->to, name);

	prune_folder(mine, theirs, 0, !strcmp(name, "channels"));
	free(mine);
	free(theirs);
	return true;
}

const struct target_way target_dir = {folder, file, prune};
