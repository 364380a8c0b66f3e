// SPDX-License-Identifier: MIT
/* archive.c - a newc archive written member by member, uncompressed. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "format/cpio.h"
#include "host/error.h"

#define BLOCK 512

static const char zeros[BLOCK];

static void header(struct archive *a, struct cpio_entry *e, const char *name)
{
	char buf[CPIO_HEADER + CPIO_NAME_MAX + 5];
	int n;

	e->name = name;
	e->name_len = strlen(name);
	n = cpio_encode(buf, sizeof(buf), e);
	if (n < 0)
		die("%s: name too long for an archive", name);
	outfile_write(a->out, buf, n);
}

static void member(struct archive *a, const char *name, mode_t mode,
		   uint32_t size)
{
	struct cpio_entry e = {
		.ino = ++a->ino,
		.mode = mode,
		.nlink = S_ISDIR(mode) ? 2 : 1,
		.mtime = a->mtime,
		.filesize = size,
	};

	header(a, &e, name);
}

static void pad(struct archive *a, uint64_t size, unsigned int to)
{
	if (size % to)
		outfile_write(a->out, zeros, to - size % to);
}

void archive_dir(struct archive *a, const char *name)
{
	member(a, name, S_IFDIR | 0755, 0);
}

void archive_data(struct archive *a, const char *name, const void *p,
		  size_t size)
{
	if (size > CPIO_FILE_MAX)
		die("%s: too large for an archive", name);
	member(a, name, S_IFREG | 0644, size);
	outfile_write(a->out, p, size);
	pad(a, size, 4);
}

static uint64_t copy(struct archive *a, const char *from, int fd)
{
	static char buf[1 << 16];
	uint64_t all = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		outfile_write(a->out, buf, n);
		all += n;
	}
	if (n < 0)
		die("%s:", from);
	return all;
}

static int open_file(const char *from, uint64_t *size)
{
	int fd = open(from, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		die("%s:", from);
	*size = st.st_size;
	return fd;
}

void archive_file(struct archive *a, const char *name, const char *from)
{
	uint64_t size;
	int fd = open_file(from, &size);

	if (size > CPIO_FILE_MAX)
		die("%s: too large for an archive (%llu bytes)", from,
		    (unsigned long long)size);
	member(a, name, S_IFREG | 0644, size);
	if (copy(a, from, fd) != size)
		die("%s: changed while it was read", from);
	pad(a, size, 4);
	close(fd);
}

void archive_end(struct archive *a)
{
	struct cpio_entry e = {.nlink = 1};
	off_t at;

	header(a, &e, CPIO_TRAILER);
	at = lseek(a->out->fd, 0, SEEK_CUR);
	if (at < 0)
		die("%s:", a->out->path);
	pad(a, at, BLOCK);
}

void archive_append(struct archive *a, const char *from)
{
	uint64_t size;
	int fd = open_file(from, &size);

	copy(a, from, fd);
	close(fd);
}
