/* SPDX-License-Identifier: MIT */
/* image.c - what every source of files feeds. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/progress.h"
#include "image.h"

void image_open(struct image *im, const char *what, const char *path,
		unsigned int level, unsigned int jobs, uint32_t epoch)
{
	memset(im, 0, sizeof(*im));
	im->what = what;
	im->epoch = epoch;
	tree_init(&im->tree);
	im->pack = pack_open(path, level, jobs);
}

void image_drop(struct image *im, const char *path, const char *name)
{
	if (!im->dropped++)
		im->first_dropped = xasprintf("%s of %s", name, path);
}

static char *clean(struct image *im, const char *path)
{
	char *p = tree_clean(path);

	if (!p && errno == EINVAL)
		die("%s: '%.200s': a path must not hold '..'", im->what, path);
	if (!p)
		die("%s: '%.200s':", im->what, path);
	return p;
}

static int by_name(const void *a, const void *b)
{
	const struct pack_xattr *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static uint32_t attributes(struct image *im, const char *path,
			   const struct image_entry *e)
{
	struct pack_xattr *x = e->xattrs;
	size_t kept = 0;

	for (size_t i = 0; i < e->n_xattrs; i++) {
		if (pack_keeps(x[i].name))
			x[kept++] = x[i];
		else
			image_drop(im, path, x[i].name);
	}
	/* a file system lists them in an order of its own */
	if (kept)
		qsort(x, kept, sizeof(*x), by_name);
	return pack_xattrs(im->pack, x, kept);
}

static uint32_t date(struct image *im, int64_t mtime)
{
	uint32_t t = mtime < 0 ? 0 : mtime > im->epoch ? im->epoch : mtime;

	if (t > im->newest)
		im->newest = t;
	return t;
}

static bool mode_ok(mode_t mode)
{
	return S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode) ||
	       S_ISCHR(mode) || S_ISBLK(mode) || S_ISFIFO(mode) ||
	       S_ISSOCK(mode);
}

void image_add(struct image *im, const struct image_entry *e)
{
	char *path = clean(im, e->path);
	struct tree_inode *i;

	if (!mode_ok(e->mode))
		die("%s: '%s': unknown kind of file", im->what, path);
	if (S_ISLNK(e->mode) &&
	    (!e->target || !*e->target || strlen(e->target) > TREE_PATH_MAX))
		die("%s: '%s': bad symlink", im->what, path);
	i = tree_put(&im->tree, path, e->mode);
	if (!i)
		die("%s: '%s':", im->what, path);
	i->uid = e->uid;
	i->gid = e->gid;
	i->rdev = e->rdev;
	i->mtime = date(im, e->mtime);
	i->target = S_ISLNK(e->mode) ? xstrdup(e->target) : NULL;
	i->xattr = attributes(im, path, e);
	if (S_ISREG(e->mode))
		pack_begin(im->pack, i);
	free(path);
}

void image_data(struct image *im, const void *data, uint64_t size)
{
	static const char zeros[PACK_BLOCK];
	size_t n;

	for (im->bytes += size; size; size -= n) {
		n = !data && size > sizeof(zeros) ? sizeof(zeros) : size;
		pack_data(im->pack, data ? data : zeros, n);
	}
	progress(im->what, im->bytes, 0);
}

void image_end(struct image *im)
{
	pack_end(im->pack);
}

void image_link(struct image *im, const char *path, const char *target)
{
	char *to = clean(im, path), *from = clean(im, target);
	int err = tree_link(&im->tree, to, from);

	if (err == -ENOENT)
		die("%s: '%s': hard link to '%s', which is not before it",
		    im->what, to, from);
	if (err) {
		errno = -err;
		die("%s: '%s': hard link to '%s':", im->what, to, from);
	}
	free(to);
	free(from);
}

void image_close(struct image *im)
{
	tree_sort(&im->tree);
	pack_finish(im->pack, &im->tree, im->newest);
	progress_end();
	if (im->dropped)
		warn("%s: dropped %" PRIu64
		     " attributes that squashfs cannot hold, first %s",
		     im->what, im->dropped, im->first_dropped);
	free(im->first_dropped);
}
