/* SPDX-License-Identifier: MIT */
/* packages.c - which packages an overlay brings. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "host/spdx.h"
#include "packages.h"

#define STATUS	   "var/lib/dpkg/status"
#define STATUS_MAX (64u << 20)

/* dpkg's status of the tree at @root, or NULL. No symlink that a hook made
 * leads out of it. */
static char *status_of(const char *root)
{
	struct open_how how = {.flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC,
			       .resolve = RESOLVE_IN_ROOT};
	int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), fd;
	char path[32], *text = NULL;

	if (dir < 0)
		die("%s:", root);
	fd = syscall(SYS_openat2, dir, STATUS, &how, sizeof(how));
	if (fd >= 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		text = outfile_slurp(path, STATUS_MAX, NULL);
		close(fd);
	}
	close(dir);
	return text;
}

/* What the archives say of them: apt inside knows. */
static void ask_apt(const struct build *b, struct pkglist *l)
{
	static const char *const env[] = {"LC_ALL=C", NULL};
	const char **ask = pkglist_args(l), **argv;
	struct spawn s = {.env = env, .in = -1, .err = -1};
	char *apt = xasprintf("%s/usr/bin/apt-cache", b->root), *text;
	size_t n = 0;
	int status;

	while (ask[n])
		n++;
	argv = xcalloc(n + 3, sizeof(*argv));
	argv[0] = "chroot";
	argv[1] = b->root;
	memcpy(argv + 2, ask, n * sizeof(*ask));
	s.argv = argv;
	if (!access(apt, X_OK)) {
		text = spawn_output(&s, &status);
		pkglist_show(l, text);
		free(text);
	}
	free(apt);
	free(argv);
	free(ask);
}

/* A lock has told them already, with where they lie in their archive. */
static void ask_lock(const struct build *b, struct pkglist *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct pkg *p = &l->list[i];
		const struct pkg *q = pkglist_find(b->lock, p->name, p->arch);

		if (!q || strcmp(p->version, q->version))
			continue;
		p->sha256 = q->sha256;
		p->filename = q->filename;
	}
}

void packages_find(const struct build *b, const char *tree, char *const *lowers,
		   size_t n, struct pkglist *l)
{
	struct pkglist all, old;
	char *text = NULL;

	for (size_t i = 0; i < n && !text; i++)
		text = status_of(lowers[i]);
	pkglist_status(&old, text);
	free(text);
	text = status_of(tree);
	pkglist_status(&all, text);
	free(text);
	pkglist_new(l, &all, &old);
	if (l->n && b->lock)
		ask_lock(b, l);
	else if (l->n && !b->replay)
		ask_apt(b, l);
}

void packages_write(const struct build *b, const struct pkglist *l,
		    const struct info *i)
{
	char *list = xasprintf("%s/overlay.packages", b->out);
	char *path = xasprintf("%s/overlay.spdx.json", b->out);
	char *name = xasprintf("overlay-%s", b->role->name);
	struct spdx s = {.name = name,
			 .file = "overlay.cpio.gz",
			 .digest = i->digest,
			 .suite = ini_get(&b->base->info, "base", "suite"),
			 .created = b->base->epoch,
			 .packages = l};

	pkglist_write(l, list);
	spdx_write(&s, path);
	free(name);
	free(path);
	free(list);
}
