// SPDX-License-Identifier: MIT
/* get.c - a release onto this disk, most of it from this disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk.h"
#include "get.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/site.h"
#include "releases.h"
#include "seed.h"
#include "stage.h"
#include "tree.h"

#define BOOT_FILE_MAX (256u << 20)
#define BASE_RUNS     32 /* ranges of a base, so that all stays below 64 */
#define LAYERS	      (MANIFEST_OVERLAYS_MAX + 1)

static const struct manifest_layer *layer(const struct get *g, unsigned int i)
{
	return &g->m->layers[i ? g->role->overlays[i - 1] : g->role->base];
}

/* A file of some release that has this digest becomes @to as well. */
static bool link_from_disk(const struct get *g, const char *rel, const char *to,
			   const uint8_t *digest)
{
	uint8_t got[DIGEST_SIZE];
	size_t n, i;
	uint64_t *list = releases_list(g->u, &n), size;
	bool done = false;

	for (i = 0; i < n && !done; i++) {
		char *from = update_path(g->u, "releases/%llu/%s",
					 (unsigned long long)list[i], rel);

		if (!hash_file(from, got, &size) && digest_equal(got, digest)) {
			unlink(to);
			done = !link(from, to);
		}
		free(from);
	}
	free(list);
	return done;
}

/* @to holds @size bytes of @digest, from wherever. */
static int get_blob(struct get *g, const char *rel, const char *name,
		    const char *to, size_t size, const uint8_t *digest,
		    struct fetch_error *e)
{
	uint8_t got[DIGEST_SIZE];
	uint64_t there;
	size_t n = size;
	void *p;
	int err;

	if ((!hash_file(to, got, &there) && digest_equal(got, digest)) ||
	    link_from_disk(g, name, to, digest)) {
		g->local += size;
		return 0;
	}
	p = xmalloc(size ? size : 1);
	err = fetch_blob(&g->mirror->fetch, rel, p, size, &n, digest, NULL,
			 NULL, e);
	if (!err)
		disk_put(to, p, n);
	free(p);
	return err;
}

static int open_index(const struct manifest_layer *l, const char *path,
		      char **text, struct index *ix, struct fetch_error *e)
{
	struct fault f = {0};
	size_t size;

	*text = outfile_slurp(path, INDEX_SIZE_MAX, &size);
	if (!*text || index_open(ix, *text, size, &f))
		return fetch_fail(e, CODE_INDEX, "%s: %s", path,
				  f.why ? f.why : "cannot be read");
	if (ix->layer_size != l->size)
		return fetch_fail(e, CODE_INDEX,
				  "%s: another size than the manifest's", path);
	return 0;
}

static int open_partial(const char *path, uint64_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		die("%s:", path);
	return fd;
}

static int no_room(const struct get *g, uint64_t need, struct fetch_error *e)
{
	uint64_t room = disk_room(g->u->home);

	if (need <= room)
		return 0;
	return fetch_fail(
		e, CODE_SPACE,
		"%s: release %llu does not fit (expected %llu bytes, got %llu); lower --keep or remove one",
		g->u->home, (unsigned long long)g->m->serial,
		(unsigned long long)need, (unsigned long long)room);
}

/* One layer on its way: its file in partial/, and what of it is there. */
struct part {
	char *rel, *path, *index, *text;
	uint8_t *have;
	bool linked;
};

static void part_close(struct part *p, int fd)
{
	if (fd >= 0)
		close(fd);
	free(p->have);
	free(p->text);
	free(p->index);
	free(p->path);
	free(p->rel);
}

static int part_open(struct get *g, const struct manifest_layer *l,
		     const struct seed *s, struct part *p,
		     struct fetch_layer *f, uint64_t *missing,
		     struct fetch_error *e)
{
	char *rel = tree_index(l);
	int err;

	f->fd = -1;
	p->rel = tree_layer(l);
	p->path = update_path(g->u, "partial/%s", strrchr(p->rel, '/') + 1);
	p->index = update_path(g->u, "partial/%s", strrchr(rel, '/') + 1);
	err = get_blob(g, rel, rel, p->index, l->index_size, l->index, e);
	free(rel);
	if (!err)
		err = open_index(l, p->index, &p->text, &f->ix, e);
	if (err)
		return err;
	g->total += l->size + l->index_size;
	p->have = xcalloc(f->ix.n, 1);
	p->linked = link_from_disk(g, p->rel, p->path, l->digest);
	f->fd = open_partial(p->path, l->size);
	f->rel = p->rel;
	f->name = strrchr(p->rel, '/') + 1;
	f->proven = p->have;
	if (p->linked)
		memset(p->have, 1, f->ix.n);
	else
		*missing += seed_fill(s, &f->ix, f->fd, p->have);
	seed_join(&f->ix, p->have, l->kind == MANIFEST_BASE ? BASE_RUNS : 1);
	return 0;
}

static int get_layers(struct get *g, struct fetch_error *e)
{
	struct fetch_layer layers[LAYERS] = {0};
	struct part parts[LAYERS] = {0};
	unsigned int i, n = g->role->n_overlays + 1;
	uint64_t missing = 0, before = g->total;
	struct seed seed;
	int err = 0;

	seed_open(&seed, g->u);
	for (i = 0; i < n && !err; i++)
		err = part_open(g, layer(g, i), &seed, &parts[i], &layers[i],
				&missing, e);
	n = i;
	seed_close(&seed);
	if (!err)
		err = no_room(g, missing, e);
	if (!err)
		err = fetch_layers(&g->mirror->fetch, layers, n, NULL, e);
	if (!err)
		g->local += g->total - before - missing;
	for (i = 0; i < n; i++) {
		if (!err && fsync(layers[i].fd))
			die("%s: flush:", parts[i].path);
		part_close(&parts[i], layers[i].fd);
	}
	return err;
}

/* The list of the boot folder; malloc-ed *@text. */
static int get_list(struct get *g, const char *dir, char **text, size_t *size,
		    struct fetch_error *e)
{
	char *rel = xasprintf("%s/files", dir);
	int err;

	*text = xmalloc(FILELIST_SIZE_MAX);
	err = fetch_blob(&g->mirror->fetch, rel, *text, FILELIST_SIZE_MAX, size,
			 NULL, NULL, NULL, e);
	if (!err) {
		uint8_t got[DIGEST_SIZE];

		digest_of(*text, *size, got);
		if (!digest_equal(got, layer(g, 0)->boot))
			err = fetch_fail(
				e, CODE_HASH,
				"%s: digest differs from the signed one", rel);
	}
	if (!err) {
		char *to = update_path(g->u, "partial/files");

		disk_put(to, *text, *size);
		free(to);
	}
	free(rel);
	return err;
}

static int get_boot_file(struct get *g, const char *dir, struct span list,
			 const char *name, struct fetch_error *e)
{
	char *rel = xasprintf("%s/%s", dir, name);
	char *to = update_path(g->u, "partial/%s", name);
	struct filelist_item it;
	int err = 0;

	if (filelist_find(list, name, &it) || it.size > BOOT_FILE_MAX)
		err = fetch_fail(e, CODE_MAN, "%s/files: names no usable %s",
				 dir, name);
	if (!err)
		err = no_room(g, it.size, e);
	if (!err)
		err = get_blob(g, rel, name, to, it.size, it.digest, e);
	if (!err)
		g->total += it.size;
	free(to);
	free(rel);
	return err;
}

static int get_boot(struct get *g, struct fetch_error *e)
{
	char hex[DIGEST_HEX + 1], *dir, *text = NULL;
	size_t size = 0;
	int i, err;

	if (!layer(g, 0)->has_boot)
		return fetch_fail(
			e, CODE_MAN,
			"manifest: names no kernel for a disk; publish with a newer slipway");
	digest_hex(layer(g, 0)->boot, hex);
	dir = xasprintf("boot/%s", hex);
	err = get_list(g, dir, &text, &size, e);
	for (i = 0; !err && i < 2; i++)
		err = get_boot_file(g, dir, (struct span){text, size},
				    tree_boot_names[i], e);
	free(text);
	free(dir);
	return err;
}

int get_release(struct get *g, struct fetch_error *e)
{
	char *partial = update_path(g->u, "partial");
	int err;

	if (mkdir(partial, 0700) && errno != EEXIST)
		die("%s:", partial);
	err = get_layers(g, e);
	if (!err)
		err = get_boot(g, e);
	if (!err)
		err = mirror_signatures(g->mirror, g->signatures, e);
	if (!err)
		err = stage_release(g, e);
	if (!err)
		outfile_remove(partial);
	free(partial);
	return err;
}
