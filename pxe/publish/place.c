// SPDX-License-Identifier: MIT
/*
 * place.c - a release's immutable files, put into the publish tree.
 */
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "drivers.h"
#include "format/cms.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/progress.h"
#include "release.h"
#include "signing.h"
#include "tree.h"

static void place_layer(struct manifest_layer *l, const char *path,
			const char *dir)
{
	const char *suffix = l->kind == MANIFEST_BASE ? "squashfs" : "cpio.gz";
	char hex[DIGEST_HEX + 1], *to, *index_to;
	uint8_t got[DIGEST_SIZE];
	struct tree_map m;
	void *index;
	size_t size;

	tree_map(&m, path);
	digest_of(m.p, m.size, got);
	if (!digest_equal(got, l->digest))
		die("%s: is not what was built; build it again with --force",
		    path);
	digest_hex(l->digest, hex);
	to = xasprintf("%s/layers/%s.%s", dir, hex, suffix);
	index_to = xasprintf("%s/layers/%s.index", dir, hex);
	index = chunk_index(m.p, m.size, &size);
	l->size = m.size;
	l->index_size = size;
	digest_of(index, size, l->index);
	tree_link(path, to);
	tree_put(index_to, index, size);
	tree_unmap(&m);
	free(index);
	free(index_to);
	free(to);
}

void place_layers(struct release *r, const char *dir)
{
	char *layers = xasprintf("%s/layers", dir);
	unsigned int i;

	site_mkdirs(layers);
	free(layers);
	for (i = 0; i < r->m.n_layers; i++) {
		progress("layer", i, r->m.n_layers);
		place_layer(&r->m.layers[i], r->layer_path[i], dir);
	}
	progress_end();
}

/* ECDSA signatures are random: one that holds is kept, so that publishing
 * again changes nothing. */
static bool signed_already(const char *sig, const char *root_path,
			   const struct tree_map *m)
{
	size_t size;
	char *der = outfile_slurp(sig, CMS_OVERHEAD_MAX, &size);
	bool good =
		der && !sign_check(root_path, der, size, m->p, m->size, true);

	free(der);
	return good;
}

void place_signed(const struct signing *g, const char *from, const char *dir,
		  const char *name)
{
	char *to = xasprintf("%s/%s", dir, name);
	char *sig = xasprintf("%s/%s.sig", dir, name);
	struct tree_map m;
	void *out;
	size_t size;

	tree_link(from, to);
	tree_map(&m, to);
	if (!signed_already(sig, g->root, &m)) {
		out = signing_file(g, to, m.p, m.size, &size);
		if (out)
			tree_put(sig, out, size);
		free(out);
	}
	tree_unmap(&m);
	free(sig);
	free(to);
}

void place_boots(struct release *r, const struct signing *g)
{
	char *boot, *files;
	unsigned int i;

	for (i = 0; i < r->n_boots; i++) {
		boot = xasprintf("%s/boot/%s", g->tree, r->boots[i].hex);
		files = xasprintf("%s/files", boot);
		site_mkdirs(boot);
		tree_put(files, r->boots[i].files, strlen(r->boots[i].files));
		free(files);
		place_signed(g, r->boots[i].vmlinuz, boot, "vmlinuz");
		place_signed(g, r->boots[i].initrd, boot, "initrd.img");
		if (r->boots[i].core)
			drivers_place(r->site, g, &r->boots[i], boot);
		free(boot);
	}
}
