/* SPDX-License-Identifier: MIT */
/* trees.c - the cache of bases that were unpacked. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/spawn.h"
#include "host/sqtree.h"
#include "host/userns.h"
#include "trees.h"

#define KEEP 3 /* trees beside the one in use */

/* Held shared until the build ends, so that nobody takes the tree away. */
static int open_lock(const char *dir)
{
	char *path = xasprintf("%s/lock", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || flock(fd, LOCK_SH))
		die("%s:", path);
	free(path);
	return fd;
}

static void lock(int fd, int how)
{
	if (!flock(fd, how | LOCK_NB))
		return;
	info("waiting for builds that use other bases");
	if (flock(fd, how))
		die("lock of the unpacked bases:");
}

static void remove_tree(const char *path)
{
	const char *const argv[] = {"rm", "-rf", "--one-file-system",
				    "--", path,	 NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};

	if (spawn_run(&s))
		warn("%s: cannot be removed", path);
}

/* Newest use first: the folder around a tree has the date of the last. */
static int by_use(const void *a, const void *b)
{
	struct stat x = {0}, y = {0};

	if (stat(*(char *const *)a, &x) || stat(*(char *const *)b, &y))
		return 0;
	return x.st_mtime < y.st_mtime ? 1 : x.st_mtime > y.st_mtime ? -1 : 0;
}

/* What a killed build began, and trees that were not used for longest. */
static void sweep(const char *dir)
{
	char *half = xasprintf("%s/*.new", dir);
	char *whole = xasprintf("%s/*[0-9a-f]", dir);
	glob_t g;

	if (!glob(half, GLOB_NOSORT, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++)
			remove_tree(g.gl_pathv[i]);
		globfree(&g);
	}
	if (!glob(whole, GLOB_NOSORT, NULL, &g)) {
		qsort(g.gl_pathv, g.gl_pathc, sizeof(*g.gl_pathv), by_use);
		for (size_t i = KEEP; i < g.gl_pathc; i++)
			remove_tree(g.gl_pathv[i]);
		globfree(&g);
	}
	free(half);
	free(whole);
}

/* It has its name only when all of it is on the disk. */
static void unpack(const struct base *base, const char *path)
{
	char *tmp = xasprintf("%s.new", path), *root;
	int fd;

	root = xasprintf("%s/root", tmp);
	if (mkdir(tmp, 0700) || mkdir(root, 0755))
		die("%s:", root);
	info("base %s: unpacking it once, for builds without root", base->name);
	sqtree_unpack(base->image, root);
	fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || syncfs(fd) || close(fd))
		die("%s:", root);
	if (rename(tmp, path))
		die("%s:", path);
	free(root);
	free(tmp);
}

/* The owners in a tree hold for one way of mapping ids. */
static char *tree_name(const struct base *base)
{
	char hex[DIGEST_HEX + 1], *maps = userns_maps();
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;

	digest_init(&d);
	hash_add(&d, base->digest);
	hash_add(&d, maps);
	digest_final(&d, digest);
	digest_hex(digest, hex);
	free(maps);
	return xstrdup(hex);
}

char *trees_get(const struct base *base, const char *cache)
{
	char *dir = xasprintf("%s/trees", cache), *name = tree_name(base);
	char *path = xasprintf("%s/%s", dir, name);
	char *root = xasprintf("%s/root", path);
	int fd;

	site_mkdirs(dir);
	/* there are setuid programs in it, of this person's */
	if (chmod(dir, 0700))
		die("%s:", dir);
	fd = open_lock(dir);
	if (access(root, F_OK)) {
		lock(fd, LOCK_EX);
		sweep(dir);
		if (access(root, F_OK))
			unpack(base, path);
		lock(fd, LOCK_SH);
	}
	if (utimensat(AT_FDCWD, path, NULL, 0))
		die("%s:", path);
	free(path);
	free(name);
	free(dir);
	return root;
}
