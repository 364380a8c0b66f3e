/* SPDX-License-Identifier: MIT */
/* from.c - a system that exists already: which kind is it? */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "dir.h"
#include "disk.h"
#include "from.h"
#include "oci.h"
#include "tar.h"

void from_look(struct from *f, const char *src)
{
	struct stat st;

	memset(f, 0, sizeof(*f));
	f->src = src;
	f->kind = FROM_TAR;
	if (!strcmp(src, "-"))
		return;
	if (oci_is(src)) {
		f->kind = FROM_OCI;
		return;
	}
	if (stat(src, &st))
		die("%s:", src);
	if (S_ISDIR(st.st_mode))
		f->kind = FROM_DIR;
	else if (disk_is(src))
		f->kind = FROM_DISK;
}

const char *from_word(const struct from *f)
{
	static const char *const words[] = {"tar", "directory", "disk", "oci"};

	return words[f->kind];
}

void from_open(struct from *f, const char *arch, const char *scratch)
{
	f->scratch = scratch;
	if (f->kind == FROM_OCI)
		oci_open(&f->oci, f->src, arch, scratch);
}

static void feed_tar(struct from *f, struct image *im)
{
	bool is_stdin = !strcmp(f->src, "-");
	char *why;
	int fd;

	fd = is_stdin ? STDIN_FILENO : open(f->src, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die("%s:", f->src);
	if (tar_feed(im, fd, &why))
		die("%s: %s", f->src, why);
}

void from_feed(struct from *f, struct image *im)
{
	switch (f->kind) {
	case FROM_TAR:
		feed_tar(f, im);
		break;
	case FROM_DIR:
		dir_feed(im, f->src);
		break;
	case FROM_DISK:
		disk_feed(im, f->src, f->scratch);
		break;
	case FROM_OCI:
		oci_feed(im, &f->oci);
		break;
	}
}
