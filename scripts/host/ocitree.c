/* SPDX-License-Identifier: MIT */
/* ocitree.c - layers put over each other; image-spec 1.1, layer.md. */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "alloc.h"
#include "error.h"
#include "ocilayer.h"
#include "ocitree.h"

#define WHITEOUT   ".wh."
#define OPAQUE	   ".wh..wh..opq"
#define LAYER_BITS 40

/* An entry as the tar has it, kept until all whiteouts are known. */
struct item {
	char *path, *link;
	mode_t mode;
	uint64_t number;
};

struct apply {
	struct oci *o;
	unsigned int i;
	struct tree *t;
	uint64_t number;
	size_t n, room;
	struct item *items;
};

uint64_t ocitree_source(unsigned int i, uint64_t number)
{
	return (uint64_t)(i + 1) << LAYER_BITS | number;
}

unsigned int ocitree_layer(uint64_t source)
{
	return (source >> LAYER_BITS) - 1;
}

static const char *last(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* aufs' own, which no tool looks at any more: names like ".wh..wh.plnk" */
static bool is_aufs(const char *name)
{
	return !strncmp(name, WHITEOUT WHITEOUT, 8) && strcmp(name, OPAQUE);
}

static int keep(void *user, const struct tarread_entry *e)
{
	struct apply *a = user;
	struct item *it;

	a->number++;
	if (is_aufs(last(e->path)))
		return 0;
	if (a->n == a->room) {
		a->room = a->room ? 2 * a->room : 1024;
		a->items = xrealloc(a->items, a->room, sizeof(*a->items));
	}
	it = &a->items[a->n++];
	it->path = xstrdup(e->path);
	it->link = e->hardlink ? xstrdup(e->hardlink) : NULL;
	it->mode = e->mode;
	it->number = a->number;
	return 0;
}

/* What lies at @path, when all on the way to it are folders. */
static struct tree_node *at(struct apply *a, const char *path)
{
	return tree_find(a->t, path);
}

/* Only lower layers are in the tree yet, which is what this is about. */
static void whiteout(struct apply *a, const struct item *it)
{
	const char *name = last(it->path);
	size_t dir = name - it->path;
	bool opaque = !strcmp(name, OPAQUE);
	struct tree_node *n;
	char *path;

	if (!opaque &&
	    (!name[4] || !strcmp(name + 4, ".") || !strcmp(name + 4, "..")))
		die("%s: layer %u: '%s': deletes nothing that has a name",
		    a->o->src, a->i + 1, it->path);
	path = opaque ? xasprintf("%.*s", (int)(dir ? dir - 1 : 0), it->path)
		      : xasprintf("%.*s%s", (int)dir, it->path, name + 4);
	n = at(a, path);
	if (n && opaque)
		tree_empty(a->t, n);
	else if (n)
		tree_cut(a->t, n);
	free(path);
}

static void failed(const struct apply *a, const struct item *it, int err)
{
	errno = err < 0 ? -err : errno;
	if (errno == ENOTDIR)
		die("%s: layer %u: '%s': on its way is a link or a file, not a folder",
		    a->o->src, a->i + 1, it->path);
	if (errno == ENOENT)
		die("%s: layer %u: '%s': hard link to '%s', which is not before it",
		    a->o->src, a->i + 1, it->path, it->link);
	die("%s: layer %u: '%s':", a->o->src, a->i + 1, it->path);
}

static void put(struct apply *a, const struct item *it)
{
	struct tree_node *n = at(a, it->path);
	struct tree_inode *inode;
	int err;

	if (!*it->path && (it->link || !S_ISDIR(it->mode)))
		die("%s: layer %u: the root is no folder", a->o->src, a->i + 1);
	if (n && n->inode && S_ISDIR(n->inode->mode) &&
	    (it->link || !S_ISDIR(it->mode)))
		tree_empty(a->t, n);
	if (it->link) {
		err = tree_link(a->t, it->path, it->link);
		if (err)
			failed(a, it, err);
		return;
	}
	inode = tree_put(a->t, it->path, it->mode);
	if (!inode)
		failed(a, it, 0);
	inode->source = ocitree_source(a->i, it->number);
}

void ocitree_apply(struct tree *t, struct oci *o, unsigned int i)
{
	static const struct tarread_sink sink = {keep, NULL, NULL};
	struct apply a = {.o = o, .i = i, .t = t};
	size_t k;

	ocilayer_read(o, i, &sink, &a);
	for (k = 0; k < a.n; k++)
		if (!strncmp(last(a.items[k].path), WHITEOUT, 4))
			whiteout(&a, &a.items[k]);
	for (k = 0; k < a.n; k++) {
		if (strncmp(last(a.items[k].path), WHITEOUT, 4))
			put(&a, &a.items[k]);
		free(a.items[k].path);
		free(a.items[k].link);
	}
	free(a.items);
	if (t->names > OCI_NAMES_MAX)
		die("%s: more than %u names", o->src, OCI_NAMES_MAX);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct ocitree_name *)a)->path,
		      ((const struct ocitree_name *)b)->path);
}

static int by_source(const void *a, const void *b)
{
	const struct ocitree_name *x = a, *y = b;

	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return strcmp(x->path, y->path);
}

struct listing {
	struct ocitree_name *names;
	size_t n;
};

static void list(const void *node, VISIT which, void *closure);

static void list_inside(struct listing *l, const struct tree_node *n)
{
	twalk_r(n->index, list, l);
}

static void list(const void *node, VISIT which, void *closure)
{
	const struct tree_node *n = *(struct tree_node *const *)node;
	struct listing *l = closure;
	struct ocitree_name *name;

	if (which != postorder && which != leaf)
		return;
	name = &l->names[l->n++];
	name->path = tree_path(n);
	name->source = n->inode ? n->inode->source : 0;
	name->mode = n->inode ? n->inode->mode & S_IFMT : S_IFDIR;
	list_inside(l, n);
}

size_t ocitree_names(struct tree *t, struct ocitree_name **names)
{
	struct listing l = {.names = xcalloc(t->names + 1, sizeof(**names))};

	list_inside(&l, t->root);
	ocitree_by_path(l.names, l.n);
	*names = l.names;
	return l.n;
}

void ocitree_free(struct ocitree_name *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i].path);
	free(names);
}

void ocitree_by_path(struct ocitree_name *names, size_t n)
{
	qsort(names, n, sizeof(*names), by_path);
}

const struct ocitree_name *ocitree_at(const struct ocitree_name *names,
				      size_t n, const char *path)
{
	struct ocitree_name key = {.path = (char *)path};

	return n ? bsearch(&key, names, n, sizeof(*names), by_path) : NULL;
}

void ocitree_by_source(struct ocitree_name *names, size_t n)
{
	qsort(names, n, sizeof(*names), by_source);
}

const struct ocitree_name *ocitree_find(const struct ocitree_name *names,
					size_t n, uint64_t source)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (names[mid].source < source)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n && names[low].source == source ? &names[low] : NULL;
}
