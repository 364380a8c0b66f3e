/* SPDX-License-Identifier: MIT */
/* record.c - what an overlay was made from, written into it. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "phase.h"
#include "record.h"
#include "run.h"
#include "sources.h"

struct record {
	const char *path;
	char *text;
};

static void add(char **text, const char *format, const char *a, const char *b)
{
	char *line = xasprintf(format, a, b);
	char *next = xasprintf("%s%s\n", *text, line);

	free(line);
	free(*text);
	*text = next;
}

static char *compose(const struct build *b)
{
	char **env = phase_role_env(b->role);
	char *text = xasprintf("[role]\nname = %s\nbase = %s\n"
			       "base-digest = %s\n"
			       "source-date-epoch = %" PRIu64 "\n",
			       b->role->name, b->base->name, b->base->digest,
			       b->base->epoch);

	for (size_t i = 0; b->deps[i]; i++)
		add(&text, "depends = %s%s", b->deps[i], "");
	for (size_t i = 0; b->role->packages[i]; i++)
		add(&text, "package = %s%s", b->role->packages[i], "");
	for (const struct source *s = b->sources; s->name; s++)
		add(&text, "source = %s %s", s->url, s->id);
	for (const struct phase *p = phase_list; p->name; p++) {
		char **hooks = phase_hooks(b->role, p->name);

		for (size_t i = 0; hooks[i]; i++)
			add(&text, "hook = %s.d/%s", p->name, hooks[i]);
	}
	if (env[0])
		add(&text, "[environment]%s%s", "", "");
	for (size_t i = 0; env[i]; i++)
		add(&text, "%s%s", env[i], "");
	return text;
}

static void write_inside(void *user)
{
	const struct record *r = user;

	site_mkdirs(RECORD_DIR);
	outfile_put(r->path, 0600, r->text, strlen(r->text));
}

void record_write(const struct build *b)
{
	char *path = xasprintf(RECORD_DIR "/%s", b->role->name);
	struct record r = {path, compose(b)};

	if (run_inside(b->root, write_inside, &r))
		exit(EXIT_FAILED);
	free(path);
	free(r.text);
}
