// SPDX-License-Identifier: MIT
/* walk.c - a look's entries as those of a tar. */
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/alloc.h"
#include "host/error.h"
#include "walk.h"

#define WHITEOUT ".wh."
#define OPAQUE	 ".wh..wh..opq"

struct walk {
	const struct look *l;
	const struct walk_sink *sink;
	void *user;
	void *first; /* struct look_entry, by layer and inode */
};

static int by_inode(const void *a, const void *b)
{
	const struct look_entry *x = a, *y = b;

	if (x->layer != y->layer)
		return x->layer < y->layer ? -1 : 1;
	return (x->ino > y->ino) - (x->ino < y->ino);
}

/* The first name of the same file, NULL when this is it. */
static const char *first_name(struct walk *w, const struct look_entry *e)
{
	const struct look_entry **found;

	if (S_ISDIR(e->mode) || e->nlink < 2)
		return NULL;
	found = tsearch(e, &w->first, by_inode);
	if (!found)
		die("memory:");
	return *found == e ? NULL : (*found)->path;
}

static int data(void *user, const void *p, size_t size)
{
	struct walk *w = user;

	w->sink->data(w->user, p, size);
	return 0;
}

static const char *last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* An empty file that says something of the layers below. */
static void mark(struct walk *w, const char *path, size_t dir, const char *name,
		 uint32_t mtime)
{
	char *at = xasprintf("%.*s%s%s%s", (int)dir, path,
			     dir && path[dir - 1] != '/' ? "/" : "",
			     name ? "" : WHITEOUT, name ? name : path + dir);
	struct tarread_entry e = {
		.path = at, .mode = S_IFREG | 0644, .mtime = mtime};

	if (w->sink->entry(w->user, &e))
		w->sink->end(w->user);
	free(at);
}

static void one(struct walk *w, const struct look_entry *e, bool as_layer)
{
	struct tarread_entry t = {
		.path = e->path,
		.mode = e->mode,
		.uid = e->uid,
		.gid = e->gid,
		.mtime = e->mtime,
		.rdev = makedev(e->major, e->minor),
		.size = S_ISREG(e->mode) ? e->size : 0,
		.target = e->target,
		.hardlink = first_name(w, e),
		.n_xattrs = e->n_xattrs,
	};
	struct tarread_xattr *x = xcalloc(e->n_xattrs + 1, sizeof(*x));
	size_t i;
	bool wants;

	if (as_layer && !strncmp(last(e->path), WHITEOUT, 4))
		die("%s: a name that means a deletion in a container image",
		    e->path);
	for (i = 0; i < e->n_xattrs; i++)
		x[i] = (struct tarread_xattr){e->xattrs[i].name,
					      e->xattrs[i].value,
					      e->xattrs[i].size};
	t.xattrs = x;
	wants = w->sink->entry(w->user, &t);
	free(x);
	if (!wants || t.hardlink || !S_ISREG(e->mode))
		return;
	look_stream(w->l, e, data, w);
	w->sink->end(w->user);
}

static void keep(void *p)
{
	(void)p;
}

void walk_whole(const struct look *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->entries[i].deleted || l->entries[i].opaque)
			die("%s: an overlay changes a base: export a role, or as tar",
			    l->layers[l->entries[i].layer].name);
}

void walk_all(const struct look *l, bool as_layer, const struct walk_sink *sink,
	      void *user)
{
	struct walk w = {l, sink, user, NULL};
	uint32_t mtime = 0;
	size_t i;

	if (!as_layer)
		walk_whole(l);
	for (i = 0; i < l->n; i++)
		if (l->entries[i].mtime > mtime)
			mtime = l->entries[i].mtime;
	for (i = 0; i < l->n; i++) {
		const struct look_entry *e = &l->entries[i];

		if (e->deleted) {
			mark(&w, e->path, last(e->path) - e->path, NULL, mtime);
			continue;
		}
		one(&w, e, as_layer);
		if (e->opaque)
			mark(&w, e->path, strlen(e->path), OPAQUE, mtime);
	}
	tdestroy(w.first, keep);
}
