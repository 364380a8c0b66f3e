// SPDX-License-Identifier: MIT
/* owned.c - bytes by package, as dpkg's lists of files have them. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "format/text.h"
#include "host/alloc.h"

#define INFO	 "var/lib/dpkg/info/"
#define LIST_MAX (64u << 20)

struct owned {
	const struct look *l;
	size_t n;
	char **names;
	uint64_t *bytes;
	size_t *owner; /* of each entry, 0: nobody */
};

/* Where the file of that name in a list is: packages of before the merge say
 * /bin for /usr/bin, and the link may be another layer's. */
static const struct look_entry *find(const struct look *l, struct span line)
{
	char *path = xasprintf("%.*s", (int)line.n, line.p);
	char *merged = xasprintf("usr/%s", path);
	const struct look_entry *e = look_find(l, path);

	if (!e)
		e = look_find(l, merged);
	free(merged);
	free(path);
	return e;
}

static void read_list(struct owned *o, const struct look_entry *list)
{
	char *text = look_text(o->l, list, LIST_MAX);
	const struct look_entry *e;
	struct span rest, line;
	bool whole;

	if (!text)
		return;
	rest = text_span(text);
	while (text_line(&rest, &line, &whole))
		if (text_strip(&line, "/") && line.n > 1 &&
		    (e = find(o->l, line)))
			o->owner[e - o->l->entries] = o->n;
	free(text);
}

static void one_list(struct owned *o, const struct look_entry *e)
{
	size_t len = strlen(e->path), skip = strlen(INFO);

	if (e->deleted || strncmp(e->path, INFO, skip) ||
	    len < skip + strlen(".list") || strcmp(e->path + len - 5, ".list"))
		return;
	o->n++;
	o->names = xrealloc(o->names, o->n + 1, sizeof(*o->names));
	o->names[o->n] =
		xasprintf("%.*s", (int)(len - 5 - skip), e->path + skip);
	read_list(o, e);
}

static void count(void *user, const struct look_entry *e)
{
	struct owned *o = user;

	o->bytes[o->owner[e - o->l->entries]] += e->size;
}

void facts_owned(struct facts *f, const struct look *l)
{
	struct owned o = {.l = l};
	char *text;

	o.owner = xcalloc(l->n + 1, sizeof(*o.owner));
	for (size_t i = 0; i < l->n; i++)
		one_list(&o, &l->entries[i]);
	o.bytes = xcalloc(o.n + 1, sizeof(*o.bytes));
	facts_files(l, count, &o);
	for (size_t i = 0; i <= o.n; i++) {
		text = xasprintf("%" PRIu64, o.bytes[i]);
		if (o.bytes[i])
			facts_add(f, i ? o.names[i] : "-", text);
		free(text);
		if (i)
			free(o.names[i]);
	}
	free(o.names);
	free(o.bytes);
	free(o.owner);
	facts_sort(f);
}
