/* SPDX-License-Identifier: MIT */
/* dir.c - feed an image from a directory. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "dir.h"

#define READ_SIZE (256 << 10)

/* A file that has more names still to come. */
struct seen {
	dev_t dev;
	ino_t ino;
	char *path;
};

static int by_file(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->dev != y->dev)
		return x->dev < y->dev ? -1 : 1;
	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

/* The first name of this very file, or NULL when this is it. */
static const char *first_name(void **index, const struct stat *st,
			      const char *path)
{
	struct seen key = {st->st_dev, st->st_ino, NULL}, *s, **found;

	found = tfind(&key, index, by_file);
	if (found)
		return (*found)->path;
	s = xmalloc(sizeof(*s));
	*s = key;
	s->path = xstrdup(path);
	if (!tsearch(s, index, by_file))
		die("memory:");
	return NULL;
}

static void free_seen(void *p)
{
	struct seen *s = p;

	free(s->path);
	free(s);
}

/* One system call of them: by @fd where the file is open, which spares the
 * kernel the way along @path. */
static ssize_t call(int fd, const char *path, const char *name, char *buf,
		    size_t size)
{
	if (fd >= 0)
		return name ? fgetxattr(fd, name, buf, size)
			    : flistxattr(fd, buf, size);
	return name ? lgetxattr(path, name, buf, size)
		    : llistxattr(path, buf, size);
}

/* The list of names, or one value, grown until it fits; NULL: none. */
static char *get(int fd, const char *path, const char *name, size_t *size)
{
	ssize_t n, got;
	char *buf;

	for (;;) {
		n = call(fd, path, name, NULL, 0);
		if ((!n && !name) ||
		    (n < 0 && (errno == ENOTSUP || errno == ENODATA)))
			return NULL;
		if (n < 0)
			die("%s: attributes:", path);
		buf = xmalloc(n + 1);
		got = call(fd, path, name, buf, n);
		if (got >= 0)
			break;
		free(buf);
		if (errno != ERANGE)
			die("%s: attributes:", path);
	}
	*size = got;
	return buf;
}

static void read_xattrs(struct image_entry *e, int fd, const char *path,
			char **names)
{
	size_t size = 0, len;
	struct pack_xattr x;

	*names = get(fd, path, NULL, &size);
	for (char *at = *names; at && at < *names + size; at += len) {
		len = strlen(at) + 1;
		x.name = at;
		x.value = get(fd, path, at, &x.size);
		if (!x.value)
			continue;
		e->xattrs = xrealloc(e->xattrs, e->n_xattrs + 1, sizeof(x));
		e->xattrs[e->n_xattrs++] = x;
	}
}

static void feed_file(struct image *im, int fd, const char *path, uint64_t size)
{
	static char buf[READ_SIZE];
	uint64_t left = size;
	ssize_t n;

	while (left) {
		n = read(fd, buf, left < sizeof(buf) ? left : sizeof(buf));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("%s:", path);
		if (!n)
			die("%s: became shorter while it was read", path);
		image_data(im, buf, n);
		left -= n;
	}
	image_end(im);
}

static void feed(struct image *im, const FTSENT *f, const char *path,
		 void **index)
{
	const struct stat *st = f->fts_statp;
	struct image_entry e = {.path = path,
				.mode = st->st_mode,
				.uid = st->st_uid,
				.gid = st->st_gid,
				.mtime = st->st_mtime,
				.rdev = st->st_rdev};
	char target[PATH_MAX], *names = NULL;
	const char *first = NULL;
	int fd = -1;
	ssize_t n;

	if (!S_ISDIR(st->st_mode) && st->st_nlink > 1)
		first = first_name(index, st, path);
	if (first) {
		image_link(im, path, first);
		return;
	}
	if (S_ISLNK(st->st_mode)) {
		n = readlink(f->fts_path, target, sizeof(target) - 1);
		if (n < 0)
			die("%s:", f->fts_path);
		target[n] = '\0';
		e.target = target;
	}
	if (S_ISREG(st->st_mode)) {
		fd = open(f->fts_path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			die("%s:", f->fts_path);
	}
	read_xattrs(&e, fd, f->fts_path, &names);
	image_add(im, &e);
	for (size_t i = 0; i < e.n_xattrs; i++)
		free((void *)e.xattrs[i].value);
	free(e.xattrs);
	free(names);
	if (fd >= 0) {
		feed_file(im, fd, f->fts_path, st->st_size);
		close(fd);
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

void dir_feed(struct image *im, const char *path)
{
	char *const roots[] = {(char *)path, NULL};
	FTS *fts =
		fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, by_name);
	size_t skip = strlen(path);
	void *index = NULL;
	FTSENT *f;

	if (!fts)
		die("%s:", path);
	while ((errno = 0, f = fts_read(fts))) {
		if (f->fts_info == FTS_DP)
			continue;
		if (f->fts_info == FTS_ERR || f->fts_info == FTS_DNR ||
		    f->fts_info == FTS_NS) {
			errno = f->fts_errno;
			die("%s:", f->fts_path);
		}
		feed(im, f, f->fts_path + skip, &index);
	}
	if (errno)
		die("%s:", path);
	fts_close(fts);
	tdestroy(index, free_seen);
}
