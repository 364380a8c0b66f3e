/* SPDX-License-Identifier: MIT */
/* fromoci.c - an image's upper layers, laid into the union file by file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/ocilayer.h"
#include "host/ocitree.h"
#include "host/outfile.h"
#include "host/place.h"
#include "fromoci.h"

struct apply {
	const struct build *b;
	struct oci *oci;
	unsigned int base; /* layers of the base */
	struct ocitree_name *before, *after;
	size_t n_before, n_after; /* sorted by path, after later by source */
	struct place place;
	unsigned int layer;
	uint64_t number;
	const struct ocitree_name *now;
};

/* An image that a build which was killed had unpacked. */
static void sweep(const struct build *b)
{
	char *pattern = xasprintf("%s/image.??????", b->out);

	outfile_sweep(pattern);
	free(pattern);
}

void fromoci_open(struct build *b)
{
	const char *ids = ini_get(&b->base->info, "base", "layers");
	char **id = words(ids ? ids : "");
	struct oci *o;
	unsigned int i;

	sweep(b);
	if (!b->role->from_oci)
		return;
	if (!id[0])
		die("base %s: not made from a container image, so none can stand on it: 'slipway base %s --from IMAGE' first",
		    b->base->name, b->base->name);
	o = xcalloc(1, sizeof(*o));
	oci_open(o, b->role->from_oci, ini_get(&b->base->info, "base", "arch"),
		 b->out);
	for (i = 0; id[i]; i++)
		if (i == o->n || strcmp(id[i], o->layers[i].diff_id))
			die("%s: does not stand on base %s: layer %u is %.12s, not %.12s",
			    o->src, b->base->name, i + 1,
			    i == o->n ? "missing" : o->layers[i].diff_id,
			    id[i]);
	if (i == o->n)
		die("%s: the very image that base %s is: no layer above",
		    o->src, b->base->name);
	b->oci = o;
	b->oci_base = i;
}

static unsigned int layer_of(const struct ocitree_name *n)
{
	return n->source ? ocitree_layer(n->source) : 0;
}

static const struct ocitree_name *was(const struct apply *a, const char *path)
{
	return ocitree_at(a->before, a->n_before, path);
}

static bool kept(const struct apply *a, const struct ocitree_name *n)
{
	const struct ocitree_name *old = was(a, n->path);

	return old && old->source == n->source;
}

/*
 * The names of a file of the base, when it has got a new one: all of them
 * again, for overlayfs copies up one name only.
 */
static void relink(struct apply *a, const struct ocitree_name *first,
		   const struct ocitree_name *end)
{
	const struct ocitree_name *n, *of = NULL;
	bool is_new = false;

	for (n = first; n < end; n++) {
		is_new |= !kept(a, n);
		if (!of && kept(a, n))
			of = n;
	}
	if (!is_new)
		return;
	/* or another layer took the old one away: it is there until then */
	for (size_t i = 0; !of; i++)
		if (a->before[i].source == first->source)
			of = &a->before[i];
	for (n = first; n < end; n++)
		if (n != of)
			place_link(&a->place, of->path, n->path);
}

static void relink_all(struct apply *a)
{
	struct ocitree_name *n = a->after, *next;
	const struct ocitree_name *end = n + a->n_after;

	for (; n < end; n = next) {
		next = n + 1;
		while (next < end && next->source == n->source)
			next++;
		if (n->source && layer_of(n) < a->base && !S_ISDIR(n->mode))
			relink(a, n, next);
	}
}

/* What the image does not have any more, and what is another kind now. */
static void remove_gone(struct apply *a)
{
	const char *gone = NULL;

	for (size_t i = 0; i < a->n_before; i++) {
		const struct ocitree_name *old = &a->before[i], *now;
		size_t len = gone ? strlen(gone) : 0;

		if (gone && !strncmp(old->path, gone, len) &&
		    old->path[len] == '/')
			continue;
		now = ocitree_at(a->after, a->n_after, old->path);
		if (now && S_ISDIR(now->mode) == S_ISDIR(old->mode))
			continue;
		place_remove(&a->place, old->path);
		gone = old->path;
	}
}

static void links(struct apply *a)
{
	const struct ocitree_name *to = a->now + 1;

	for (; to < a->after + a->n_after && to->source == a->now->source; to++)
		place_link(&a->place, a->now->path, to->path);
}

static int entry(void *user, const struct tarread_entry *e)
{
	struct apply *a = user;
	uint64_t source = ocitree_source(a->layer, ++a->number);
	struct tarread_entry at = *e;

	if (!*e->path && S_ISDIR(e->mode)) {
		place_dir(&a->place, e);
		return 0;
	}
	a->now = ocitree_find(a->after, a->n_after, source);
	if (!a->now || e->hardlink)
		return 0;
	at.path = a->now->path;
	if (S_ISDIR(e->mode)) {
		place_dir(&a->place, &at);
		return 0;
	}
	place_begin(&a->place, &at);
	if (S_ISREG(e->mode))
		return 1;
	place_end(&a->place);
	links(a);
	return 0;
}

static void data(void *user, const void *p, uint64_t size)
{
	place_data(&((struct apply *)user)->place, p, size);
}

static void end(void *user)
{
	struct apply *a = user;

	place_end(&a->place);
	links(a);
}

static void look(struct apply *a)
{
	struct tree t;

	tree_init(&t);
	for (unsigned int i = 0; i < a->oci->n; i++) {
		if (i == a->base)
			a->n_before = ocitree_names(&t, &a->before);
		ocitree_apply(&t, a->oci, i);
	}
	a->n_after = ocitree_names(&t, &a->after);
}

void fromoci_apply(const struct build *b)
{
	static const struct tarread_sink sink = {entry, data, end};
	struct apply a = {.b = b, .oci = b->oci, .base = b->oci_base};

	if (!b->oci)
		return;
	info("role %s: %u layers of %s", b->role->name, a.oci->n - a.base,
	     a.oci->src);
	look(&a);
	place_open(&a.place, a.oci->src, "root");
	a.place.stand_ins = b->user;
	/* in this order: what goes away may have got another name first */
	ocitree_by_source(a.after, a.n_after);
	relink_all(&a);
	ocitree_by_path(a.after, a.n_after);
	remove_gone(&a);
	ocitree_by_source(a.after, a.n_after);
	for (a.layer = a.base; a.layer < a.oci->n; a.layer++) {
		a.number = 0;
		ocilayer_read(a.oci, a.layer, &sink, &a);
	}
	place_close(&a.place);
	ocitree_free(a.before, a.n_before);
	ocitree_free(a.after, a.n_after);
}
