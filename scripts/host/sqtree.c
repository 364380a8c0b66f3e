// SPDX-License-Identifier: MIT
/*
 * sqtree.c - a squashfs image as a directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/progress.h"
#include "host/sqread.h"
#include "host/sqtree.h"

struct dated {
	char *path;
	uint32_t mtime;
};

struct unpack {
	const char *dir;
	struct sqread *s;
	char **first; /* name of each inode number that was met */
	size_t n_first;
	struct dated *dirs; /* their dates come last */
	size_t n_dirs;
	const char *path; /* of the file being written */
	int fd;
	uint64_t at, done;
};

/* A run of zeros is left as a hole, as the image has it. */
static bool zeros(const char *p, size_t n)
{
	return n && !*p && !memcmp(p, p + 1, n - 1);
}

static int write_part(void *user, const void *p, size_t size)
{
	struct unpack *u = user;
	const char *from = p;
	ssize_t got;

	u->done += size;
	progress("unpacking the base", u->done, 0);
	if (zeros(from, size)) {
		u->at += size;
		return 0;
	}
	while (size) {
		got = pwrite(u->fd, from, size, u->at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			die("%s:", u->path);
		from += got;
		u->at += got;
		size -= got;
	}
	return 0;
}

static void regular(struct unpack *u, const struct sqread_node *n,
		    const char *path)
{
	u->path = path;
	u->at = 0;
	u->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (u->fd < 0)
		die("%s:", path);
	if (sqread_stream(u->s, n->file, write_part, u))
		die("%s: the image is damaged there", path);
	if (ftruncate(u->fd, n->st.size) || close(u->fd))
		die("%s:", path);
}

void sqtree_node(const char *path, mode_t mode, unsigned int maj,
		 unsigned int min)
{
	char *text;
	int fd;

	if (!mknod(path, mode, makedev(maj, min)))
		return;
	if (errno != EPERM)
		die("%s:", path);
	text = xasprintf("%c %u %u", S_ISCHR(mode) ? 'c' : 'b', maj, min);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || close(fd) ||
	    setxattr(path, SQTREE_NODE, text, strlen(text), XATTR_CREATE))
		die("%s: in place of a device node:", path);
	free(text);
}

/* Owner before mode and capabilities: chown takes both away. */
static void facts(const struct sqread_node *n, const char *path)
{
	const struct timespec t[2] = {{.tv_sec = n->st.mtime},
				      {.tv_sec = n->st.mtime}};

	if (lchown(path, n->st.uid, n->st.gid))
		die("%s: owner %u:%u:", path, n->st.uid, n->st.gid);
	for (size_t i = 0; i < n->n_xattrs; i++)
		if (lsetxattr(path, n->xattrs[i].name, n->xattrs[i].value,
			      n->xattrs[i].size, 0))
			die("%s: attribute %s:", path, n->xattrs[i].name);
	if (!S_ISLNK(n->st.mode) && chmod(path, n->st.mode & 07777))
		die("%s:", path);
	if (utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW))
		die("%s:", path);
}

/* Was this very file made by another name? */
static bool linked(struct unpack *u, const struct sqread_node *n,
		   const char *path)
{
	if (n->ino >= u->n_first) {
		size_t more = n->ino + 4096;

		u->first = xrealloc(u->first, more, sizeof(*u->first));
		memset(u->first + u->n_first, 0,
		       (more - u->n_first) * sizeof(*u->first));
		u->n_first = more;
	}
	if (!u->first[n->ino]) {
		u->first[n->ino] = xstrdup(path);
		return false;
	}
	if (link(u->first[n->ino], path))
		die("%s:", path);
	return true;
}

static void folder(struct unpack *u, const struct sqread_node *n,
		   const char *path)
{
	struct dated *d;

	if (*n->path && mkdir(path, 0700))
		die("%s:", path);
	u->dirs = xrealloc(u->dirs, u->n_dirs + 1, sizeof(*u->dirs));
	d = &u->dirs[u->n_dirs++];
	d->path = xstrdup(path);
	d->mtime = n->st.mtime;
}

static void make(struct unpack *u, const struct sqread_node *n,
		 const char *path)
{
	mode_t mode = n->st.mode;

	if (S_ISDIR(mode))
		folder(u, n, path);
	else if (n->nlink > 1 && linked(u, n, path))
		return;
	else if (S_ISREG(mode))
		regular(u, n, path);
	else if (S_ISCHR(mode) || S_ISBLK(mode))
		sqtree_node(path, mode, n->major, n->minor);
	else if (S_ISLNK(mode) ? symlink(n->st.target, path)
			       : mknod(path, mode, 0)) /* fifo, socket */
		die("%s:", path);
	facts(n, path);
}

static int entry(void *user, const struct sqread_node *n)
{
	struct unpack *u = user;
	char *path = xasprintf("%s%s%s", u->dir, *n->path ? "/" : "", n->path);

	make(u, n, path);
	sqread_free(n->file);
	free(path);
	return 0;
}

/* A directory's date is touched by all that is made in it. */
static void date_folders(struct unpack *u)
{
	for (size_t i = u->n_dirs; i--;) {
		const struct timespec t[2] = {{.tv_sec = u->dirs[i].mtime},
					      {.tv_sec = u->dirs[i].mtime}};

		if (utimensat(AT_FDCWD, u->dirs[i].path, t, 0))
			die("%s:", u->dirs[i].path);
		free(u->dirs[i].path);
	}
	free(u->dirs);
}

void sqtree_unpack(const char *image, const char *dir)
{
	struct unpack u = {.dir = dir};
	const char *why;

	u.s = sqread_open(image, &why);
	if (!u.s)
		die("%s: %s:", image, why);
	if (sqread_walk(u.s, entry, &u))
		die("%s: damaged", image);
	progress_end();
	date_folders(&u);
	for (size_t i = 0; i < u.n_first; i++)
		free(u.first[i]);
	free(u.first);
	sqread_close(u.s);
}
