// SPDX-License-Identifier: MIT
/*
 * state.c - what a publish leaves to the next.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/manifest.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "state.h"

void state_take_serial(const struct site *s, uint64_t serial)
{
	char *state = site_path(s, "state"), *path, *text;

	site_mkdirs(state);
	path = site_path(s, "state/serial");
	text = xasprintf("%llu\n", (unsigned long long)serial);
	outfile_put(path, 0644, text, strlen(text));
	free(text);
	free(path);
	free(state);
}

void state_wait(const struct site *s, const char *text, size_t size)
{
	char *path = site_path(s, "state/unsigned");

	outfile_put(path, 0644, text, size);
	free(path);
}

char *state_waiting(const struct site *s, size_t *size)
{
	char *path = site_path(s, "state/unsigned");
	char *text = outfile_slurp(path, MANIFEST_SIZE_MAX, size);

	if (!text)
		die("%s: no release waits for a signature (run 'slipway publish --unsigned DIR'):",
		    path);
	free(path);
	return text;
}

void state_done(const struct site *s)
{
	char *path = site_path(s, "state/unsigned");

	unlink(path);
	free(path);
}
