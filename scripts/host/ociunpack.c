/* SPDX-License-Identifier: MIT */
/* ociunpack.c - an archive of a container image, as a folder. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/text.h"
#include "alloc.h"
#include "error.h"
#include "ociparts.h"
#include "site.h"
#include "tarread.h"
#include "tree.h"

struct unpack {
	const char *src, *to;
	int fd; /* of the member being written */
	char *path;
	uint64_t bytes;
	unsigned int members;
};

/* 64 digits and then exactly @tail. */
static bool is_hex(const char *name, const char *tail)
{
	uint8_t raw[DIGEST_SIZE];

	return strlen(name) == DIGEST_HEX + strlen(tail) &&
	       !strcmp(name + DIGEST_HEX, tail) &&
	       !digest_unhex((struct span){name, DIGEST_HEX}, raw);
}

bool ociparts_member(const char *path)
{
	static const char *const files[] = {"oci-layout", "index.json",
					    "manifest.json"};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strcmp(path, files[i]))
			return true;
	if (!strncmp(path, "blobs/sha256/", 13))
		return is_hex(path + 13, "");
	return is_hex(path, ".json") || is_hex(path, ".tar") ||
	       is_hex(path, "/layer.tar");
}

/* The first name but "." decides. */
static int first_name(void *user, const char *name)
{
	char *path = tree_clean(name);
	bool *is = user;
	int go_on = path && !*path ? 0 : 1;

	*is = path &&
	      (ociparts_member(path) || !strcmp(path, "blobs") ||
	       !strcmp(path, "blobs/sha256") || !strcmp(path, "repositories") ||
	       (strlen(path) >= DIGEST_HEX &&
		strspn(path, "0123456789abcdef") == DIGEST_HEX));
	free(path);
	return go_on;
}

bool ociparts_archive(const char *path)
{
	bool is = false;

	tarread_names(path, first_name, &is);
	return is;
}

/* docker save names a layer twice by a link to the first, no further. */
static void link_member(struct unpack *u, const char *path, const char *target)
{
	if (strncmp(target, "../", 3) || !ociparts_member(target + 3) ||
	    !is_hex(path, "/layer.tar"))
		die("%s: '%s': a link to '%.200s' does not belong in an image",
		    u->src, path, target);
	if (symlink(target, u->path))
		die("%s: '%s' twice, or:", u->src, path);
}

static int begin(struct unpack *u, const char *path,
		 const struct tarread_entry *e)
{
	char *slash;

	if (++u->members > 4 * OCI_LAYERS_MAX)
		die("%s: more than %d files of an image", u->src,
		    4 * OCI_LAYERS_MAX);
	u->path = xasprintf("%s/%s", u->to, path);
	slash = strrchr(u->path, '/');
	*slash = '\0';
	site_mkdirs(u->path);
	*slash = '/';
	if (e->target) {
		link_member(u, path, e->target);
		return 0;
	}
	if (e->hardlink || !S_ISREG(e->mode))
		die("%s: '%s': not a regular file", u->src, path);
	u->fd = open(u->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (u->fd < 0)
		die("%s: '%s' twice, or:", u->src, path);
	return 1;
}

static int entry(void *user, const struct tarread_entry *e)
{
	struct unpack *u = user;
	char *path = tree_clean(e->path);
	int wants = 0;

	if (!path)
		die("%s: '%.200s': leaves the archive", u->src, e->path);
	if (ociparts_member(path))
		wants = begin(u, path, e);
	free(path);
	return wants;
}

static void data(void *user, const void *p, uint64_t size)
{
	static const char zeros[64 << 10];
	struct unpack *u = user;
	ssize_t n;

	u->bytes += size;
	if (u->bytes > OCI_BYTES_MAX)
		die("%s: unpacks to more than %llu bytes", u->src,
		    OCI_BYTES_MAX);
	for (; size; size -= n) {
		n = p || size < sizeof(zeros) ? size : sizeof(zeros);
		n = write(u->fd, p ? p : zeros, n);
		if (n < 0)
			die("%s:", u->path);
		p = p ? (const char *)p + n : NULL;
	}
}

static void end(void *user)
{
	struct unpack *u = user;

	if (close(u->fd))
		die("%s:", u->path);
	free(u->path);
}

void ociparts_unpack(const char *path, const char *to)
{
	static const struct tarread_sink sink = {entry, data, end};
	struct unpack u = {.src = path, .to = to};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *why;

	if (fd < 0)
		die("%s:", path);
	if (tarread_fd(fd, &sink, &u, &why))
		die("%s: %s", path, why);
	close(fd);
}
