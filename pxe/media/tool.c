// SPDX-License-Identifier: MIT
/* tool.c - the programs that write media, run so that they repeat themselves.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "tool.h"

#define OUTPUT_MAX (1u << 20)

static char epoch[48] = "SOURCE_DATE_EPOCH=0";

/* mtools reads the local time and the caller's drives otherwise */
static const char *const env[] = {epoch,
				  "TZ=UTC",
				  "LC_ALL=C",
				  "MTOOLSRC=/dev/null",
				  "MTOOLS_SKIP_CHECK=1",
				  NULL};

void tool_time(uint64_t t)
{
	snprintf(epoch, sizeof(epoch), "SOURCE_DATE_EPOCH=%llu",
		 (unsigned long long)t);
}

static void run(const char *const *argv, int out)
{
	struct spawn s = {.argv = argv, .env = env, .in = -1};
	int end[2], err, status;
	char *said;

	if (pipe2(end, O_CLOEXEC))
		die("pipe:");
	s.out = out >= 0 ? out : end[1];
	s.err = end[1];
	err = spawn_start(&s);
	if (err) {
		errno = -err;
		die("%s: cannot start:", argv[0]);
	}
	close(end[1]);
	said = spawn_tail(end[0], -1, 1);
	status = spawn_wait(&s);
	close(end[0]);
	if (status)
		die("%s: failed (status %d): %s", argv[0], status, said);
	free(said);
}

void tool_run(const char *const *argv)
{
	run(argv, -1);
}

/* Through a file: two pipes would have to be read at once. */
char *tool_read(const char *const *argv)
{
	FILE *f = tmpfile();
	char *text = xmalloc(OUTPUT_MAX + 1);
	ssize_t n;

	if (!f)
		die("temporary file:");
	run(argv, fileno(f));
	n = pread(fileno(f), text, OUTPUT_MAX, 0);
	if (n < 0)
		die("temporary file:");
	text[n] = '\0';
	fclose(f);
	return text;
}

char *tool_scratch(void)
{
	const char *tmp = getenv("TMPDIR");
	char *dir = xasprintf("%s/slipway-media.XXXXXX", tmp ? tmp : "/tmp");

	if (!mkdtemp(dir))
		die("%s:", dir);
	outfile_cleanup(dir);
	return dir;
}
