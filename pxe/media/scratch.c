// SPDX-License-Identifier: MIT
/* scratch.c - small files for other programs to read. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "scratch.h"

char *scratch_file(const void *p, size_t size)
{
	const char *tmp = getenv("TMPDIR");
	char *path = xasprintf("%s/slipway-media.XXXXXX", tmp ? tmp : "/tmp");
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd < 0)
		die("%s:", path);
	outfile_cleanup(path);
	if (write(fd, p, size) != (ssize_t)size || close(fd))
		die("%s:", path);
	return path;
}

void scratch_drop(char *path)
{
	unlink(path);
	outfile_keep(path);
	free(path);
}
