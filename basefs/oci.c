/* SPDX-License-Identifier: MIT */
/* oci.c - feed an image from the layers of a container image. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/ocilayer.h"
#include "host/ocitree.h"
#include "oci.h"
#include "tar.h"

struct feed {
	struct image *im;
	const struct ocitree_name *names;
	size_t n;
	unsigned int layer;
	uint64_t number;
	const struct ocitree_name *now; /* its first name */
};

/* Further names of what was just fed. */
static void links(struct feed *f)
{
	const struct ocitree_name *to = f->now + 1;

	for (; to < f->names + f->n && to->source == f->now->source; to++)
		image_link(f->im, to->path, f->now->path);
}

static int entry(void *user, const struct tarread_entry *e)
{
	struct feed *f = user;
	uint64_t source = ocitree_source(f->layer, ++f->number);

	f->now = ocitree_find(f->names, f->n, source);
	/* of several entries for the root the last one counts */
	if (!*e->path && !e->hardlink)
		return tar_entry(f->im, "", e);
	if (!f->now || e->hardlink)
		return 0;
	if (tar_entry(f->im, f->now->path, e))
		return 1;
	links(f);
	return 0;
}

static void data(void *user, const void *p, uint64_t size)
{
	tar_data(((struct feed *)user)->im, p, size);
}

static void end(void *user)
{
	struct feed *f = user;

	tar_end(f->im);
	links(f);
}

/* Folders that only the paths of others speak of. */
static void implied(struct feed *f)
{
	struct image_entry e = {.mode = S_IFDIR | 0755};

	for (size_t i = 0; i < f->n && !f->names[i].source; i++) {
		e.path = f->names[i].path;
		image_add(f->im, &e);
	}
}

void oci_feed(struct image *im, struct oci *o)
{
	static const struct tarread_sink sink = {entry, data, end};
	struct feed f = {.im = im};
	struct ocitree_name *names;
	struct tree t;

	tree_init(&t);
	for (unsigned int i = 0; i < o->n; i++)
		ocitree_apply(&t, o, i);
	f.n = ocitree_names(&t, &names);
	ocitree_by_source(names, f.n);
	f.names = names;
	implied(&f);
	for (f.layer = 0; f.layer < o->n; f.layer++) {
		f.number = 0;
		ocilayer_read(o, f.layer, &sink, &f);
	}
	ocitree_free(names, f.n);
}

char *oci_ids(const struct oci *o)
{
	char *ids = xstrdup(""), *more;

	for (unsigned int i = 0; i < o->n; i++) {
		more = xasprintf("%s%s%s", ids, i ? " " : "",
				 o->layers[i].diff_id);
		free(ids);
		ids = more;
	}
	return ids;
}
