// SPDX-License-Identifier: MIT
/*
 * progress.c - one line that moves on a terminal, and nothing in a pipe.
 */
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "host/progress.h"

static bool shown;

/* Monotonic milliseconds. */
static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void progress(const char *what, uint64_t done, uint64_t total)
{
	static int64_t last = -1000;
	int64_t now = now_ms();

	if (now - last < 200 || !isatty(STDERR_FILENO))
		return;
	last = now;
	shown = true;
	fprintf(stderr, "\r\033[K%s %.1f MB", what, done / 1e6);
	if (total)
		fprintf(stderr, " of %.1f MB (%d%%)", total / 1e6,
			(int)(100.0 * done / total));
	fflush(stderr);
}

void progress_end(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
