/* SPDX-License-Identifier: MIT */
/*
 * cmsload.h - the messages of cmsgen, which stands beside the test that
 * includes this once: the same cases on the host and under klibc.
 */
#ifndef CMSLOAD_H
#define CMSLOAD_H

#include <sys/wait.h>
#include <unistd.h>

#include "cmscase.h"
#include "format/env.h"
#include "unit.h"

static uint8_t all[4 << 20];
static size_t all_n;

static const char *generator(void)
{
	static const char name[] = "cmsgen";
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 8);

	CHECK(n > 0);
	path[n] = 0;
	memcpy(strrchr(path, '/') + 1, name, sizeof(name));
	return path;
}

static void read_all(int fd)
{
	ssize_t n;

	do {
		n = read(fd, all + all_n, sizeof(all) - all_n);
		CHECK(n >= 0);
		all_n += n;
	} while (n);
	CHECK(all_n < sizeof(all));
}

static void load(void)
{
	const char *path = generator();
	int fd[2], status;
	pid_t pid;

	if (all_n)
		return;
	CHECK_INT(pipe(fd), 0);
	pid = fork();
	CHECK(pid >= 0);
	if (!pid) {
		dup2(fd[1], 1);
		close(fd[0]);
		execl(path, path, NULL);
		_exit(127);
	}
	close(fd[1]);
	read_all(fd[0]);
	close(fd[0]);
	CHECK_INT(waitpid(pid, &status, 0), pid);
	CHECK_INT(status, 0);
}

/* One record, its three blobs in place. */
struct view {
	struct cms_case c;
	const uint8_t *root, *der, *data;
};

static bool next(size_t *at, struct view *v)
{
	if (!*at)
		load();
	if (*at == all_n)
		return false;
	CHECK(all_n - *at >= sizeof(v->c));
	memcpy(&v->c, all + *at, sizeof(v->c));
	unit_row = (char *)all + *at + offsetof(struct cms_case, name);
	v->root = all + *at + sizeof(v->c);
	v->der = v->root + v->c.root_n;
	v->data = v->der + v->c.der_n;
	*at = v->data + v->c.data_n - all;
	CHECK(*at <= all_n);
	return true;
}

#endif
