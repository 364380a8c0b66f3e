/* SPDX-License-Identifier: MIT */
/* dev.c - /dev in the union. */
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "dev.h"
#include "mounts.h"

/* A node of our own, or, where none can be made, the machine's. */
static void make_node(const struct build *b, const char *name, unsigned int maj,
		      unsigned int min)
{
	char *at = xasprintf("root/dev/%s", name);
	char *of = xasprintf("/dev/%s", name);

	if (mknod(at, (b->user ? S_IFREG : S_IFCHR) | 0666, makedev(maj, min)))
		die("%s:", at);
	if (b->user)
		mounts_mount(of, at, NULL, MS_BIND, NULL);
	else if (chmod(at, 0666))
		die("%s:", at);
	free(at);
	free(of);
}

void dev_make(const struct build *b)
{
	static const struct {
		const char *name;
		unsigned int maj, min;
	} nodes[] = {{"null", 1, 3},   {"zero", 1, 5},	  {"full", 1, 7},
		     {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};
	static const char *const links[][2] = {
		{"/proc/self/fd", "root/dev/fd"},
		{"/proc/self/fd/0", "root/dev/stdin"},
		{"/proc/self/fd/1", "root/dev/stdout"},
		{"/proc/self/fd/2", "root/dev/stderr"},
		{"pts/ptmx", "root/dev/ptmx"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		make_node(b, nodes[i].name, nodes[i].maj, nodes[i].min);
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (symlink(links[i][0], links[i][1]))
			die("%s:", links[i][1]);
	if (mkdir("root/dev/pts", 0755) || mkdir("root/dev/shm", 01777))
		die("root/dev:");
	mounts_mount("devpts", "root/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		     "newinstance,ptmxmode=0666");
	mounts_mount("shm", "root/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV,
		     "mode=1777");
}
