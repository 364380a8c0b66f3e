// SPDX-License-Identifier: MIT
/*
 * tree.c - put files into the publish tree.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/error.h"
#include "host/outfile.h"
#include "tree.h"

void tree_map(struct tree_map *m, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st))
		die("%s: cannot read:", path);
	if (!st.st_size)
		die("%s: is empty", path);
	p = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		die("%s: cannot map:", path);
	close(fd);
	m->p = p;
	m->size = st.st_size;
}

void tree_unmap(struct tree_map *m)
{
	munmap((void *)m->p, m->size);
	m->p = NULL;
}

static bool is_there(const char *path, uint64_t size)
{
	struct stat st;

	return !lstat(path, &st) && S_ISREG(st.st_mode) &&
	       (uint64_t)st.st_size == size;
}

void tree_link(const char *from, const char *to)
{
	struct outfile out;
	struct tree_map m;
	struct stat st;

	if (stat(from, &st))
		die("%s: cannot read:", from);
	if (is_there(to, st.st_size))
		return;
	unlink(to);
	/* a link needs no room; the source is replaced by rename, never
	 * written into, so the published bytes stay what they are */
	if (!link(from, to) && !chmod(to, 0644))
		return;
	tree_map(&m, from);
	outfile_open(&out, to, 0644);
	outfile_write(&out, m.p, m.size);
	outfile_commit(&out);
	tree_unmap(&m);
}

bool tree_holds(const char *path, const void *p, size_t size)
{
	struct tree_map m;
	bool same;

	if (!size || !is_there(path, size))
		return false;
	tree_map(&m, path);
	same = !memcmp(m.p, p, size);
	tree_unmap(&m);
	return same;
}

void tree_put(const char *to, const void *p, size_t size)
{
	if (!tree_holds(to, p, size))
		outfile_put(to, 0644, p, size);
}
