// SPDX-License-Identifier: MIT
/*
 * conflicts.c - paths that more than one overlay of a role changes.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "conflicts.h"
#include "content.h"
#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/pkgfiles.h"
#include "tree.h"

struct change {
	char *path;
	enum content_kind kind;
};

/* What one overlay does, by path; folders that it only touches are left out. */
struct changes {
	struct span name;
	size_t n;
	struct change *list;
};

static void add(void *user, const char *path, mode_t mode,
		enum content_kind kind)
{
	struct changes *c = user;

	if ((S_ISDIR(mode) && kind == CONTENT_ENTRY) || pkgfiles_shared(path))
		return;
	if (!(c->n & (c->n - 1)))
		c->list = xrealloc(c->list, c->n ? 2 * c->n : 1,
				   sizeof(*c->list));
	c->list[c->n++] = (struct change){xstrdup(path), kind};
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct change *)a)->path,
		      ((const struct change *)b)->path);
}

static void read_layer(struct changes *c, const struct release *r,
		       unsigned int at)
{
	const struct manifest_layer *l = &r->m.layers[at];
	const struct content_paths paths = {add, c};
	struct fetch_error e = {0};
	unsigned int grants;
	struct tree_map m;

	c->name = l->name;
	tree_map(&m, r->layer_path[at]);
	if (content_check(r->layer_path[at], l, m.p, &grants, &paths, &e))
		die("%s", e.text);
	tree_unmap(&m);
	if (c->n)
		qsort(c->list, c->n, sizeof(*c->list), by_path);
}

/* The first that is @path or after it. */
static size_t from(const struct changes *c, const char *path)
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (strcmp(c->list[mid].path, path) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Has @lower something at @path, or below the folder that it was? */
static bool touches(const struct changes *lower, const struct change *by)
{
	char *below = xasprintf("%s/", by->path);
	size_t i = from(lower, by->path), k = from(lower, below);
	bool at = i < lower->n && !strcmp(lower->list[i].path, by->path);
	bool under = k < lower->n &&
		     !strncmp(lower->list[k].path, below, strlen(below));

	free(below);
	return under || (at && by->kind != CONTENT_OPAQUE);
}

static void compare(const struct changes *upper, const struct changes *lower,
		    void (*say)(void *user, const char *text), void *user)
{
	static const char *const words[] = {"replaces", "deletes", "hides"};
	char shown[3 * 200 + 1], *text;

	for (size_t i = 0; i < upper->n; i++) {
		const struct change *c = &upper->list[i];

		/* a file above 4 GiB is told of once a part */
		if (i && c->kind == c[-1].kind && !strcmp(c->path, c[-1].path))
			continue;
		if (!touches(lower, c))
			continue;
		if (text_escape(shown, sizeof(shown), text_span(c->path)) < 0)
			strcpy(shown, "(long name)");
		text = xasprintf("%s: overlay %.*s %s what overlay %.*s has",
				 shown, (int)upper->name.n, upper->name.p,
				 words[c->kind], (int)lower->name.n,
				 lower->name.p);
		say(user, text);
		free(text);
	}
}

static void changes_free(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->list[i].path);
	free(c->list);
}

void conflicts_each(const struct release *r, unsigned int role,
		    void (*say)(void *user, const char *text), void *user)
{
	const struct manifest_role *m = &r->m.roles[role];
	struct changes all[MANIFEST_OVERLAYS_MAX] = {0};

	if (m->n_overlays < 2)
		return;
	for (unsigned int i = 0; i < m->n_overlays; i++)
		read_layer(&all[i], r, m->overlays[i]);
	for (unsigned int i = 1; i < m->n_overlays; i++)
		for (unsigned int k = 0; k < i; k++)
			compare(&all[i], &all[k], say, user);
	for (unsigned int i = 0; i < m->n_overlays; i++)
		changes_free(&all[i]);
}
