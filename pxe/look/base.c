// SPDX-License-Identifier: MIT
/* base.c - the entries of a squashfs. */
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/sqread.h"
#include "look.h"

static void copy_xattrs(struct look_entry *e, const struct sqread_node *n)
{
	size_t i;

	e->n_xattrs = n->n_xattrs;
	e->xattrs = xcalloc(n->n_xattrs + 1, sizeof(*e->xattrs));
	for (i = 0; i < n->n_xattrs; i++) {
		e->xattrs[i].name = xstrdup(n->xattrs[i].name);
		e->xattrs[i].size = n->xattrs[i].size;
		e->xattrs[i].value = xmalloc(n->xattrs[i].size + 1);
		memcpy(e->xattrs[i].value, n->xattrs[i].value,
		       n->xattrs[i].size);
	}
}

static int add(void *user, const struct sqread_node *n)
{
	struct look_entry *e = look_add(user, n->path);

	e->mode = n->st.mode;
	e->uid = n->st.uid;
	e->gid = n->st.gid;
	e->mtime = n->st.mtime;
	e->size = n->st.size;
	e->ino = n->ino;
	e->nlink = n->nlink;
	e->major = n->major;
	e->minor = n->minor;
	e->target = n->st.target ? xstrdup(n->st.target) : NULL;
	e->file = n->file;
	copy_xattrs(e, n);
	return 0;
}

void look_base(struct look *l, const char *file)
{
	struct look_layer *layer = &l->layers[l->n_layers++];
	const char *why;

	layer->base = true;
	layer->path = xstrdup(file);
	layer->image = sqread_open(file, &why);
	if (!layer->image)
		die("%s: %s", file, why);
	if (sqread_walk(layer->image, add, l))
		die("%s: its tables are damaged", file);
	look_sort(l);
}
