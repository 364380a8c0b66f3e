// SPDX-License-Identifier: MIT
/*
 * outfile.c - files that are there whole or not at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"

#define PENDING_MAX 64
#define HOLD_MS	    1000

/* What is to be removed. Slots are never freed, so that a signal handler may
 * walk them at any time; used says whether a slot counts. */
static struct pending {
	char path[PATH_MAX];
	volatile sig_atomic_t used;
} pending[PENDING_MAX];
static pid_t owner;
static volatile pid_t maker; /* the thread that is at it, or 0 */
static volatile pid_t ender; /* the one that removes all, or 0 */

/* By another program: walking a tree takes memory, and a signal may come in
 * the middle of malloc(). */
static void remove_tree(const char *path)
{
	pid_t pid = _Fork();

	if (!pid) {
		execl("/bin/rm", "rm", "-rf", "--one-file-system", "--", path,
		      (char *)NULL);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

void outfile_remove(const char *path)
{
	if (unlink(path) && errno != ENOENT)
		remove_tree(path);
}

void outfile_sweep(const char *pattern)
{
	glob_t g;

	if (glob(pattern, GLOB_NOSORT, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc; i++)
		outfile_remove(g.gl_pathv[i]);
	globfree(&g);
}

/* Only what a signal handler may call. A child that was forked removes
 * nothing. */
static void remove_pending(void)
{
	unsigned int i;

	if (getpid() != owner)
		return;
	ender = gettid();
	__sync_synchronize();
	for (i = 0; i < HOLD_MS && maker && maker != gettid(); i++)
		poll(NULL, 0, 1);
	for (i = 0; i < PENDING_MAX; i++) {
		if (!pending[i].used)
			continue;
		pending[i].used = 0;
		outfile_remove(pending[i].path);
	}
}

static void on_signal(int sig)
{
	remove_pending();
	signal(sig, SIG_DFL);
	raise(sig);
}

static const int fatal[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};

/* Hold these back while a thing is made and noted, so that none is made and
 * not noted; a thread of ours that exits for another waits for that. */
static void hold(sigset_t *before)
{
	sigset_t set;
	unsigned int i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		sigaddset(&set, fatal[i]);
	sigprocmask(SIG_BLOCK, &set, before);
	maker = gettid();
	__sync_synchronize();
	if (!ender || ender == maker)
		return;
	/* another thread ends this program: nothing more is made */
	maker = 0;
	for (;;)
		pause();
}

static void let_go(const sigset_t *before)
{
	maker = 0;
	sigprocmask(SIG_SETMASK, before, NULL);
}

static void install_once(void)
{
	struct sigaction sa = {.sa_handler = on_signal}, old;
	unsigned int i;

	if (owner)
		return;
	owner = getpid();
	atexit(remove_pending);
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		if (!sigaction(fatal[i], NULL, &old) &&
		    old.sa_handler == SIG_DFL)
			sigaction(fatal[i], &sa, NULL);
}

void outfile_cleanup(const char *path)
{
	unsigned int i;

	install_once();
	for (i = 0; i < PENDING_MAX && pending[i].used; i++)
		;
	if (i == PENDING_MAX || strlen(path) >= PATH_MAX)
		die("%s: too many temporary files", path);
	strcpy(pending[i].path, path);
	pending[i].used = 1;
}

void outfile_keep(const char *path)
{
	unsigned int i;

	for (i = 0; i < PENDING_MAX; i++)
		if (pending[i].used && !strcmp(pending[i].path, path))
			pending[i].used = 0;
}

void outfile_mkdir(const char *path, unsigned int mode)
{
	sigset_t before;

	hold(&before);
	if (mkdir(path, mode))
		die("%s: cannot create:", path);
	outfile_cleanup(path);
	let_go(&before);
}

void outfile_mkdtemp(char *path)
{
	sigset_t before;

	hold(&before);
	if (!mkdtemp(path))
		die("%s: cannot create:", path);
	outfile_cleanup(path);
	let_go(&before);
}

void outfile_open(struct outfile *o, const char *path, unsigned int mode)
{
	sigset_t before;

	hold(&before);
	o->path = xstrdup(path);
	o->tmp = xasprintf("%s.XXXXXX", path);
	o->fd = mkostemp(o->tmp, O_CLOEXEC);
	if (o->fd < 0)
		die("%s: cannot create:", path);
	outfile_cleanup(o->tmp);
	let_go(&before);
	if (fchmod(o->fd, mode))
		die("%s: chmod:", o->tmp);
}

void outfile_write(struct outfile *o, const void *p, size_t size)
{
	const char *at = p;
	ssize_t n;

	while (size) {
		n = write(o->fd, at, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("%s: write:", o->path);
		at += n;
		size -= n;
	}
}

static void release(struct outfile *o)
{
	free(o->path);
	free(o->tmp);
	memset(o, 0, sizeof(*o));
	o->fd = -1;
}

static void sync_folder(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

void outfile_commit(struct outfile *o)
{
	if (fsync(o->fd) || close(o->fd))
		die("%s: write:", o->path);
	if (rename(o->tmp, o->path))
		die("%s: rename:", o->path);
	outfile_keep(o->tmp);
	sync_folder(o->path);
	release(o);
}

void outfile_drop(struct outfile *o)
{
	close(o->fd);
	unlink(o->tmp);
	outfile_keep(o->tmp);
	release(o);
}

void outfile_put(const char *path, unsigned int mode, const void *p,
		 size_t size)
{
	struct outfile o;

	outfile_open(&o, path, mode);
	outfile_write(&o, p, size);
	outfile_commit(&o);
}

static char *read_all(int fd, size_t max, size_t *size)
{
	size_t room = 4096, n = 0;
	char *buf = xmalloc(room + 1);
	ssize_t got;

	while ((got = read(fd, buf + n, room - n)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || (n += got) > max) {
			if (got > 0)
				errno = EFBIG;
			free(buf);
			return NULL;
		}
		if (n == room)
			buf = xrealloc(buf, (room *= 2) + 1, 1);
	}
	buf[n] = '\0';
	if (size)
		*size = n;
	return buf;
}

char *outfile_slurp(const char *path, size_t max, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	char *buf;

	if (fd < 0)
		return NULL;
	buf = read_all(fd, max, size);
	err = errno;
	close(fd);
	errno = err;
	return buf;
}
