/* SPDX-License-Identifier: MIT */
/* work.c - the folder that a build works in, as its parent sees it. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "work.h"

char *work_cache(void)
{
	char *dir = site_cache(), *debs = xasprintf("%s/debs", dir);

	site_mkdirs(debs);
	free(debs);
	return dir;
}

/* What a build left that was killed; the site's lock says it is not alive. */
static void sweep(const struct build *b)
{
	char *pattern = xasprintf("%s/overlay.*.??????", b->out);

	outfile_sweep(pattern);
	free(pattern);
}

void work_make(const struct build *b)
{
	const char *const argv[] = {"rm", "-rf",   "--one-file-system",
				    "--", b->work, NULL};
	struct spawn s = {.argv = argv, .in = -1, .out = -1, .err = -1};

	sweep(b);
	if (mkdir(b->work, 0700) && errno != EEXIST)
		die("%s:", b->work);
	/* an upper of another build must not be taken for this one's */
	if (rmdir(b->work) && spawn_run(&s))
		die("%s: cannot be removed", b->work);
	if (mkdir(b->work, 0700))
		die("%s:", b->work);
	/* empty as we see it: what is mounted there only the child sees */
	if (!b->keep)
		outfile_cleanup(b->work);
}
