// SPDX-License-Identifier: MIT
/* pax.c - a tar, through libarchive's writer. */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/alloc.h"
#include "host/error.h"
#include "pax.h"

struct pax {
	struct archive *a;
	void (*put)(void *user, const void *p, size_t size);
	void *user;
};

static ssize_t put(struct archive *a, void *user, const void *p, size_t size)
{
	struct pax *x = user;

	(void)a;
	x->put(x->user, p, size);
	return size;
}

static void check(const struct pax *x, int status, const char *path)
{
	/* a warning: a name that is not UTF-8 goes in byte by byte */
	if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
		die("tar: %s: %s", path, archive_error_string(x->a));
}

struct pax *pax_open(void (*to)(void *user, const void *p, size_t size),
		     void *user)
{
	struct pax *x = xcalloc(1, sizeof(*x));

	x->put = to;
	x->user = user;
	x->a = archive_write_new();
	if (!x->a)
		die("libarchive: out of memory");
	archive_write_set_format_pax(x->a);
	check(x, archive_write_set_options(x->a, "pax:xattrheader=SCHILY"), "");
	/* no padding to the block of a tape */
	archive_write_set_bytes_per_block(x->a, 0);
	check(x, archive_write_open(x->a, x, NULL, put, NULL), "");
	return x;
}

bool pax_entry(struct pax *x, const struct tarread_entry *e)
{
	struct archive_entry *ae;
	size_t i;

	if (S_ISSOCK(e->mode))
		return false;
	ae = archive_entry_new();
	archive_entry_copy_pathname(ae, *e->path ? e->path : ".");
	archive_entry_set_mode(ae, e->mode);
	archive_entry_set_uid(ae, e->uid);
	archive_entry_set_gid(ae, e->gid);
	archive_entry_set_mtime(ae, e->mtime, 0);
	archive_entry_set_size(ae, e->hardlink ? 0 : e->size);
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode)) {
		archive_entry_set_rdevmajor(ae, major(e->rdev));
		archive_entry_set_rdevminor(ae, minor(e->rdev));
	}
	if (e->hardlink)
		archive_entry_copy_hardlink(ae, e->hardlink);
	else if (e->target)
		archive_entry_copy_symlink(ae, e->target);
	for (i = 0; i < e->n_xattrs && !e->hardlink; i++)
		archive_entry_xattr_add_entry(ae, e->xattrs[i].name,
					      e->xattrs[i].value,
					      e->xattrs[i].size);
	check(x, archive_write_header(x->a, ae), e->path);
	archive_entry_free(ae);
	return true;
}

void pax_data(struct pax *x, const void *data, size_t size)
{
	if (archive_write_data(x->a, data, size) != (ssize_t)size)
		die("tar: %s", archive_error_string(x->a));
}

void pax_close(struct pax *x)
{
	check(x, archive_write_close(x->a), "");
	archive_write_free(x->a);
	free(x);
}
