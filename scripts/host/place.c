/* SPDX-License-Identifier: MIT */
/* place.c - put files into a tree, never through a link. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "alloc.h"
#include "error.h"
#include "place.h"
#include "sqtree.h"

/* What a folder is to be dated in the end. */
struct date {
	char *path;
	struct timespec at;
};

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct date *)a)->path,
		      ((const struct date *)b)->path);
}

static void fail(const struct place *p, const char *path)
{
	die("%s: '%s':", p->what, path);
}

static int open_dir(const struct place *p, const char *path)
{
	struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
			       .resolve =
				       RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};

	return syscall(SYS_openat2, p->root, *path ? path : ".", &how,
		       sizeof(how));
}

static struct date *date_of(struct place *p, const char *path, bool *is_new)
{
	struct date *d = xmalloc(sizeof(*d)), **found;

	*d = (struct date){.path = xstrdup(path)};
	found = tsearch(d, &p->dates, by_path);
	if (!found)
		die("memory:");
	*is_new = *found == d;
	if (!*is_new) {
		free(d->path);
		free(d);
	}
	return *found;
}

static const char *last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Folders that nothing speaks of are root's, 0755, of no date. */
static void make_parents(struct place *p, const char *dir)
{
	for (const char *s = dir; *s;) {
		size_t len = s - dir + strcspn(s, "/");
		char *at = xasprintf("%.*s", (int)len, dir);
		bool is_new;

		if (!mkdirat(p->root, at, 0755))
			date_of(p, at, &is_new);
		else if (errno != EEXIST)
			fail(p, at);
		free(at);
		s = dir + len + (dir[len] == '/');
	}
}

/* Into the folder that @path is in, whose date is noted before it changes. */
static void enter(struct place *p, const char *path)
{
	char *dir = xasprintf(
		"%.*s", (int)(last(path) - path - (last(path) != path)), path);
	int fd = open_dir(p, dir);
	struct date *d;
	struct stat st;
	bool is_new;

	if (fd < 0 && errno == ENOENT) {
		make_parents(p, dir);
		fd = open_dir(p, dir);
	}
	if (fd < 0 || fstat(fd, &st) || fchdir(fd))
		fail(p, dir);
	d = date_of(p, dir, &is_new);
	if (is_new)
		d->at = st.st_mtim;
	close(fd);
	free(dir);
}

static void remove_tree(struct place *p, int dir, const char *name)
{
	struct dirent *e;
	int fd;
	DIR *d;

	if (!unlinkat(dir, name, 0) || errno == ENOENT)
		return;
	if (errno != EISDIR && errno != EPERM)
		fail(p, name);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	d = fd < 0 ? NULL : fdopendir(fd);
	if (!d)
		fail(p, name);
	while ((e = readdir(d)))
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			remove_tree(p, fd, e->d_name);
	closedir(d);
	if (unlinkat(dir, name, AT_REMOVEDIR))
		fail(p, name);
}

void place_open(struct place *p, const char *what, const char *dir)
{
	memset(p, 0, sizeof(*p));
	p->what = what;
	p->fd = -1;
	p->home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	p->root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->home < 0 || p->root < 0)
		die("%s:", dir);
}

void place_remove(struct place *p, const char *path)
{
	enter(p, path);
	remove_tree(p, AT_FDCWD, last(path));
}

void place_link(struct place *p, const char *from, const char *to)
{
	enter(p, to);
	remove_tree(p, AT_FDCWD, last(to));
	/* @from was put there, or is the base's: no link is on its way */
	if (linkat(p->root, from, AT_FDCWD, last(to), 0))
		fail(p, to);
}

static bool carried(const char *name)
{
	return !strncmp(name, "user.", 5) ||
	       !strcmp(name, "security.capability") ||
	       !strncmp(name, "system.posix_acl_", 17);
}

static bool wanted(const struct tarread_entry *e, const char *name)
{
	for (size_t i = 0; i < e->n_xattrs; i++)
		if (!strcmp(e->xattrs[i].name, name))
			return true;
	return false;
}

/* A folder that was there may have attributes that it is not to have. */
static void clear_xattrs(const struct place *p, const struct tarread_entry *e)
{
	ssize_t n = listxattr(".", NULL, 0), got;
	char *list = xmalloc(n < 0 ? 1 : n + 1);

	got = n <= 0 ? 0 : listxattr(".", list, n);
	for (char *at = list; got > 0 && at < list + got; at += strlen(at) + 1)
		if (carried(at) && !wanted(e, at) && removexattr(".", at))
			fail(p, p->path);
	free(list);
}

/* Owner first: it takes setuid and capabilities away. */
static void attributes(struct place *p, const struct tarread_entry *e,
		       const char *name)
{
	mode_t mode = e->mode & (p->no_owner ? 01777 : 07777);

	if ((!p->no_owner && lchown(name, e->uid, e->gid)) ||
	    (!S_ISLNK(e->mode) && chmod(name, mode)))
		fail(p, p->path);
	p->dropped += e->acl;
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct tarread_xattr *x = &e->xattrs[i];

		if (!carried(x->name) || p->no_owner)
			p->dropped++;
		else if (lsetxattr(name, x->name, x->value, x->size, 0))
			die("%s: '%s': attribute %s:", p->what, p->path,
			    x->name);
	}
}

void place_dir(struct place *p, const struct tarread_entry *e)
{
	struct date *d;
	bool is_new;
	int fd;

	p->path = (char *)e->path;
	if (*e->path) {
		enter(p, e->path);
		if (mkdir(last(e->path), 0700) && errno != EEXIST)
			fail(p, e->path);
	}
	fd = open_dir(p, e->path);
	if (fd < 0 || fchdir(fd))
		fail(p, e->path);
	close(fd);
	clear_xattrs(p, e);
	attributes(p, e, ".");
	d = date_of(p, e->path, &is_new);
	d->at = (struct timespec){.tv_sec = e->mtime};
}

static void keep(struct place *p, const struct tarread_entry *e)
{
	struct tarread_xattr *x = xcalloc(e->n_xattrs + 1, sizeof(*x));

	p->now = *e;
	for (size_t i = 0; i < e->n_xattrs; i++) {
		void *value = xmalloc(e->xattrs[i].size + 1);

		memcpy(value, e->xattrs[i].value, e->xattrs[i].size);
		x[i] = (struct tarread_xattr){xstrdup(e->xattrs[i].name), value,
					      e->xattrs[i].size};
	}
	p->now.xattrs = x;
	p->path = xstrdup(e->path);
}

void place_begin(struct place *p, const struct tarread_entry *e)
{
	const char *name = last(e->path);
	int err = 0;

	keep(p, e);
	enter(p, e->path);
	remove_tree(p, AT_FDCWD, name);
	if (S_ISREG(e->mode)) {
		p->fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			     0600);
		p->size = 0;
		err = p->fd < 0;
	} else if (S_ISLNK(e->mode)) {
		err = symlink(e->target ? e->target : "", name);
	} else if (p->stand_ins && !S_ISFIFO(e->mode)) {
		sqtree_node(name, e->mode, major(e->rdev), minor(e->rdev));
	} else {
		err = mknod(name, (e->mode & S_IFMT) | 0600, e->rdev);
	}
	if (err && errno == EPERM)
		die("%s: '%s': a device node, which needs root", p->what,
		    e->path);
	if (err)
		fail(p, e->path);
}

void place_data(struct place *p, const void *data, uint64_t size)
{
	ssize_t n;

	p->size += size;
	if (!data && lseek(p->fd, size, SEEK_CUR) < 0)
		fail(p, p->path);
	while (data && size) {
		n = write(p->fd, data, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			fail(p, p->path);
		data = (const char *)data + n;
		size -= n;
	}
}

void place_end(struct place *p)
{
	const char *name = last(p->path);
	struct timespec t[2] = {{.tv_sec = p->now.mtime},
				{.tv_sec = p->now.mtime}};

	if (p->fd >= 0 && (ftruncate(p->fd, p->size) || close(p->fd)))
		fail(p, p->path);
	p->fd = -1;
	attributes(p, &p->now, name);
	if (utimensat(AT_FDCWD, name, t, AT_SYMLINK_NOFOLLOW))
		fail(p, p->path);
	for (size_t i = 0; i < p->now.n_xattrs; i++) {
		free((void *)p->now.xattrs[i].name);
		free((void *)p->now.xattrs[i].value);
	}
	free((void *)p->now.xattrs);
	free(p->path);
}

static void set_date(const void *node, VISIT which, void *closure)
{
	const struct date *d = *(struct date *const *)node;
	const struct place *p = closure;
	struct timespec t[2] = {d->at, d->at};
	int fd;

	if (which != postorder && which != leaf)
		return;
	fd = open_dir(p, d->path);
	/* it may have been removed again */
	if (fd >= 0 && futimens(fd, t))
		fail(p, d->path);
	if (fd >= 0)
		close(fd);
}

static void free_date(void *d)
{
	free(((struct date *)d)->path);
	free(d);
}

void place_close(struct place *p)
{
	twalk_r(p->dates, set_date, p);
	tdestroy(p->dates, free_date);
	if (fchdir(p->home))
		die("working folder:");
	close(p->home);
	close(p->root);
	if (p->dropped)
		warn("%s: dropped %u attributes that cannot be carried over",
		     p->what, p->dropped);
}
