// SPDX-License-Identifier: MIT
/*
 * extra.c - a publish tree that goes before the one on a medium. What is on
 * the medium already is not taken along again; all of it is proven at boot.
 */
#include <stdlib.h>
#include <string.h>

#include "extra.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "signatures.h"

static bool on_medium(const struct where *w, const struct manifest_layer *l)
{
	char hex[DIGEST_HEX + 1], *path;
	bool there;

	digest_hex(l->digest, hex);
	path = xasprintf("/slipway/layers/%s.%s", hex,
			 l->kind == MANIFEST_BASE ? "squashfs" : "cpio.gz");
	there = where_find(w, path);
	free(path);
	return there;
}

/* As the medium's own machines do: by the anchors that it carries. */
static void open_manifest(struct extra *x, const struct where *w,
			  const char *path)
{
	size_t size;
	char *anchors = where_slurp(w, "/slipway/root.crt", &size);

	if (!anchors)
		die("%s: a medium without layers; an overlay needs them",
		    w->image);
	if (!proven_read(&x->bytes, &x->m, path, anchors, size, w->image))
		die("%s: not a publish tree:", path);
	free(anchors);
}

static void check_base(const struct extra *x, const struct where *w,
		       const char *role)
{
	const struct manifest_layer *base = &x->m.layers[x->role->base];
	char *kernel = xasprintf("/boot/%.*s/vmlinuz", (int)base->name.n,
				 base->name.p);

	if (!on_medium(w, base) || !where_find(w, kernel))
		die("role %s: its base %.*s is not on %s", role,
		    (int)base->name.n, base->name.p, w->image);
	free(kernel);
}

void extra_open(struct extra *x, const char *tree, const char *role,
		const struct where *w)
{
	char *path = xasprintf("%s/manifest.cms", tree);
	int i;

	x->tree = tree;
	open_manifest(x, w, path);
	i = manifest_role(&x->m, text_span(role));
	if (i < 0)
		die("role %s: not in %s", role, path);
	x->role = &x->m.roles[i];
	check_base(x, w, role);
	free(path);
}

void extra_close(struct extra *x)
{
	proven_free(&x->bytes);
}

static void add_file(struct archive *a, const struct extra *x, const char *name)
{
	char *from = xasprintf("%s/layers/%s", x->tree, name);
	char *to = xasprintf("tree/layers/%s", name);

	archive_file(a, to, from);
	free(to);
	free(from);
}

static void add_layer(struct archive *a, const struct extra *x,
		      const struct manifest_layer *l)
{
	char want[DIGEST_HEX + 1], got[DIGEST_HEX + 1], *path, *name;
	uint64_t size;

	digest_hex(l->digest, want);
	path = xasprintf("%s/layers/%s.cpio.gz", x->tree, want);
	hash_file_hex(path, got, &size);
	if (strcmp(want, got))
		die("%s: wrong digest (expected %.12s, got %.12s)", path, want,
		    got);
	name = xasprintf("%s.cpio.gz", want);
	add_file(a, x, name);
	free(name);
	name = xasprintf("%s.index", want);
	add_file(a, x, name);
	free(name);
	free(path);
}

void extra_add(struct archive *a, const struct extra *x, const struct where *w)
{
	unsigned int i;

	archive_dir(a, "tree");
	archive_data(a, "tree/manifest.cms", x->bytes.cms, x->bytes.cms_size);
	signatures_add(a, x->tree, x->bytes.text);
	archive_dir(a, "tree/layers");
	for (i = 0; i < x->role->n_overlays; i++) {
		const struct manifest_layer *l =
			&x->m.layers[x->role->overlays[i]];

		if (!on_medium(w, l))
			add_layer(a, x, l);
	}
}
