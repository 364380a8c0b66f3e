/* SPDX-License-Identifier: MIT */
/* sources.c - where this very machine gets its packages from. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/outfile.h"
#include "host/site.h"
#include "sources.h"

#define FILE_MAX (1u << 20)

/* One entry, in either format; lists of words. */
struct source_entry {
	char *types, *uris, *suites, *components, *enabled;
};

static bool has_word(const char *list, const char *word)
{
	char **w = words(list ? list : "");
	bool found = false;

	for (size_t i = 0; w[i]; i++) {
		found |= !strcmp(w[i], word);
		free(w[i]);
	}
	free(w);
	return found;
}

static bool is_suite(const char *suite, const char *codename, const char *tail)
{
	size_t n = strlen(codename);

	return !strncmp(suite, codename, n) && !strcmp(suite + n, tail);
}

static void take(struct sources *s, const struct source_entry *e)
{
	char **uri = words(e->uris ? e->uris : "");
	char **suite = words(e->suites ? e->suites : "");
	bool web = uri[0] && (!strncmp(uri[0], "http://", 7) ||
			      !strncmp(uri[0], "https://", 8));

	/* other vendors use Debian's suites with components of their own */
	for (size_t i = 0; suite[i]; i++) {
		if (!web || !has_word(e->types, "deb") ||
		    !has_word(e->components, "main") ||
		    (e->enabled && !strcasecmp(e->enabled, "no")))
			break;
		if (is_suite(suite[i], s->codename, "") && !s->main)
			s->main = xstrdup(uri[0]);
		if (is_suite(suite[i], s->codename, "-security") &&
		    !s->security)
			s->security = xstrdup(uri[0]);
		s->updates |= is_suite(suite[i], s->codename, "-updates");
	}
	for (size_t i = 0; uri[i]; i++)
		free(uri[i]);
	for (size_t i = 0; suite[i]; i++)
		free(suite[i]);
	free(uri);
	free(suite);
}

/* "deb [options] URI SUITE COMPONENT..." */
static void one_line(struct sources *s, char *line)
{
	struct source_entry e = {.types = strtok(line, " \t")};
	char *rest = strtok(NULL, ""), *end;

	if (!e.types || !rest)
		return;
	rest += strspn(rest, " \t");
	if (*rest == '[') {
		end = strchr(rest, ']');
		if (!end)
			return;
		rest = end + 1;
	}
	e.uris = strtok(rest, " \t");
	e.suites = strtok(NULL, " \t");
	e.components = strtok(NULL, "");
	take(s, &e);
}

/* A deb822 field that begins on @line, or goes on with it. */
static void field(struct source_entry *e, char *line, char ***last)
{
	static const char *const names[] = {"types", "uris", "suites",
					    "components", "enabled"};
	char **values[] = {&e->types, &e->uris, &e->suites, &e->components,
			   &e->enabled};
	char *colon = strchr(line, ':'), *joined;

	if (*line == ' ' || *line == '\t') {
		if (!*last)
			return;
		joined = xasprintf("%s %s", **last, line);
		free(**last);
		**last = joined;
		return;
	}
	*last = NULL;
	if (!colon)
		return;
	*colon++ = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcasecmp(line, names[i])) {
			free(*values[i]);
			*values[i] = xstrdup(colon + strspn(colon, " \t"));
			*last = values[i];
		}
}

static void stanza_end(struct sources *s, struct source_entry *e)
{
	take(s, e);
	free(e->types);
	free(e->uris);
	free(e->suites);
	free(e->components);
	free(e->enabled);
	memset(e, 0, sizeof(*e));
}

void sources_add(struct sources *s, char *text, bool deb822)
{
	struct source_entry e = {0};
	char *line, **last = NULL;

	while ((line = strsep(&text, "\n"))) {
		if (*line == '#')
			continue;
		if (!deb822) {
			line[strcspn(line, "#")] = '\0';
			one_line(s, line);
		} else if (!line[strspn(line, " \t\r")]) {
			stanza_end(s, &e);
			last = NULL;
		} else {
			field(&e, line, &last);
		}
	}
	if (deb822)
		stanza_end(s, &e);
}

static void add_files(struct sources *s, const char *etc, const char *pattern,
		      bool deb822)
{
	char *full = xasprintf("%s/apt/%s", etc, pattern), *text;
	glob_t g;

	if (!glob(full, 0, NULL, &g)) {
		for (size_t i = 0; i < g.gl_pathc; i++) {
			text = outfile_slurp(g.gl_pathv[i], FILE_MAX, NULL);
			if (text)
				sources_add(s, text, deb822);
			free(text);
		}
		globfree(&g);
	}
	free(full);
}

/* os-release(5) may quote its values. */
static char *unquoted(const char *value)
{
	size_t len = strlen(value);

	if (len >= 2 && (*value == '"' || *value == '\'') &&
	    value[len - 1] == *value)
		return xasprintf("%.*s", (int)len - 2, value + 1);
	return xstrdup(value);
}

void sources_read(struct sources *s, const char *etc)
{
	char *path = xasprintf("%s/os-release", etc);
	const char *id, *codename;
	struct ini os;

	memset(s, 0, sizeof(*s));
	if (!ini_read(&os, path)) {
		id = ini_get(&os, "", "ID");
		codename = ini_get(&os, "", "VERSION_CODENAME");
		if (id && codename && strstr(id, "debian")) {
			s->codename = unquoted(codename);
			add_files(s, etc, "sources.list", false);
			add_files(s, etc, "sources.list.d/*.list", false);
			add_files(s, etc, "sources.list.d/*.sources", true);
		}
		ini_free(&os);
	}
	free(path);
}
