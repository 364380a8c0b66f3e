/* SPDX-License-Identifier: MIT */
/*
 * unpack.c - the packer's mirror image on the build host. What a machine
 * boots is unpacked by initrd/unpack.c, which trusts nothing; this one reads
 * files whose digest the caller has compared with what was built here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <zlib.h>
#include "format/cpio.h"
#include "format/ovl.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/sqtree.h"
#include "host/userns.h"
#include "unpack.h"

struct dir_date {
	char *path;
	uint32_t mtime;
};

struct unpack {
	int root;
	bool user;	     /* in a user namespace */
	int fd;		     /* of the file being written, or -1 */
	struct cpio_entry e; /* the member at hand */
	char *path;	     /* its name */
	char *link;	     /* target of a symlink so far */
	size_t link_len;
	char *list; /* the reserved member */
	size_t list_len;
	bool in_list, list_seen;
	uint64_t inodes;
	char **names; /* first name of each ino, up to inodes */
	size_t n_dates;
	struct dir_date *dates;
};

/* The folder that holds @path, no symlink followed, and the last name. */
static int parent(struct unpack *u, const char *path, const char **name)
{
	struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
			       .resolve =
				       RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
	const char *slash = strrchr(path, '/');
	char *dir;
	int fd;

	*name = slash ? slash + 1 : path;
	dir = slash ? xasprintf("%.*s", (int)(slash - path), path)
		    : xstrdup(".");
	fd = syscall(SYS_openat2, u->root, dir, &how, sizeof(how));
	if (fd < 0)
		die("%s: its folder:", path);
	free(dir);
	return fd;
}

static void owner(struct unpack *u, int at, const char *name,
		  const struct cpio_entry *e)
{
	const struct timespec t[2] = {{.tv_sec = e->mtime},
				      {.tv_sec = e->mtime}};

	if (fchownat(at, name, e->uid, e->gid, AT_SYMLINK_NOFOLLOW) ||
	    (!S_ISLNK(e->mode) && fchmodat(at, name, e->mode & 07777, 0)) ||
	    utimensat(at, name, t, AT_SYMLINK_NOFOLLOW))
		die("%s:", u->path);
}

static void note_date(struct unpack *u)
{
	struct dir_date *d;

	u->dates = xrealloc(u->dates, u->n_dates + 1, sizeof(*u->dates));
	d = &u->dates[u->n_dates++];
	d->path = xstrdup(u->path);
	d->mtime = u->e.mtime;
}

static int file_begin(struct unpack *u, int at, const char *name)
{
	char **first;

	if (u->e.ino > u->inodes)
		die("%s: inode number is too large", u->path);
	first = &u->names[u->e.ino];
	if (*first && !strcmp(*first, u->path)) {
		u->fd = openat(at, name,
			       O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
		return u->fd < 0 ? -1 : 0;
	}
	if (u->e.nlink > 1 && *first)
		return linkat(u->root, *first, at, name, 0);
	u->fd = openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (u->fd < 0)
		return -1;
	free(*first);
	*first = xstrdup(u->path);
	return 0;
}

/* What stands for a device node where none can be made (sqtree.h). */
static int make_mark(struct unpack *u, int at, const char *name)
{
	int fd =
		openat(at, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char text[32];

	snprintf(text, sizeof(text), "%c %u %u", S_ISCHR(u->e.mode) ? 'c' : 'b',
		 u->e.rmajor, u->e.rminor);
	return fd < 0 || fsetxattr(fd, SQTREE_NODE, text, strlen(text), 0) ||
			       close(fd)
		       ? -1
		       : 0;
}

static int make(struct unpack *u)
{
	const char *name;
	int at = parent(u, u->path, &name);
	int err = 0;

	if (S_ISDIR(u->e.mode) && strcmp(u->path, "."))
		err = mkdirat(at, name, 0700);
	else if (S_ISREG(u->e.mode))
		err = file_begin(u, at, name);
	else if (S_ISCHR(u->e.mode) || S_ISBLK(u->e.mode))
		err = u->user ? make_mark(u, at, name)
			      : mknodat(at, name, u->e.mode,
					makedev(u->e.rmajor, u->e.rminor));
	if (err)
		die("%s:", u->path);
	close(at);
	return 0;
}

static int begin(void *user, const struct cpio_entry *e, struct fault *f)
{
	struct unpack *u = user;

	u->in_list = !u->list_seen;
	u->list_seen = true;
	free(u->path);
	u->path = xstrdup(e->name);
	u->e = *e;
	u->link_len = 0;
	if (!u->in_list)
		return make(u);
	if (strcmp(e->name, OVL_MEMBER) || e->filesize > OVL_SIZE_MAX)
		return fault_set(f, -EBADMSG, "does not begin with its list",
				 0);
	u->list = xmalloc(e->filesize + 1);
	return 0;
}

static int data(void *user, const void *p, size_t size, struct fault *f)
{
	struct unpack *u = user;

	if (u->in_list) {
		memcpy(u->list + u->list_len, p, size);
		u->list_len += size;
		return 0;
	}
	if (S_ISLNK(u->e.mode)) {
		memcpy(u->link + u->link_len, p, size);
		u->link_len += size;
		return 0;
	}
	for (const char *c = p; size;) {
		ssize_t n = write(u->fd, c, size);

		if (n < 0)
			die("%s:", u->path);
		c += n;
		size -= n;
	}
	return 0;
}

static int end(void *user, struct fault *f)
{
	struct unpack *u = user;
	const char *name;
	int at;

	if (u->in_list)
		return 0;
	if (u->fd >= 0)
		close(u->fd);
	u->fd = -1;
	at = parent(u, u->path, &name);
	u->link[u->link_len] = '\0';
	if (S_ISLNK(u->e.mode) && symlinkat(u->link, at, name))
		die("%s:", u->path);
	owner(u, at, name, &u->e);
	if (S_ISDIR(u->e.mode))
		note_date(u);
	close(at);
	return 0;
}

static const struct cpio_sink sink = {begin, data, end};

static void apply(struct unpack *u, const struct ovl_item *it)
{
	const char *opaque =
		u->user ? "user.overlay.opaque" : "trusted.overlay.opaque";
	const char *name;
	int at = parent(u, it->path, &name), fd, err;

	if (it->kind == OVL_DELETE) {
		if (mknodat(at, name, S_IFCHR, 0))
			die("%s: whiteout:", it->path);
		close(at);
		return;
	}
	fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		die("%s:", it->path);
	err = it->kind == OVL_OPAQUE
		      ? fsetxattr(fd, opaque, "y", 1, 0)
		      : fsetxattr(fd, it->name, it->value, it->value_len, 0);
	if (err)
		die("%s: attribute:", it->path);
	close(fd);
	close(at);
}

static void apply_list(struct unpack *u, const char *file)
{
	struct ovl_item *it = xcalloc(2, sizeof(*it));
	struct span rest = {u->list, u->list_len};
	uint8_t base[DIGEST_SIZE];
	struct fault f = {0};
	int ret = ovl_open(rest, base, &rest, &f);
	size_t i = 0;

	if (ret)
		die("%s: list: %s", file, f.why);
	for (;; i++) {
		ret = ovl_next(&rest, &it[i & 1], i ? &it[~i & 1] : NULL, &f);
		if (ret <= 0)
			break;
		if (it[i & 1].kind != OVL_PARTS)
			apply(u, &it[i & 1]);
	}
	if (ret)
		die("%s: list: %s", file, f.why);
	free(it);
}

/* A directory's date is touched by all that is made in it: dates come last. */
static void apply_dates(struct unpack *u)
{
	for (size_t i = u->n_dates; i--;) {
		const struct timespec t[2] = {
			{.tv_sec = u->dates[i].mtime},
			{.tv_sec = u->dates[i].mtime},
		};

		if (utimensat(u->root, u->dates[i].path, t,
			      AT_SYMLINK_NOFOLLOW))
			die("%s:", u->dates[i].path);
		free(u->dates[i].path);
	}
	free(u->dates);
}

static void inflate_all(struct unpack *u, const char *file, uint64_t inodes,
			uint64_t unpacked)
{
	struct cpio_decoder *d = xcalloc(1, sizeof(*d));
	struct fault f = {0};
	gzFile in = gzopen(file, "rbe");
	char buf[64 << 10];
	int n, ret = 0;

	if (!in)
		die("%s:", file);
	cpio_decode_init(d, &sink, u, inodes, unpacked);
	while (!ret && (n = gzread(in, buf, sizeof(buf))) > 0)
		ret = cpio_decode(d, buf, n, &f);
	if (n < 0)
		die("%s: does not inflate", file);
	if (!ret)
		ret = cpio_decode_end(d, &f);
	if (ret)
		die("%s: %s", file, f.why ? f.why : "ends early");
	gzclose(in);
	free(d);
}

void unpack_overlay(const char *file, const char *dir, uint64_t inodes,
		    uint64_t unpacked)
{
	struct unpack u = {.fd = -1, .inodes = inodes, .user = userns_inside()};

	if (inodes > 1u << 24)
		die("%s: too many entries", file);
	u.root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (u.root < 0)
		die("%s:", dir);
	u.names = xcalloc(inodes + 1, sizeof(*u.names));
	u.link = xmalloc(CPIO_LINK_MAX + 1);
	inflate_all(&u, file, inodes, unpacked);
	apply_list(&u, file);
	apply_dates(&u);
	for (size_t i = 0; i <= inodes; i++)
		free(u.names[i]);
	free(u.names);
	free(u.link);
	free(u.list);
	free(u.path);
	close(u.root);
}
