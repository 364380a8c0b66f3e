/* SPDX-License-Identifier: MIT */
/* conflicts.c - paths that more than one overlay of a role changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/pkgfiles.h"
#include "conflicts.h"

#define SAID_MAX 20 /* then only their number */

/* Which overlay below has something, not a folder, at @path; -1: none. */
static long below(const char *path, char *const *lowers, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++) {
		char *at = xasprintf("%s/%s", lowers[i], path);
		struct stat st;
		bool there = !lstat(at, &st) && !S_ISDIR(st.st_mode);

		free(at);
		if (there)
			return i;
	}
	return -1;
}

void conflicts_say(const struct build *b, const struct capture *c,
		   char *const *lowers, size_t n)
{
	char shown[3 * 200 + 1];
	unsigned int said = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct capture_entry *e = &c->entries[i];
		long k;

		if (S_ISDIR(e->st.st_mode) || pkgfiles_shared(e->path))
			continue;
		k = below(e->path, lowers, n);
		if (k < 0 || ++said > SAID_MAX)
			continue;
		if (text_escape(shown, sizeof(shown), text_span(e->path)) < 0)
			snprintf(shown, sizeof(shown), "(long name)");
		info("overlay %s: %s: also of overlay %s; this one %s it",
		     b->role->name, shown, b->deps[n - 2 - k],
		     e->deleted ? "deletes" : "replaces");
	}
	if (said > SAID_MAX)
		info("overlay %s: %u more paths are of overlays below too",
		     b->role->name, said - SAID_MAX);
}
