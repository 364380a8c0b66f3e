// SPDX-License-Identifier: MIT
/*
 * table.c - the initrd's module table, format/modtab.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/modtab.h"
#include "host/alloc.h"
#include "host/error.h"
#include "drivers.h"
#include "table.h"

char *table_path(const struct modules *m, const struct module *mod)
{
	const char *end = strstr(mod->path, ".ko");

	return xasprintf("lib/modules/%s/%s%s", m->release, mod->name,
			 m->decompress && end ? end : ".ko");
}

static void put_module(FILE *f, struct modules *m, size_t i)
{
	const struct module *mod = &m->list[i];
	char *path = table_path(m, mod);
	size_t n, *deps = modules_deps(m, i, &n);

	fprintf(f, "module %s /%s ", mod->name, path);
	for (size_t k = 0; k < n; k++)
		fprintf(f, "%s%ld", k ? "," : "", m->list[deps[k]].line);
	fputs(n ? "\n" : "-\n", f);
	free(deps);
	free(path);
}

/*
 * One line of modules.alias: "alias PATTERN NAME". Only what a device can
 * call itself has a colon; "of:" is for device trees, which x86 has not.
 */
static void put_alias(FILE *f, const struct modules *m, bool archive,
		      char *line)
{
	char *save = NULL, *word = strtok_r(line, " ", &save);
	char *pattern = word ? strtok_r(NULL, " ", &save) : NULL;
	char *name = pattern ? strtok_r(NULL, " ", &save) : NULL;
	const char *after;
	long i;

	if (!name || strcmp(word, "alias") || !strchr(pattern, ':') ||
	    !strncmp(pattern, "of:", 3))
		return;
	i = modules_find(m, name);
	if (i < 0 || m->list[i].line < 0 || (archive && m->list[i].core))
		return;
	fprintf(f, "alias %s %s\n", pattern, m->list[i].name);
	after = modules_follower(m->list[i].name);
	if (after && modules_find(m, after) >= 0)
		fprintf(f, "alias %s %s\n", pattern, after);
}

static void put_aliases(FILE *f, const struct modules *m, bool archive)
{
	char *copy = xstrdup(m->alias), *save = NULL, *line;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		put_alias(f, m, archive, line);
	free(copy);
}

char *table_text(struct modules *m, bool archive, size_t *size)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);

	if (!f)
		die("memory:");
	fputs(MODTAB_MAGIC, f);
	for (size_t k = 0; k < m->n_order; k++)
		put_module(f, m, m->order[k]);
	put_aliases(f, m, archive);
	for (const char *const *a = drivers_always; *a && !archive; a++)
		if (modules_find(m, *a) >= 0)
			fprintf(f, "always %s\n", *a);
	if (fclose(f))
		die("memory:");
	if (m->n_order > MODTAB_MODULES_MAX || *size > MODTAB_SIZE_MAX)
		die("initrd: %zu modules are more than its table holds",
		    m->n_order);
	return text;
}
