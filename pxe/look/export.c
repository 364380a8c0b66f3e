// SPDX-License-Identifier: MIT
/* export.c - slipway export: a layer or a role as what other tools read. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "folder.h"
#include "image.h"
#include "look.h"
#include "walk.h"
#include "tarball.h"

static const char *dir, *root, *to, *format, *tag = "latest";
static bool no_owner;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"root", 0, "FILE", "certificate that signs the tree (the site's)",
	 NULL, &root},
	{"output", 'o', "OUT", "where to; - is standard output, of a tar", NULL,
	 &to},
	{"format", 'f', "FORMAT", "dir, tar, squashfs or oci (default: by OUT)",
	 NULL, &format},
	{"tag", 0, "TAG", "of the image (default: latest)", NULL, &tag},
	{"no-owner", 0, NULL, "a dir of files that are all the caller's",
	 &no_owner, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway export",
	.usage = "[-C DIR] [--root FILE] [-f FORMAT] [--tag TAG] [--no-owner] "
		 "-o OUT FILE|NAME|TREE:NAME",
	.about = "Write a layer, or the union of a role, as other tools read "
		 "it.",
	.opts = table,
};

static const char *guess(void)
{
	static const char *const names[][2] = {{".squashfs", "squashfs"},
					       {".sqfs", "squashfs"},
					       {".oci", "oci"},
					       {".oci.tar", "oci"},
					       {".tar", "tar"}};
	size_t i, n = strlen(to), len;

	if (!strcmp(to, "-"))
		return "tar";
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		len = strlen(names[i][0]);
		if (n > len && !strcmp(to + n - len, names[i][0]))
			return names[i][1];
	}
	if (n && to[n - 1] == '/')
		return "dir";
	opts_usage(&opts, "--format is needed: '%s' does not say which", to);
}

static void to_file(void *user, const void *p, size_t size)
{
	outfile_write(user, p, size);
}

static void to_fd(void *user, const void *p, size_t size)
{
	const int *fd = user;
	ssize_t n;

	while (size) {
		n = write(*fd, p, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("%s: writing:", to);
		p = (const char *)p + n;
		size -= n;
	}
}

/* An overlay by itself is a tar like a layer of a container image. */
static void as_tar(const struct look *l)
{
	bool layer = !l->layers[0].base;
	struct outfile o;
	int fd = STDOUT_FILENO;

	if (!strcmp(to, "-")) {
		tarball_write(l, layer, to_fd, &fd);
		return;
	}
	outfile_open(&o, to, 0644);
	tarball_write(l, layer, to_file, &o);
	outfile_commit(&o);
}

/* The packer of bases lies beside this program. */
static char *packer(void)
{
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash, *path;

	if (n < 0)
		die("/proc/self/exe:");
	self[n] = '\0';
	slash = strrchr(self, '/');
	path = xasprintf("%.*s/slipway-base", (int)(slash - self), self);
	if (access(path, X_OK))
		die("%s:", path);
	return path;
}

static void as_squashfs(const struct look *l)
{
	const char *argv[] = {packer(), "--pack", "-", "-o", to, NULL};
	struct spawn s = {.argv = argv, .out = -1, .err = -1};
	int p[2];

	/* before there is a packer to be left alone with half a tree */
	walk_whole(l);
	if (pipe2(p, O_CLOEXEC))
		die("pipe:");
	s.in = p[0];
	if (spawn_start(&s))
		die("%s:", argv[0]);
	close(p[0]);
	/* when it has given up it says why */
	signal(SIGPIPE, SIG_IGN);
	tarball_write(l, false, to_fd, &p[1]);
	close(p[1]);
	if (spawn_wait(&s))
		die("%s: not packed", to);
}

static char *without_slash(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return xasprintf("%.*s", (int)n, path);
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	struct look_from from;
	struct look l;

	if (argc - at != 1 || !to)
		opts_usage(&opts, "expected -o OUT and one thing");
	format = format ? format : guess();
	if (strcmp(format, "tar") && strcmp(format, "dir") &&
	    strcmp(format, "squashfs") && strcmp(format, "oci"))
		opts_usage(&opts, "--format: dir, tar, squashfs or oci");
	digest_setup();
	from = (struct look_from){dir, root};
	look_open(&l, &from, argv[at]);
	if (!strcmp(format, "tar"))
		as_tar(&l);
	else if (!strcmp(format, "dir"))
		folder_write(&l, without_slash(to), no_owner);
	else if (!strcmp(format, "squashfs"))
		as_squashfs(&l);
	else
		image_write(&l, to, tag, argv[at]);
	look_close(&l);
	return EXIT_DONE;
}
