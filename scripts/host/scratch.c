// SPDX-License-Identifier: MIT
/*
 * scratch.c - folders that live as long as their process, by a lock on each.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/scratch.h"

static const char *const kinds[] = {"shell.", "verify."};

static bool is_ours(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strncmp(name, kinds[i], strlen(kinds[i])))
			return true;
	return false;
}

static int open_dir(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void sweep_one(const char *path)
{
	int fd = open_dir(path);

	if (fd < 0)
		return;
	if (!flock(fd, LOCK_EX | LOCK_NB))
		outfile_remove(path);
	close(fd);
}

static void sweep(const struct site *s)
{
	char *build = site_path(s, "build"), *path;
	DIR *dir = opendir(build);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		if (!is_ours(d->d_name))
			continue;
		path = xasprintf("%s/%s", build, d->d_name);
		sweep_one(path);
		free(path);
	}
	if (dir)
		closedir(dir);
	free(build);
}

/* Held from before a folder is made until it is locked. */
static int gate(const struct site *s)
{
	char *build = site_path(s, "build");
	int fd;

	site_mkdirs(build);
	fd = open(build, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX))
		die("%s: cannot lock:", build);
	free(build);
	return fd;
}

char *scratch_make(const struct site *s, const char *kind)
{
	char *path = site_path(s, "build/%s.XXXXXX", kind);
	int door = gate(s), fd;

	sweep(s);
	if (!mkdtemp(path))
		die("%s:", path);
	outfile_cleanup(path);
	/* held until the process ends, and its children */
	fd = open_dir(path);
	if (fd < 0 || flock(fd, LOCK_EX))
		die("%s: cannot lock:", path);
	close(door);
	return path;
}

void scratch_sweep(const struct site *s)
{
	int door = gate(s);

	sweep(s);
	close(door);
}
