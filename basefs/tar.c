/* SPDX-License-Identifier: MIT */
/* tar.c - feed an image from a tar stream. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/error.h"
#include "tar.h"

static uint32_t id(const struct image *im, const char *path, int64_t v)
{
	if (v < 0 || v > UINT32_MAX - 1)
		die("%s: '%s': owner %lld is out of range", im->what, path,
		    (long long)v);
	return v;
}

int tar_entry(struct image *im, const char *path, const struct tarread_entry *t)
{
	struct image_entry e = {.path = path,
				.mode = t->mode,
				.uid = id(im, path, t->uid),
				.gid = id(im, path, t->gid),
				.mtime = t->mtime,
				.rdev = t->rdev,
				.target = t->target,
				.n_xattrs = t->n_xattrs};

	e.xattrs = xcalloc(t->n_xattrs + 1, sizeof(*e.xattrs));
	for (size_t i = 0; i < t->n_xattrs; i++)
		e.xattrs[i] = (struct pack_xattr){t->xattrs[i].name,
						  t->xattrs[i].value,
						  t->xattrs[i].size};
	if (t->acl)
		image_drop(im, path, "access control list");
	image_add(im, &e);
	free(e.xattrs);
	return S_ISREG(t->mode);
}

static int entry(void *user, const struct tarread_entry *t)
{
	struct image *im = user;

	if (!t->hardlink)
		return tar_entry(im, t->path, t);
	image_link(im, t->path, t->hardlink);
	return 0;
}

void tar_data(void *user, const void *p, uint64_t size)
{
	image_data(user, p, size);
}

void tar_end(void *user)
{
	image_end(user);
}

int tar_feed(struct image *im, int fd, char **why)
{
	static const struct tarread_sink sink = {entry, tar_data, tar_end};

	return tarread_fd(fd, &sink, im, why);
}
