// SPDX-License-Identifier: MIT
/*
 * insmod.c - modules into the kernel. Two processes may bring the same module:
 * the kernel lets the second wait and tells it that the module is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "console.h"
#include "insmod.h"
#include "sys.h"

#define COMPRESSED  4 /* MODULE_INIT_COMPRESSED_FILE of linux/module.h */
#define WORKERS_MAX 8

static bool compressed(struct span path)
{
	return path.n < 3 || memcmp(path.p + path.n - 3, ".ko", 3);
}

static int insert(const struct modtab_module *m)
{
	char path[512];
	int fd, ret;

	/* there already, by another table or another process */
	snprintf(path, sizeof(path), "/sys/module/%.*s", (int)m->name.n,
		 m->name.p);
	if (!access(path, F_OK))
		return 0;
	if (text_copy(path, sizeof(path), m->path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = sys_finit_module(fd, "", compressed(m->path) ? COMPRESSED : 0);
	close(fd);
	if (ret == -EEXIST || ret == -ENODEV)
		return 0;
	return ret;
}

static int insert_said(const struct modtab_module *m)
{
	int ret = insert(m);

	if (ret)
		console_say("module %.*s: %s", (int)m->name.n, m->name.p,
			    strerror(-ret));
	return ret;
}

/* The table holds all dependencies of a module, first ones first. */
static int load(struct modtab *t, int i)
{
	struct span deps = t->modules[i].deps;
	int dep;

	while ((dep = modtab_dep(&deps)) >= 0) {
		if ((unsigned int)dep >= t->n)
			return -EBADMSG;
		if (t->modules[dep].loaded)
			continue;
		t->modules[dep].loaded = true;
		insert_said(&t->modules[dep]);
	}
	return insert_said(&t->modules[i]);
}

int insmod_load(struct modtab *t, int i)
{
	if (t->modules[i].loaded)
		return 0;
	t->modules[i].loaded = true;
	return load(t, i);
}

void insmod_pick(struct insmod_picks *p, struct modtab *t, int i)
{
	if (t->modules[i].loaded || p->n == INSMOD_PICKS_MAX)
		return;
	t->modules[i].loaded = true;
	p->list[p->n++] = (struct insmod_pick){t, i};
}

/* What worker @k of @n does. */
static void share(struct insmod_picks *p, unsigned int k, unsigned int n)
{
	for (; k < p->n; k += n)
		load(p->list[k].tab, p->list[k].module);
}

/* What a worker has loaded is only in that worker's copy of the table. */
static void note_deps(struct insmod_picks *p)
{
	for (unsigned int i = 0; i < p->n; i++) {
		struct modtab *t = p->list[i].tab;
		struct span deps = t->modules[p->list[i].module].deps;
		int dep;

		while ((dep = modtab_dep(&deps)) >= 0)
			if ((unsigned int)dep < t->n)
				t->modules[dep].loaded = true;
	}
}

void insmod_all(struct insmod_picks *p)
{
	unsigned int n = p->n < WORKERS_MAX ? p->n : WORKERS_MAX;
	pid_t pids[WORKERS_MAX];

	for (unsigned int k = 1; k < n; k++) {
		pids[k] = fork();
		if (!pids[k]) {
			share(p, k, n);
			_exit(0);
		}
	}
	if (n)
		share(p, 0, n);
	for (unsigned int k = 1; k < n; k++) {
		if (pids[k] < 0)
			share(p, k, n);
		else
			while (waitpid(pids[k], NULL, 0) < 0 && errno == EINTR)
				;
	}
	note_deps(p);
	p->n = 0;
}
