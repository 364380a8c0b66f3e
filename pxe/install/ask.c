// SPDX-License-Identifier: MIT
/* ask.c - the plain menu. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "host/alloc.h"
#include "host/error.h"

/* One line, without its end; an empty one ends the install. */
static char *line(const char *prompt)
{
	char *text = NULL;
	size_t room = 0;

	printf("%s", prompt);
	fflush(stdout);
	if (getline(&text, &room, stdin) < 0 || text[0] == '\n')
		die("nothing was chosen; nothing was written");
	text[strcspn(text, "\n")] = '\0';
	return text;
}

const struct disks_one *ask_disk(const struct disks *l, const char **consent)
{
	const struct disks_one *d = NULL;
	char *text, *end, *prompt;
	unsigned long n;

	if (!l->n)
		die("no disk in this machine");
	disks_print(l);
	while (!d) {
		text = line("Install onto which disk? (number, empty: none) ");
		n = strtoul(text, &end, 10);
		if (*end || !n || n > l->n)
			puts("There is no such number.");
		else if (l->d[n - 1].why_not[0])
			printf("%s; it is left alone.\n", l->d[n - 1].why_not);
		else
			d = &l->d[n - 1];
		free(text);
	}
	if (d->holds[0] && !d->unfinished && !*consent) {
		prompt = xasprintf("%s holds data (%s), which will be lost. "
				   "Type ERASE-%s: ",
				   d->path, d->holds,
				   d->serial[0] ? d->serial : d->name);
		*consent = line(prompt);
		free(prompt);
	}
	return d;
}
