/* SPDX-License-Identifier: MIT */
/* tarread.c - entries of a tar, through libarchive. */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "alloc.h"
#include "error.h"
#include "tarread.h"

#define READ_SIZE (256 << 10)

struct reading {
	struct archive *a;
	const struct tarread_sink *sink;
	void *user;
	char **why;
	tarread_source source;
	void *from;
};

static int failed(struct reading *r)
{
	const char *text = archive_error_string(r->a);

	if (!*r->why)
		*r->why = xstrdup(text ? text : "not a tar archive");
	return -EIO;
}

static int refuse(struct reading *r, const char *why)
{
	*r->why = xstrdup(why);
	return -EIO;
}

static struct tarread_xattr *xattrs(struct archive_entry *ae, size_t *n)
{
	int count = archive_entry_xattr_reset(ae);
	struct tarread_xattr *x = xcalloc(count + 1, sizeof(*x));

	for (*n = 0; *n < (size_t)count; ++*n)
		if (archive_entry_xattr_next(ae, &x[*n].name,
					     (const void **)&x[*n].value,
					     &x[*n].size))
			break;
	return x;
}

/* Holes of a sparse file come as offsets that jump. */
static int contents(struct reading *r, uint64_t size)
{
	const void *p;
	uint64_t at = 0;
	int64_t offset;
	size_t n;
	int err;

	while ((err = archive_read_data_block(r->a, &p, &n, &offset)) ==
	       ARCHIVE_OK) {
		if (offset < 0 || (uint64_t)offset < at ||
		    (uint64_t)offset > size || n > size - offset)
			return refuse(r, "a file's parts overlap or exceed it");
		if ((uint64_t)offset > at)
			r->sink->data(r->user, NULL, offset - at);
		if (n)
			r->sink->data(r->user, p, n);
		at = offset + n;
	}
	if (err != ARCHIVE_EOF)
		return failed(r);
	if (size > at)
		r->sink->data(r->user, NULL, size - at);
	r->sink->end(r->user);
	return 0;
}

static int one(struct reading *r, struct archive_entry *ae)
{
	int64_t size = archive_entry_size(ae);
	struct tarread_entry e = {
		.path = archive_entry_pathname(ae),
		.mode = archive_entry_mode(ae),
		.uid = archive_entry_uid(ae),
		.gid = archive_entry_gid(ae),
		.mtime = archive_entry_mtime(ae),
		.rdev = archive_entry_rdev(ae),
		.size = size < 0 ? 0 : size,
		.target = archive_entry_symlink(ae),
		.hardlink = archive_entry_hardlink(ae),
		/* star and bsdtar write them as text of their own */
		.acl = archive_entry_acl_count(
			ae, ARCHIVE_ENTRY_ACL_TYPE_POSIX1E |
				    ARCHIVE_ENTRY_ACL_TYPE_NFS4),
	};
	int err;

	if (!e.path)
		return refuse(r, "an entry without a usable name");
	e.xattrs = xattrs(ae, &e.n_xattrs);
	err = r->sink->entry(r->user, &e);
	free((void *)e.xattrs);
	if (err == 1 && !e.hardlink && S_ISREG(e.mode))
		err = contents(r, e.size);
	return err < 0 ? err : 0;
}

static int read_all(struct reading *r)
{
	struct archive_entry *ae;
	int err = 0, got;

	while (!err &&
	       (got = archive_read_next_header(r->a, &ae)) != ARCHIVE_EOF)
		/* a warning is about names that are not UTF-8: they come
		 * through byte by byte all the same */
		err = got == ARCHIVE_OK || got == ARCHIVE_WARN ? one(r, ae)
							       : failed(r);
	return err;
}

static struct archive *new_archive(void)
{
	struct archive *a = archive_read_new();

	if (!a)
		die("libarchive: out of memory");
	archive_read_support_format_tar(a);
	return a;
}

int tarread_fd(int fd, const struct tarread_sink *sink, void *user, char **why)
{
	struct reading r = {new_archive(), sink, user, why, NULL, NULL};
	int err;

	*why = NULL;
	archive_read_support_filter_all(r.a);
	err = archive_read_open_fd(r.a, fd, READ_SIZE) ? failed(&r) : 0;
	if (!err)
		err = read_all(&r);
	if (!err && !archive_file_count(r.a))
		err = refuse(&r, "not a tar archive, or an empty one");
	archive_read_free(r.a);
	return err;
}

static ssize_t next(struct archive *a, void *user, const void **p)
{
	struct reading *r = user;
	ssize_t n = r->source(r->from, p, r->why);

	if (n >= 0)
		return n;
	archive_set_error(a, EIO, "%s", *r->why ? *r->why : "unreadable");
	return -1;
}

int tarread_plain(tarread_source source, void *from,
		  const struct tarread_sink *sink, void *user, char **why)
{
	struct reading r = {new_archive(), sink, user, why, source, from};
	const void *p;
	ssize_t n = 1;
	int err;

	*why = NULL;
	/* a layer may be empty: then it is two blocks of zeros, or nothing */
	archive_read_support_format_empty(r.a);
	err = archive_read_open(r.a, &r, NULL, next, NULL) ? failed(&r) : 0;
	if (!err)
		err = read_all(&r);
	archive_read_free(r.a);
	/* what is padded behind its end counts in a digest */
	while (!err && n > 0)
		n = source(from, &p, why);
	return err ? err : n < 0 ? -EIO : 0;
}

int tarread_names(const char *path, int (*fn)(void *user, const char *name),
		  void *user)
{
	struct archive *a = new_archive();
	struct archive_entry *ae;
	const char *name;
	int got = 0, status;

	archive_read_support_filter_all(a);
	if (archive_read_open_filename(a, path, READ_SIZE))
		got = -EIO;
	while (!got) {
		status = archive_read_next_header(a, &ae);
		if (status == ARCHIVE_EOF)
			break;
		name = status == ARCHIVE_OK || status == ARCHIVE_WARN
			       ? archive_entry_pathname(ae)
			       : NULL;
		got = name ? fn(user, name) : -EIO;
	}
	archive_read_free(a);
	return got;
}
