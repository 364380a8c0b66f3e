// SPDX-License-Identifier: MIT
/* look.c - a sorted list of entries, and layers put over each other. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/sqread.h"
#include "look.h"
#include "spool.h"

#define LINKS_MAX 40

struct look_entry *look_add(struct look *l, const char *path)
{
	struct look_entry *e;

	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 1024;
		l->entries = xrealloc(l->entries, l->room, sizeof(*l->entries));
	}
	e = &l->entries[l->n++];
	memset(e, 0, sizeof(*e));
	e->path = xstrdup(path);
	return e;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct look_entry *)a)->path,
		      ((const struct look_entry *)b)->path);
}

void look_sort(struct look *l)
{
	if (l->n)
		qsort(l->entries, l->n, sizeof(*l->entries), by_path);
}

static void entry_free(struct look_entry *e)
{
	size_t i;

	for (i = 0; i < e->n_xattrs; i++) {
		free(e->xattrs[i].name);
		free(e->xattrs[i].value);
	}
	free(e->xattrs);
	free(e->path);
	free(e->target);
	free(e->first);
	sqread_free(e->file);
}

void look_close(struct look *l)
{
	unsigned int k;
	size_t i;

	for (i = 0; i < l->n; i++)
		entry_free(&l->entries[i]);
	free(l->entries);
	for (k = 0; k < l->n_layers; k++) {
		sqread_close(l->layers[k].image);
		spool_close(l->layers[k].spool);
		free(l->layers[k].name);
		free(l->layers[k].path);
	}
	memset(l, 0, sizeof(*l));
}

static struct look_entry *find(const struct look *l, const char *path)
{
	struct look_entry key = {.path = (char *)path};

	if (!l->n)
		return NULL;
	return bsearch(&key, l->entries, l->n, sizeof(*l->entries), by_path);
}

/* "/a//b/./c/" as "a/b/c"; malloc-ed. */
static char *clean(const char *path)
{
	char *copy = xstrdup(path), *save, *name;
	char *out = xcalloc(strlen(path) + 1, 1);

	for (name = strtok_r(copy, "/", &save); name;
	     name = strtok_r(NULL, "/", &save)) {
		if (!strcmp(name, "."))
			continue;
		if (*out)
			strcat(out, "/");
		strcat(out, name);
	}
	free(copy);
	return out;
}

const struct look_entry *look_find(const struct look *l, const char *path)
{
	char *at = clean(path);
	const struct look_entry *e = find(l, at);

	free(at);
	return e;
}

/* Put @name behind @done; ".." takes the last one off. */
static void walk(char **done, const char *name)
{
	char *slash, *next;

	if (strcmp(name, "..")) {
		next = xasprintf("%s%s%s", *done, **done ? "/" : "", name);
		free(*done);
		*done = next;
		return;
	}
	slash = strrchr(*done, '/');
	*(slash ? slash : *done) = '\0';
}

const struct look_entry *look_resolve(const struct look *l, const char *path)
{
	char *rest = clean(path), *done = xstrdup(""), *slash, *next;
	const struct look_entry *e = find(l, "");
	unsigned int links = 0;

	errno = ENOENT;
	while (e && *rest) {
		slash = strchr(rest, '/');
		if (slash)
			*slash = '\0';
		walk(&done, rest);
		e = find(l, done);
		next = xstrdup(slash ? slash + 1 : "");
		if (e && S_ISLNK(e->mode)) {
			free(rest);
			rest = xasprintf("%s/%s", e->target, next);
			free(next);
			next = clean(rest);
			walk(&done, "..");
			if (*e->target == '/')
				*done = '\0';
			if (++links > LINKS_MAX) {
				e = NULL;
				errno = ELOOP;
			}
		} else if (e && *next && !S_ISDIR(e->mode)) {
			e = NULL;
			errno = ENOTDIR;
		}
		free(rest);
		rest = next;
	}
	free(rest);
	/* a link may end in "..", at what is no entry just looked at */
	if (e)
		e = find(l, done);
	free(done);
	return e;
}

/* Does @upper hide everything that lies below the layer's @path? */
static bool hidden(const struct look *upper, const char *path)
{
	char *at = xstrdup(path), *slash;
	const struct look_entry *e;
	bool hides = false;

	do {
		slash = strrchr(at, '/');
		*(slash ? slash : at) = '\0';
		e = find(upper, at);
		hides = e && (e->deleted || e->opaque || !S_ISDIR(e->mode));
	} while (!hides && *at);
	free(at);
	return hides;
}

static void take(struct look *into, struct look_entry *e, unsigned int shift)
{
	struct look_entry *at = look_add(into, "");

	free(at->path);
	*at = *e;
	at->layer += shift;
	at->opaque = false;
	memset(e, 0, sizeof(*e));
}

static void take_layers(struct look *l, struct look *upper)
{
	unsigned int k;

	for (k = 0; k < upper->n_layers; k++) {
		if (l->n_layers == LOOK_LAYERS_MAX)
			die("%s: more than %d layers", upper->layers[k].name,
			    LOOK_LAYERS_MAX);
		l->layers[l->n_layers++] = upper->layers[k];
	}
	upper->n_layers = 0;
}

void look_stack(struct look *l, struct look *upper)
{
	struct look out = {0};
	size_t i;

	/* the list of @upper must stay whole until all were looked up in it */
	for (i = 0; i < l->n; i++)
		if (!find(upper, l->entries[i].path) &&
		    !hidden(upper, l->entries[i].path))
			take(&out, &l->entries[i], 0);
	for (i = 0; i < upper->n; i++)
		if (!upper->entries[i].deleted)
			take(&out, &upper->entries[i], l->n_layers);
	take_layers(l, upper);
	for (i = 0; i < l->n; i++)
		entry_free(&l->entries[i]);
	free(l->entries);
	look_close(upper);
	l->n = out.n;
	l->room = out.room;
	l->entries = out.entries;
	look_sort(l);
}
