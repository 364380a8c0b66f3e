// SPDX-License-Identifier: MIT
/*
 * ini.c - the INI style files of a site.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/site.h"

#define INI_MAX (1 << 20)

/* Cut blanks off both ends, in place. */
static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static void add(struct ini *ini, const char *section, char *line,
		unsigned int number)
{
	struct ini_item *it;
	char *eq = strchr(line, '=');

	if (!eq || eq == line)
		die("%s:%u: expected 'key = value', got '%.60s'", ini->path,
		    number, line);
	*eq = '\0';
	ini->items = xrealloc(ini->items, ini->n + 1, sizeof(*ini->items));
	it = &ini->items[ini->n++];
	it->section = xstrdup(section);
	it->key = xstrdup(trim(line));
	it->value = xstrdup(trim(eq + 1));
	it->line = number;
}

/* A line that begins with a blank goes on with the value before it. */
static bool continues(struct ini *ini, const char *line, char *text)
{
	struct ini_item *last = ini->n ? &ini->items[ini->n - 1] : NULL;
	char *joined;

	if (!last || !isblank((unsigned char)*line) || *text == '#' ||
	    *text == ';' || *text == '[')
		return false;
	joined =
		xasprintf("%s%s%s", last->value, *last->value ? " " : "", text);
	free(last->value);
	last->value = joined;
	return true;
}

int ini_read(struct ini *ini, const char *path)
{
	char *text, *raw, *line, *next, *section = NULL;
	unsigned int number = 0;
	size_t size;

	memset(ini, 0, sizeof(*ini));
	text = outfile_slurp(path, INI_MAX, &size);
	if (!text)
		return -errno;
	ini->path = xstrdup(path);
	if (strlen(text) != size)
		die("%s: holds a NUL byte; it should be text", path);
	for (raw = text; raw; raw = next) {
		next = strchr(raw, '\n');
		if (next)
			*next++ = '\0';
		number++;
		line = trim(raw);
		if (!*line || *line == '#' || *line == ';' ||
		    continues(ini, raw, line))
			continue;
		if (*line != '[') {
			add(ini, section ? section : "", line, number);
			continue;
		}
		if (line[strlen(line) - 1] != ']')
			die("%s:%u: section '%.60s' lacks its ']'", path,
			    number, line);
		line[strlen(line) - 1] = '\0';
		section = trim(line + 1);
	}
	free(text);
	return 0;
}

const char *ini_get(const struct ini *ini, const char *section, const char *key)
{
	size_t i = ini->n;

	while (i--)
		if (!strcmp(ini->items[i].section, section) &&
		    !strcmp(ini->items[i].key, key))
			return ini->items[i].value;
	return NULL;
}

const char *ini_need(const struct ini *ini, const char *section,
		     const char *key)
{
	const char *value = ini_get(ini, section, key);

	if (!value || !*value)
		die("%s: [%s] lacks '%s = ...'", ini->path, section, key);
	return value;
}

void ini_known(const struct ini *ini, const char *section,
	       const char *const *keys)
{
	const char *const *k;
	size_t i;

	for (i = 0; i < ini->n; i++) {
		if (strcmp(ini->items[i].section, section))
			continue;
		for (k = keys; *k && strcmp(*k, ini->items[i].key); k++)
			;
		if (!*k)
			die("%s:%u: [%s] knows no key '%s'", ini->path,
			    ini->items[i].line, section, ini->items[i].key);
	}
}

void ini_free(struct ini *ini)
{
	size_t i;

	for (i = 0; i < ini->n; i++) {
		free(ini->items[i].section);
		free(ini->items[i].key);
		free(ini->items[i].value);
	}
	free(ini->items);
	free(ini->path);
	memset(ini, 0, sizeof(*ini));
}
