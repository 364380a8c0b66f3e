/* SPDX-License-Identifier: MIT */
/* files.c - put files into a system that is not ours yet. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <libgen.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "files.h"

/* As open(2) would, were @root the root; -1 with errno. */
static int open_inside(const char *root, const char *path, int flags)
{
	struct open_how how = {.flags = flags | O_CLOEXEC,
			       .resolve =
				       RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int at = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd, err;

	if (at < 0)
		return -1;
	fd = syscall(SYS_openat2, at, path, &how, sizeof(how));
	err = errno;
	close(at);
	errno = err;
	return fd;
}

/* The folder that is to hold @to. */
static int parent(const char *root, const char *to)
{
	char *copy = xstrdup(to);
	int fd = open_inside(root, dirname(copy), O_PATH | O_DIRECTORY);

	if (fd < 0)
		die("files%s: its folder:", to);
	free(copy);
	return fd;
}

static const char *last(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void set_date(int at, const char *name, const char *to)
{
	const char *env = getenv("SOURCE_DATE_EPOCH");
	struct timespec t[2] = {{.tv_sec = env ? atoll(env) : 0}};

	t[1] = t[0];
	if (fchownat(at, name, 0, 0, AT_SYMLINK_NOFOLLOW) ||
	    utimensat(at, name, t, AT_SYMLINK_NOFOLLOW))
		die("files%s:", to);
}

/* What is there goes, unless it is a folder. */
static void make_room(int at, const char *name, const char *to)
{
	if (unlinkat(at, name, 0) && errno != ENOENT)
		die("files%s: in its place:", to);
}

void files_one(const char *root, const char *from, const char *to, mode_t mode)
{
	int at = parent(root, to), in = open(from, O_RDONLY | O_CLOEXEC), out;
	static char buf[64 << 10];
	ssize_t n;

	if (in < 0)
		die("%s:", from);
	make_room(at, last(to), to);
	out = openat(at, last(to), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		     0600);
	if (out < 0)
		die("files%s:", to);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			die("files%s: write:", to);
	if (n < 0)
		die("%s:", from);
	set_date(at, last(to), to);
	/* after the owner: chown takes setuid away */
	if (fchmod(out, mode & 07777) || close(out))
		die("files%s:", to);
	close(in);
	close(at);
}

static void make_link(const char *root, const char *from, const char *to)
{
	char target[PATH_MAX];
	int at = parent(root, to);
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		die("%s:", from);
	target[n] = '\0';
	make_room(at, last(to), to);
	if (symlinkat(target, at, last(to)))
		die("files%s:", to);
	set_date(at, last(to), to);
	close(at);
}

static void make_dir(const char *root, const char *to, mode_t mode)
{
	int at = parent(root, to), fd;

	if (!mkdirat(at, last(to), 0700)) {
		if (fchmodat(at, last(to), mode & 07777, 0))
			die("files%s:", to);
	} else if (errno != EEXIST) {
		die("files%s:", to);
	}
	fd = open_inside(root, to, O_PATH | O_DIRECTORY);
	if (fd < 0)
		die("files%s: is no folder in the base:", to);
	close(fd);
	close(at);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void put(const char *root, const FTSENT *f, const char *to)
{
	const struct stat *st = f->fts_statp;

	if (f->fts_info == FTS_DP || !*to)
		return;
	if (f->fts_info == FTS_ERR || f->fts_info == FTS_DNR ||
	    f->fts_info == FTS_NS) {
		errno = f->fts_errno;
		die("%s:", f->fts_path);
	}
	if (S_ISDIR(st->st_mode))
		make_dir(root, to, st->st_mode);
	else if (S_ISREG(st->st_mode))
		files_one(root, f->fts_path, to, st->st_mode);
	else if (S_ISLNK(st->st_mode))
		make_link(root, f->fts_path, to);
	else
		die("%s: neither file, folder nor symlink", f->fts_path);
}

void files_tree(const char *root, const char *from)
{
	char *const roots[] = {(char *)from, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *f;

	if (!fts)
		die("%s:", from);
	while ((errno = 0, f = fts_read(fts)))
		put(root, f, f->fts_path + strlen(from));
	if (errno)
		die("%s:", from);
	fts_close(fts);
}
