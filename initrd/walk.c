// SPDX-License-Identifier: MIT
/* walk.c - a directory tree, iteratively: one open directory a level. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "walk.h"

#define WALK_BUF 2048

struct level {
	int fd;
	int have, at;
	char name[256]; /* in the level above */
	char buf[WALK_BUF] __attribute__((aligned(8)));
};

/* PID 1 has one thread and never walks inside a walk. */
static struct level levels[WALK_DEPTH_MAX];
static int missed; /* -errno of the first failure */

static int miss(void)
{
	if (!missed)
		missed = -errno;
	return 0;
}

/* The next entry of @l but "." and "..", or NULL. */
static const struct dirent *next(struct level *l)
{
	const struct dirent *e;

	for (;;) {
		if (l->at >= l->have) {
			l->have = getdents(l->fd, (struct dirent *)l->buf,
					   sizeof(l->buf));
			l->at = 0;
			if (l->have < 0)
				miss();
			if (l->have <= 0)
				return NULL;
		}
		e = (const struct dirent *)(l->buf + l->at);
		l->at += e->d_reclen;
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			return e;
	}
}

static int type_of(int dir, const struct dirent *e)
{
	struct stat st;

	if (e->d_type != DT_UNKNOWN)
		return e->d_type;
	if (fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW)) {
		miss();
		return DT_UNKNOWN;
	}
	/* S_IFMT above its low twelve bits is the DT_ value */
	return (st.st_mode & S_IFMT) >> 12;
}

/* Enter @name below level @depth - 1; 1 if it is a level now. */
static int enter(int depth, int dir, const char *name, dev_t dev)
{
	struct level *l = &levels[depth];
	struct stat st;
	int ours;

	l->fd = openat(dir, name,
		       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (l->fd < 0)
		return miss();
	ours = fstat(l->fd, &st) ? miss() : st.st_dev == dev;
	if (!ours) {
		close(l->fd);
		return 0;
	}
	l->have = l->at = 0;
	strlcpy(l->name, name, sizeof(l->name));
	return 1;
}

static int step(int *depth, dev_t dev, walk_fn fn, void *user)
{
	struct level *l = &levels[*depth];
	const struct dirent *e = next(l);
	int type, ret;

	if (!e) {
		close(l->fd);
		if (!(*depth)--)
			return 0;
		return fn(user, levels[*depth].fd, l->name, DT_DIR, true);
	}
	type = type_of(l->fd, e);
	ret = fn(user, l->fd, e->d_name, type, false);
	if (ret || type != DT_DIR)
		return ret;
	if (*depth + 1 == WALK_DEPTH_MAX)
		return -ELOOP;
	if (enter(*depth + 1, l->fd, e->d_name, dev))
		(*depth)++;
	return 0;
}

int walk_tree(const char *root, walk_fn fn, void *user)
{
	int depth = 0, ret = 0;
	struct stat st;

	missed = 0;
	if (lstat(root, &st))
		return -errno;
	if (!enter(0, AT_FDCWD, root, st.st_dev))
		return missed ? missed : -ENOTDIR;
	while (depth >= 0 && !ret)
		ret = step(&depth, st.st_dev, fn, user);
	for (; depth >= 0; depth--)
		close(levels[depth].fd);
	return ret ? ret : missed;
}

static int discard(void *user, int dir, const char *name, int type, bool left)
{
	/* a directory is empty when it is left; a mount point stays */
	if (type != DT_DIR || left)
		unlinkat(dir, name, type == DT_DIR ? AT_REMOVEDIR : 0);
	return 0;
}

void walk_empty(const char *root)
{
	walk_tree(root, discard, NULL);
}
