/* SPDX-License-Identifier: MIT */
/* files.c - copies; all of it in a child whose root is the union. */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/sqtree.h"
#include "files.h"
#include "phase.h"
#include "run.h"

#define FILES	   BUILD_INSIDE "/role/files"
#define HOOKS	   BUILD_INSIDE "/role/hooks/first-boot.d/"
#define FIRST_BOOT "/usr/lib/slipway/first-boot.d"
#define UNIT	   "slipway-first-boot.service"
#define MODES_MAX  (1u << 20)
#define UNIT_DIR   "/usr/lib/systemd/system"
#define WANTS_DIR  UNIT_DIR "/multi-user.target.wants"

struct files {
	const struct build *b;
	char *modes; /* text of files.modes, or NULL */
	size_t modes_size;
	char *nodes; /* text of nodes, or NULL */
	size_t nodes_size;
	char **hooks; /* of first-boot.d */
};

static void set(const struct files *f, const char *to, mode_t mode)
{
	const struct timespec t[2] = {{.tv_sec = f->b->base->epoch},
				      {.tv_sec = f->b->base->epoch}};

	if (lchown(to, 0, 0) || (!S_ISLNK(mode) && chmod(to, mode & 07777)) ||
	    utimensat(AT_FDCWD, to, t, AT_SYMLINK_NOFOLLOW))
		die("%s:", to);
}

static void copy_bytes(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char buf[64 << 10];
	ssize_t n;

	if (in < 0)
		die("%s:", from);
	if (out < 0)
		die("%s:", to);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			die("%s:", to);
	if (n < 0)
		die("%s:", from);
	close(in);
	if (close(out))
		die("%s:", to);
}

static void copy_link(const char *from, const char *to)
{
	char target[4096];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		die("%s:", from);
	target[n] = '\0';
	if (symlink(target, to))
		die("%s:", to);
}

static void copy_one(const struct files *f, const char *from, const char *to,
		     mode_t mode)
{
	struct stat st;

	if (S_ISDIR(mode)) {
		/* one that is there keeps its owner and mode */
		if (!stat(to, &st) && S_ISDIR(st.st_mode))
			return;
		if (mkdir(to, 0700))
			die("%s:", to);
		set(f, to, mode);
		return;
	}
	if (unlink(to) && errno != ENOENT)
		die("%s:", to);
	if (S_ISREG(mode))
		copy_bytes(from, to);
	else if (S_ISLNK(mode))
		copy_link(from, to);
	else
		die("files%s: neither file, directory nor symlink", to);
	set(f, to, mode);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void copy_tree(const struct files *f)
{
	char *const roots[] = {(char *)FILES, NULL};
	FTS *fts;
	FTSENT *e;

	if (access(FILES, F_OK))
		return;
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (!fts)
		die("files:");
	while ((e = fts_read(fts))) {
		if (e->fts_info == FTS_DP || !e->fts_level)
			continue;
		if (e->fts_info == FTS_ERR || e->fts_info == FTS_DNR ||
		    e->fts_info == FTS_NS) {
			errno = e->fts_errno;
			die("%s:", e->fts_path);
		}
		copy_one(f, e->fts_path, e->fts_path + strlen(FILES),
			 e->fts_statp->st_mode);
	}
	if (errno)
		die("files:");
	fts_close(fts);
}

static bool octal(struct span s, mode_t *mode)
{
	*mode = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7')
			return false;
		*mode = *mode * 8 + (s.p[i] - '0');
	}
	return s.n >= 3 && s.n <= 4;
}

/* "PATH MODE UID GID", the path as text_escape() writes it. */
static bool mode_line(struct span line)
{
	struct span path, mode, uid, gid;
	char name[4097] = "/";
	uint64_t u, g;
	mode_t m;

	if (!text_field(&line, &path) || !text_field(&line, &mode) ||
	    !text_field(&line, &uid) || !text_field(&line, &gid) || line.n)
		return false;
	if (text_unescape(name + 1, sizeof(name) - 1, path) < 1 ||
	    !octal(mode, &m) || text_u64(uid, &u) || text_u64(gid, &g) ||
	    u >= UINT32_MAX || g >= UINT32_MAX)
		return false;
	/* the owner first: chown clears setuid */
	if (lchown(name, u, g) || chmod(name, m))
		die("files.modes: %s:", name);
	return true;
}

static void apply_modes(const struct files *f)
{
	struct span rest = {f->modes, f->modes_size}, line;
	unsigned int n = 0;
	bool whole;

	while (f->modes && text_line(&rest, &line, &whole)) {
		n++;
		if (line.n && line.p[0] != '#' && !mode_line(line))
			die("files.modes:%u: not 'PATH MODE UID GID'", n);
	}
}

/* "PATH c|b MAJOR MINOR MODE UID GID" */
static bool node_line(const struct files *f, struct span line)
{
	struct span path, kind, maj, min, rest = line;
	char name[4097] = "/", *mode;
	uint64_t ma, mi;
	bool good;

	if (!text_field(&rest, &path) || !text_field(&rest, &kind) ||
	    !text_field(&rest, &maj) || !text_field(&rest, &min) ||
	    kind.n != 1 || !strchr("cb", *kind.p) || text_u64(maj, &ma) ||
	    text_u64(min, &mi) || ma > 0xfff || mi > 0xfffff ||
	    text_unescape(name + 1, sizeof(name) - 1, path) < 1)
		return false;
	if (unlink(name) && errno != ENOENT)
		die("nodes: %s:", name);
	sqtree_node(name, (*kind.p == 'c' ? S_IFCHR : S_IFBLK) | 0600, ma, mi);
	set(f, name, S_IFREG | 0600);
	mode = xasprintf("%.*s %.*s", (int)path.n, path.p, (int)rest.n, rest.p);
	good = mode_line(text_span(mode));
	free(mode);
	return good;
}

/* Device nodes, which a hook cannot make in a user namespace. */
static void make_nodes(const struct files *f)
{
	struct span rest = {f->nodes, f->nodes_size}, line;
	unsigned int n = 0;
	bool whole;

	while (f->nodes && text_line(&rest, &line, &whole)) {
		n++;
		if (line.n && line.p[0] != '#' && !node_line(f, line))
			die("nodes:%u: not 'PATH c|b MAJOR MINOR MODE UID GID'",
			    n);
	}
}

static void files_inside(void *user)
{
	copy_tree(user);
	make_nodes(user);
	apply_modes(user);
}

static void inside(const struct build *b, void (*fn)(void *), struct files *f)
{
	if (run_inside(b->root, fn, f))
		exit(EXIT_FAILED);
}

static char *slurp(const struct build *b, const char *name, size_t *size)
{
	char *path = xasprintf("%s/%s", b->role->dir, name);
	char *text = outfile_slurp(path, MODES_MAX, size);

	if (!text && errno != ENOENT)
		die("%s:", path);
	free(path);
	return text;
}

void files_copy(const struct build *b)
{
	struct files f = {.b = b};

	f.modes = slurp(b, "files.modes", &f.modes_size);
	f.nodes = slurp(b, "nodes", &f.nodes_size);
	inside(b, files_inside, &f);
	free(f.modes);
	free(f.nodes);
}

static void make_dirs(const struct files *f, const char *path)
{
	for (const char *p = path + 1; p; p = strchr(p + 1, '/')) {
		char *dir = xasprintf("%.*s", (int)(p - path), path);

		if (dir[1])
			copy_one(f, NULL, dir, S_IFDIR | 0755);
		free(dir);
	}
	copy_one(f, NULL, path, S_IFDIR | 0755);
}

static char *unit_text(void)
{
	char *text = xstrdup("[Unit]\n"
			     "Description=First boot of this role\n"
			     "ConditionPathExists=!/var/lib/slipway/"
			     "first-boot.done\n"
			     "Wants=network-online.target\n"
			     "After=network-online.target\n"
			     "\n[Service]\n"
			     "Type=oneshot\nRemainAfterExit=yes\n"
			     "StateDirectory=slipway\n");
	char *const roots[] = {(char *)FIRST_BOOT, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *e;
	char *next;

	if (!fts)
		die("%s:", FIRST_BOOT);
	while ((e = fts_read(fts))) {
		if (e->fts_info != FTS_F)
			continue;
		next = xasprintf("%sExecStart=%s\n", text, e->fts_path);
		free(text);
		text = next;
	}
	fts_close(fts);
	next = xasprintf("%sExecStart=/usr/bin/touch "
			 "/var/lib/slipway/first-boot.done\n",
			 text);
	free(text);
	return next;
}

static void first_boot_inside(void *user)
{
	const struct files *f = user;
	char *text;

	make_dirs(f, FIRST_BOOT);
	for (size_t i = 0; f->hooks[i]; i++) {
		char *from = xasprintf(HOOKS "%s", f->hooks[i]);
		char *to = xasprintf(FIRST_BOOT "/%s", f->hooks[i]);

		copy_one(f, from, to, S_IFREG | 0755);
		free(from);
		free(to);
	}
	make_dirs(f, WANTS_DIR);
	text = unit_text();
	outfile_put(UNIT_DIR "/" UNIT, 0644, text, strlen(text));
	set(f, UNIT_DIR "/" UNIT, S_IFREG | 0644);
	unlink(WANTS_DIR "/" UNIT);
	if (symlink("../" UNIT, WANTS_DIR "/" UNIT))
		die("%s/%s:", WANTS_DIR, UNIT);
	set(f, WANTS_DIR "/" UNIT, S_IFLNK);
	free(text);
}

void files_first_boot(const struct build *b)
{
	struct files f = {.b = b, .hooks = phase_hooks(b->role, "first-boot")};

	if (f.hooks[0])
		inside(b, first_boot_inside, &f);
	free(f.hooks);
}
