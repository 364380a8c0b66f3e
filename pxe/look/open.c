// SPDX-License-Identifier: MIT
/* open.c - what a word on the command line stands for. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/proven.h"
#include "host/site.h"
#include "look.h"

struct tree {
	const char *dir;
	struct manifest m;
	struct proven bytes;
};

static void open_layer(struct look *l, const char *file, const char *name)
{
	char magic[4] = "";
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, magic, sizeof(magic));

	if (n < 0)
		die("%s:", file);
	close(fd);
	if (n == 4 && !memcmp(magic, "hsqs", 4))
		look_base(l, file);
	else if (n == 4 && !memcmp(magic, "\x1f\x8b", 2))
		look_overlay(l, file);
	else
		die("%s: neither a squashfs nor an overlay's archive", file);
	l->layers[0].name = xstrdup(name);
}

static void open_tree(struct tree *t, const char *root)
{
	char *path = xasprintf("%s/manifest.cms", t->dir);

	if (!proven_open(&t->bytes, &t->m, path, root))
		die("%s: not a publish tree:", path);
	free(path);
}

static char *layer_file(const struct tree *t, const struct manifest_layer *m)
{
	char hex[DIGEST_HEX + 1];

	digest_hex(m->digest, hex);
	return xasprintf("%s/layers/%s.%s", t->dir, hex,
			 m->kind == MANIFEST_BASE ? "squashfs" : "cpio.gz");
}

static void open_named(struct look *l, const struct tree *t, unsigned int i)
{
	const struct manifest_layer *m = &t->m.layers[i];
	char *file = layer_file(t, m);
	char *name = xasprintf("%.*s", (int)m->name.n, m->name.p);

	open_layer(l, file, name);
	free(name);
	free(file);
}

static void open_role(struct look *l, const struct tree *t,
		      const struct manifest_role *r)
{
	struct look upper;
	unsigned int i;

	open_named(l, t, r->base);
	for (i = 0; i < r->n_overlays; i++) {
		memset(&upper, 0, sizeof(upper));
		open_named(&upper, t, r->overlays[i]);
		look_stack(l, &upper);
	}
}

/* A role, else a layer: roles are what people have in mind. */
static void open_name(struct look *l, const struct tree *t, const char *name)
{
	int role = manifest_role(&t->m, text_span(name));
	unsigned int i;

	if (role >= 0) {
		open_role(l, t, &t->m.roles[role]);
		return;
	}
	for (i = 0; i < t->m.n_layers; i++)
		if (span_is(t->m.layers[i].name, name))
			break;
	if (i == t->m.n_layers)
		die("%s: no role, base or overlay of that name in %s", name,
		    t->dir);
	open_named(l, t, i);
}

static char *root_of(const struct look_from *from, const struct site *site)
{
	return from->root ? xstrdup(from->root)
			  : site_path(site, "keys/root.crt");
}

/* TREE:NAME, when TREE is a folder. */
static char *split(const char *thing, const char **name)
{
	const char *colon = strrchr(thing, ':');
	struct stat st;
	char *dir;

	if (!colon)
		return NULL;
	dir = xasprintf("%.*s", (int)(colon - thing), thing);
	if (!stat(dir, &st) && S_ISDIR(st.st_mode)) {
		*name = colon + 1;
		return dir;
	}
	free(dir);
	return NULL;
}

void look_open(struct look *l, const struct look_from *from, const char *thing)
{
	const char *name = thing;
	struct site site = {0};
	struct tree *t;
	struct stat st;
	char *dir, *root;

	memset(l, 0, sizeof(*l));
	if (!stat(thing, &st) && S_ISREG(st.st_mode)) {
		open_layer(l, thing, thing);
		return;
	}
	dir = split(thing, &name);
	if (!dir && strchr(thing, '/'))
		die("%s: no such layer (or TREE:NAME)", thing);
	if (!dir || !from->root)
		site_open(&site, from->dir);
	if (!dir)
		dir = site_path(&site, "public");
	root = root_of(from, &site);
	t = xcalloc(1, sizeof(*t));
	t->dir = dir;
	open_tree(t, root);
	open_name(l, t, name);
	proven_free(&t->bytes);
	free(t);
	free(root);
	free(dir);
}
