// SPDX-License-Identifier: MIT
/* grafts.c - xorriso's command line: its options, then what goes where. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grafts.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"

void grafts_word(struct grafts *a, const char *word)
{
	a->v = xrealloc(a->v, a->n + 2, sizeof(*a->v));
	a->v[a->n++] = word;
	a->v[a->n] = NULL;
}

/*
 * xorriso has '=' between the two, '\\' before one that is in a name, and
 * would take a link for what it is: Debian's iPXE is some.
 */
void grafts_file(struct grafts *a, const char *to, const char *from)
{
	char *real = realpath(from, NULL), *word, *out;
	const char *in;

	if (!real)
		die("%s:", from);
	word = xmalloc(2 * strlen(real) + strlen(to) + 2);
	out = word + sprintf(word, "%s=", to);
	for (in = real; *in; in++) {
		if (*in == '=' || *in == '\\')
			*out++ = '\\';
		*out++ = *in;
	}
	*out = '\0';
	free(real);
	grafts_word(a, word);
}

void grafts_put(struct grafts *a, const char *dir, const char *to,
		const void *p, size_t size)
{
	char *from = xasprintf("%s/%s", dir, strrchr(to, '/') + 1);

	outfile_put(from, 0644, p, size);
	grafts_file(a, to, from);
	free(from);
}
