// SPDX-License-Identifier: MIT
/* stage.c - proven files become a release. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "media/grub.h"
#include "releases.h"
#include "stage.h"
#include "tree.h"

static void take(const struct get *g, const char *dir, const char *name,
		 const char *as)
{
	char *from = update_path(g->u, "partial/%s", name);
	char *to = xasprintf("%s/%s", dir, as);

	if (link(from, to))
		die("%s: link to %s:", from, to);
	disk_flush(to);
	free(to);
	free(from);
}

static void take_layer(const struct get *g, const char *dir,
		       const struct manifest_layer *l)
{
	char *rel = tree_layer(l), *index = tree_index(l);

	take(g, dir, strrchr(rel, '/') + 1, rel);
	take(g, dir, strrchr(index, '/') + 1, index);
	free(index);
	free(rel);
}

static void put(const char *dir, const char *name, const void *p, size_t size)
{
	char *path = xasprintf("%s/%s", dir, name);

	disk_put(path, p, size);
	free(path);
}

static void put_signatures(const struct get *g, const char *dir)
{
	const struct cosign *c = g->signatures;
	char *folder = xasprintf("%s/signatures", dir), rel[TRUST_PATH_MAX];
	unsigned int i;

	if (c->signers.n > 1 && mkdir(folder, 0755))
		die("%s:", folder);
	for (i = 0; i + 1 < c->signers.n; i++) {
		trust_cosign_path(c->text, i + 2, rel);
		put(dir, rel, c->files[i].p, c->files[i].size);
	}
	if (i)
		disk_flush(folder);
	free(folder);
}

static void fill(const struct get *g, const char *dir)
{
	char *layers = xasprintf("%s/layers", dir);
	char *cfg = grub_boot_cfg(g->role->name, g->image);
	unsigned int i;

	if (mkdir(dir, 0755) || mkdir(layers, 0755))
		die("%s:", dir);
	take_layer(g, dir, &g->m->layers[g->role->base]);
	for (i = 0; i < g->role->n_overlays; i++)
		take_layer(g, dir, &g->m->layers[g->role->overlays[i]]);
	take(g, dir, "files", "files");
	for (i = 0; i < 2; i++)
		take(g, dir, tree_boot_names[i], tree_boot_names[i]);
	put(dir, "boot.cfg", cfg, strlen(cfg));
	put(dir, "manifest.cms", g->cms, g->cms_size);
	put_signatures(g, dir);
	disk_flush(layers);
	disk_flush(dir);
	free(cfg);
	free(layers);
}

int stage_release(struct get *g, struct fetch_error *e)
{
	char *parent = update_path(g->u, "releases");
	char *tmp = update_path(g->u, "releases/.new");
	char *dir = update_path(g->u, "releases/%llu",
				(unsigned long long)g->m->serial);
	int err = 0;

	if (mkdir(parent, 0755) && errno != EEXIST)
		die("%s:", parent);
	outfile_remove(tmp);
	fill(g, tmp);
	/* one of that name that is broken changes places, and goes */
	if (renameat2(AT_FDCWD, tmp, AT_FDCWD, dir, RENAME_EXCHANGE) &&
	    rename(tmp, dir))
		die("%s: rename:", dir);
	outfile_remove(tmp);
	disk_flush(parent);
	disk_settle(g->u->boot);
	err = releases_check(g->u, g->m->serial, e);
	/* nothing points to it yet */
	if (err)
		outfile_remove(dir);
	free(dir);
	free(tmp);
	free(parent);
	return err;
}
