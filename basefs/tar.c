/* SPDX-License-Identifier: MIT */
/*
 * tar.c - feed an image from a tar stream; libarchive reads it, and no more
 * than that: archives are written by code of our own.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/error.h"
#include "tar.h"

#define READ_SIZE (256 << 10)

static int failed(struct archive *a, char **why)
{
	const char *text = archive_error_string(a);

	*why = xstrdup(text ? text : "not a tar archive");
	return -EIO;
}

static void read_xattrs(struct image *im, struct archive_entry *ae,
			struct image_entry *e)
{
	int n = archive_entry_xattr_reset(ae);
	struct pack_xattr *x;

	e->xattrs = xcalloc(n, sizeof(*x));
	for (e->n_xattrs = 0; e->n_xattrs < (size_t)n; e->n_xattrs++) {
		x = &e->xattrs[e->n_xattrs];
		if (archive_entry_xattr_next(ae, &x->name, &x->value, &x->size))
			break;
	}
	/* star and bsdtar write ACLs as text of their own */
	if (archive_entry_acl_count(ae, ARCHIVE_ENTRY_ACL_TYPE_POSIX1E |
						ARCHIVE_ENTRY_ACL_TYPE_NFS4))
		image_drop(im, e->path, "access control list");
}

static uint32_t id(const struct image *im, const char *path, int64_t v)
{
	if (v < 0 || v > UINT32_MAX - 1)
		die("%s: '%s': owner %lld is out of range", im->what, path,
		    (long long)v);
	return v;
}

/* Holes of a sparse file come as offsets that jump. */
static int feed_data(struct image *im, struct archive *a, uint64_t size,
		     char **why)
{
	const void *data;
	uint64_t at = 0;
	int64_t offset;
	size_t n;
	int err;

	while ((err = archive_read_data_block(a, &data, &n, &offset)) ==
	       ARCHIVE_OK) {
		if (offset < 0 || (uint64_t)offset < at ||
		    (uint64_t)offset > size || n > size - offset) {
			*why = xstrdup("a file's parts overlap or exceed it");
			return -EIO;
		}
		image_data(im, NULL, offset - at);
		image_data(im, data, n);
		at = offset + n;
	}
	if (err != ARCHIVE_EOF)
		return failed(a, why);
	image_data(im, NULL, size - at);
	return 0;
}

static int feed_entry(struct image *im, struct archive *a,
		      struct archive_entry *ae, char **why)
{
	struct image_entry e = {
		.path = archive_entry_pathname(ae),
		.mode = archive_entry_mode(ae),
		.mtime = archive_entry_mtime(ae),
		.rdev = archive_entry_rdev(ae),
		.target = archive_entry_symlink(ae),
	};
	const char *hardlink = archive_entry_hardlink(ae);
	int64_t size = archive_entry_size(ae);
	int err = 0;

	if (!e.path) {
		*why = xstrdup("an entry without a usable name");
		return -EIO;
	}
	if (hardlink) {
		image_link(im, e.path, hardlink);
		return 0;
	}
	e.uid = id(im, e.path, archive_entry_uid(ae));
	e.gid = id(im, e.path, archive_entry_gid(ae));
	read_xattrs(im, ae, &e);
	image_add(im, &e);
	free(e.xattrs);
	if (S_ISREG(e.mode)) {
		err = feed_data(im, a, size < 0 ? 0 : size, why);
		image_end(im);
	}
	return err;
}

int tar_feed(struct image *im, int fd, char **why)
{
	struct archive *a = archive_read_new();
	struct archive_entry *ae;
	int err, got;

	if (!a)
		die("libarchive: out of memory");
	archive_read_support_filter_all(a);
	archive_read_support_format_tar(a);
	err = archive_read_open_fd(a, fd, READ_SIZE) ? failed(a, why) : 0;
	while (!err && (got = archive_read_next_header(a, &ae)) != ARCHIVE_EOF)
		/* a warning is about names that are not UTF-8: they come
		 * through byte by byte all the same */
		err = got == ARCHIVE_OK || got == ARCHIVE_WARN
			      ? feed_entry(im, a, ae, why)
			      : failed(a, why);
	if (!err && !archive_file_count(a)) {
		*why = xstrdup("not a tar archive, or an empty one");
		err = -EIO;
	}
	archive_read_free(a);
	return err;
}
