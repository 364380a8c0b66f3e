/* SPDX-License-Identifier: MIT */
/* capture.c - walks an upper directory and notes exactly what is there. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "format/cpio.h"
#include "format/ovl.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/sqtree.h"
#include "host/userns.h"
#include "capture.h"
#include "noise.h"

static void read_target(struct capture_entry *e, const char *at)
{
	char buf[CPIO_LINK_MAX + 1];
	ssize_t n = readlink(at, buf, sizeof(buf));

	if (n < 0)
		die("%s:", at);
	if ((size_t)n == sizeof(buf))
		die("%s: symlink's target is too long", e->path);
	buf[n] = '\0';
	e->target = xstrdup(buf);
}

static void add_xattr(struct capture_entry *e, const char *at, const char *name)
{
	uint8_t value[OVL_XATTR_VALUE_MAX];
	ssize_t size = lgetxattr(at, name, value, sizeof(value));
	struct capture_xattr *x;

	if (size < 0)
		die("%s: attribute %s:", e->path, name);
	e->xattrs = xrealloc(e->xattrs, e->n_xattrs + 1, sizeof(*e->xattrs));
	x = &e->xattrs[e->n_xattrs++];
	x->name = xstrdup(name);
	x->size = size;
	x->value = xmalloc(size + 1);
	memcpy(x->value, value, size);
}

/*
 * Overlayfs's own notes. Those about where a file was copied from mean
 * nothing elsewhere; those that replace contents must never be lost.
 */
static void overlayfs_xattr(struct capture_entry *e, const char *at,
			    const char *name)
{
	static const char *const drop[] = {"origin", "impure", "nlink",
					   "uuid",   "upper",  "protattr"};
	const char *what = strstr(name, ".overlay.") + strlen(".overlay.");
	char value = 0;

	for (size_t i = 0; i < ARRAY_SIZE(drop); i++)
		if (!strcmp(what, drop[i]))
			return;
	if (strcmp(what, "opaque"))
		die("%s: holds %s: overlayfs must be mounted with "
		    "redirect_dir=off,metacopy=off",
		    e->path, name);
	if (lgetxattr(at, name, &value, 1) != 1 || value != 'y' ||
	    !S_ISDIR(e->st.st_mode) || !strcmp(e->path, "."))
		die("%s: %s is not 'y' on a directory", e->path, name);
	e->opaque = true;
}

static bool xattr_fits(const char *name)
{
	return !strncmp(name, "user.", 5) ||
	       !strcmp(name, "security.capability") ||
	       !strcmp(name, "security.selinux") ||
	       !strcmp(name, "security.ima") ||
	       !strcmp(name, "system.posix_acl_access") ||
	       !strcmp(name, "system.posix_acl_default");
}

/* The list that carries attributes names files and directories below the
 * root, and nothing else is opened at boot to be given one. */
static bool can_carry(const struct capture_entry *e)
{
	return (S_ISREG(e->st.st_mode) || S_ISDIR(e->st.st_mode)) &&
	       strcmp(e->path, ".");
}

static int xattr_order(const void *a, const void *b)
{
	return strcmp(((const struct capture_xattr *)a)->name,
		      ((const struct capture_xattr *)b)->name);
}

/* What stands for a device node in a user namespace is one (sqtree.h). */
static void node_xattr(struct capture_entry *e, const char *at)
{
	char text[32] = "", kind = 0;
	unsigned int maj = 0, min = 0;

	if (lgetxattr(at, SQTREE_NODE, text, sizeof(text) - 1) < 0 ||
	    sscanf(text, "%c %u %u", &kind, &maj, &min) != 3 ||
	    !S_ISREG(e->st.st_mode) || e->st.st_size ||
	    (kind != 'c' && kind != 'b') || (!maj && !min))
		die("%s: %s: not the mark of a device node", e->path,
		    SQTREE_NODE);
	e->st.st_mode =
		(e->st.st_mode & 07777) | (kind == 'c' ? S_IFCHR : S_IFBLK);
	e->st.st_rdev = makedev(maj, min);
}

static void read_xattrs(struct capture_entry *e, const char *at, bool user)
{
	const char *own = user ? "user.overlay." : "trusted.overlay.";
	char names[64 << 10];
	ssize_t n = llistxattr(at, names, sizeof(names));

	if (n < 0 && errno == ENOTSUP)
		return;
	if (n < 0)
		die("%s: attributes:", e->path);
	for (char *p = names; p < names + n; p += strlen(p) + 1) {
		if (!strncmp(p, own, strlen(own)))
			overlayfs_xattr(e, at, p);
		else if (user && !strcmp(p, SQTREE_NODE))
			node_xattr(e, at);
		else if (!xattr_fits(p) || !can_carry(e))
			die("%s: an overlay cannot hold attribute %s here: "
			    "remove it in a post-install hook",
			    e->path, p);
		else
			add_xattr(e, at, p);
	}
	if (e->n_xattrs)
		qsort(e->xattrs, e->n_xattrs, sizeof(*e->xattrs), xattr_order);
}

static void add(struct capture *c, const char *path, const FTSENT *f,
		uint64_t epoch)
{
	struct capture_entry *e;

	if (!(c->n & (c->n - 1)))
		c->entries = xrealloc(c->entries, c->n ? 2 * c->n : 1,
				      sizeof(*c->entries));
	e = &c->entries[c->n++];
	memset(e, 0, sizeof(*e));
	e->path = xstrdup(path);
	e->st = *f->fts_statp;
	if (epoch && (uint64_t)e->st.st_mtime > epoch)
		e->st.st_mtime = epoch;
	if (e->st.st_mtime < 0 || e->st.st_mtime > UINT32_MAX)
		die("%s: date is before 1970 or after 2106", path);
	e->deleted = S_ISCHR(e->st.st_mode) && !e->st.st_rdev;
	if (e->deleted)
		return;
	if (S_ISLNK(e->st.st_mode))
		read_target(e, f->fts_path);
	read_xattrs(e, f->fts_path, c->user);
}

static void visit(struct capture *c, FTS *fts, FTSENT *f, size_t skip,
		  uint64_t epoch)
{
	const char *path = f->fts_level ? f->fts_path + skip : ".";
	bool deleted = S_ISCHR(f->fts_statp->st_mode) && !f->fts_statp->st_rdev;

	if (noise_is(path, f->fts_statp->st_mode, deleted)) {
		fts_set(fts, f, FTS_SKIP);
		return;
	}
	if (S_ISSOCK(f->fts_statp->st_mode)) {
		info("%s: socket left out: it means nothing without its "
		     "server",
		     path);
		return;
	}
	add(c, path, f, epoch);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct capture_entry *)a)->path,
		      ((const struct capture_entry *)b)->path);
}

static int by_file(const void *a, const void *b)
{
	const struct capture_entry *x = *(struct capture_entry *const *)a;
	const struct capture_entry *y = *(struct capture_entry *const *)b;

	if (x->st.st_dev != y->st.st_dev)
		return x->st.st_dev < y->st.st_dev ? -1 : 1;
	if (x->st.st_ino != y->st.st_ino)
		return x->st.st_ino < y->st.st_ino ? -1 : 1;
	return strcmp(x->path, y->path);
}

static bool same_file(const struct capture_entry *a,
		      const struct capture_entry *b)
{
	return S_ISREG(a->st.st_mode) && a->st.st_ino == b->st.st_ino &&
	       a->st.st_dev == b->st.st_dev;
}

/*
 * Inode numbers are 32 bits in newc, and those of a file system are not:
 * count them anew, in the order of the first name of each.
 */
static void number(struct capture *c)
{
	struct capture_entry **v = xcalloc(c->n + 1, sizeof(*v));

	for (size_t i = 0; i < c->n; i++) {
		v[i] = &c->entries[i];
		v[i]->ino = i + 1;
		v[i]->nlink = 1;
	}
	qsort(v, c->n, sizeof(*v), by_file);
	for (size_t i = 0, end; i < c->n; i = end) {
		for (end = i + 1; end < c->n && same_file(v[i], v[end]); end++)
			;
		for (size_t k = i; k < end; k++) {
			v[k]->nlink = end - i;
			v[k]->ino = v[i]->ino;
			v[k]->again = k > i;
		}
	}
	free(v);
}

void capture_tree(struct capture *c, const char *path, uint64_t epoch)
{
	char *const roots[] = {(char *)path, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *f;

	memset(c, 0, sizeof(*c));
	c->user = userns_inside();
	c->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (!fts || c->dir < 0)
		die("%s:", path);
	while ((f = fts_read(fts))) {
		if (f->fts_info == FTS_DP)
			continue;
		if (f->fts_info == FTS_ERR || f->fts_info == FTS_DNR ||
		    f->fts_info == FTS_NS) {
			errno = f->fts_errno;
			die("%s:", f->fts_path);
		}
		visit(c, fts, f, strlen(path) + 1, epoch);
	}
	if (errno)
		die("%s:", path);
	fts_close(fts);
	qsort(c->entries, c->n, sizeof(*c->entries), by_path);
	number(c);
}

static int is_path(const void *key, const void *entry)
{
	return strcmp(key, ((const struct capture_entry *)entry)->path);
}

const struct capture_entry *capture_find(const struct capture *c,
					 const char *path)
{
	return bsearch(path, c->entries, c->n, sizeof(*c->entries), is_path);
}

bool capture_hidden(const struct capture *c, const char *path)
{
	const struct capture_entry *e;

	for (const char *p = path; (p = strchr(p, '/')); p++) {
		char *dir = xasprintf("%.*s", (int)(p - path), path);

		e = capture_find(c, dir);
		free(dir);
		if (e && e->opaque)
			return true;
	}
	return false;
}
