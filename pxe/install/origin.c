// SPDX-License-Identifier: MIT
/* origin.c - a release out of a publish tree. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cosign.h"
#include "format/filelist.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/progress.h"
#include "host/proven.h"
#include "host/site.h"
#include "medium.h"
#include "origin.h"
#include "publish/source.h"
#include "rules.h"

#define BOOT_FILE_MAX (1ull << 30)

struct tree {
	const struct origin_want *w;
	struct load *l;
	struct source *source;
	char *dir; /* or NULL: a server's */
	void *root;
	size_t root_size;
	struct manifest m;
	struct proven bytes;
};

static void refused(const struct fetch_error *e)
{
	char name[24];

	progress_end();
	die("%s: %s", fetch_error_name(e, name), e->text);
}

/* A small object of the tree as a file, added as @to; its path, malloc-ed. */
static char *fetch_small(struct tree *t, const char *rel, size_t max,
			 const uint8_t *digest, size_t size)
{
	struct fetch_error e = {.code = CODE_NONE};
	const char *slash = strrchr(rel, '/');
	char *path;
	uint8_t *p;

	if (source_blob(t->source, rel, max, &p, &size, digest, &e))
		refused(&e);
	path = xasprintf("%s/%s", t->w->work, slash ? slash + 1 : rel);
	outfile_put(path, 0600, p, size);
	source_free(p, digest || t->dir ? size : max);
	return path;
}

static void add_small(struct tree *t, const char *rel, const char *to,
		      size_t max, const uint8_t *digest, size_t size)
{
	char *path = fetch_small(t, rel, max, digest, size);
	char hex[DIGEST_HEX + 1];

	if (digest)
		digest_hex(digest, hex);
	load_add(t->l, path, to, digest ? hex : NULL);
	free(path);
}

static void read_manifest(struct tree *t)
{
	char *path = fetch_small(t, "manifest.cms", COSIGN_MAX, NULL, 0);

	progress_end();
	if (!proven_read(&t->bytes, &t->m, path, t->root, t->root_size,
			 t->w->root))
		die("%s:", path);
	t->l->serial = t->m.serial;
	t->l->time = t->m.created;
	t->l->site = xasprintf("%.*s", (int)t->m.site.n, t->m.site.p);
	load_add(t->l, path, "manifest.cms", NULL);
	free(path);
}

/* The running initrd knows that of its own site. */
static unsigned int signers_wanted(const struct tree *t)
{
	char *path = rules_path("policy"), *text;
	struct policy p;
	unsigned int wanted = 1;
	struct fault f = {0};
	size_t size;

	text = outfile_slurp(path, POLICY_SIZE_MAX, &size);
	if (text && !policy_parse(&p, (struct span){text, size}, &f) &&
	    span_is(p.site, t->l->site))
		wanted = p.signers;
	free(text);
	free(path);
	return wanted;
}

static int get_signature(void *from, const char *rel, bool maybe,
			 struct cosign *c, struct cosign_file *f,
			 struct fetch_error *e)
{
	struct tree *t = from;
	uint8_t *p;
	int err;

	source_quick(t->source, maybe);
	err = source_blob(t->source, rel, COSIGN_MAX, &p, &f->size, NULL, e);
	source_quick(t->source, false);
	if (err)
		return err;
	f->p = xmalloc(f->size);
	memcpy(f->p, p, f->size);
	source_free(p, t->dir ? f->size : COSIGN_MAX);
	return cosign_check(c, f->p, f->size, e);
}

static void add_signatures(struct tree *t)
{
	struct cosign c = {.root = t->root,
			   .root_size = t->root_size,
			   .text = t->bytes.text};
	struct fetch_error e = {.code = CODE_NONE};
	char rel[TRUST_PATH_MAX], *path;
	unsigned int i;

	if (cosign_check(&c, t->bytes.cms, t->bytes.cms_size, &e) ||
	    cosign_need(&c, signers_wanted(t), get_signature, t, &e) ||
	    cosign_rest(&c, get_signature, t, &e))
		refused(&e);
	for (i = 0; i + 1 < c.signers.n; i++) {
		trust_cosign_path(c.text, i + 2, rel);
		path = xasprintf("%s/%s", t->w->work, strrchr(rel, '/') + 1);
		outfile_put(path, 0600, c.files[i].p, c.files[i].size);
		load_add(t->l, path, rel, NULL);
		free(path);
	}
	cosign_free(&c);
}

/* As the machine would be served: its role, and its image in a rollout. */
static const struct manifest_role *find_role(struct tree *t)
{
	static const char *names[1];
	const char *name = t->w->role;
	int i = name ? manifest_role(&t->m, text_span(name))
		     : manifest_role_of(&t->m, t->w->machine);
	int image;

	if (i < 0)
		die("role %s: not in the manifest; say --role",
		    name ? name : "of this site's machines");
	names[0] = xasprintf("%.*s", (int)t->m.roles[i].name.n,
			     t->m.roles[i].name.p);
	t->l->roles = names;
	t->l->n_roles = 1;
	image = manifest_image_of(&t->m, i, t->w->machine);
	if (image < 0)
		return &t->m.roles[i];
	t->l->image = t->m.images[image].name;
	return &t->m.images[image].is;
}

/* From a server, through the engine of the boot, into the work folder. */
static char *fetch_layer_file(struct tree *t, const char *rel,
			      const char *index_path,
			      const struct manifest_layer *m)
{
	struct fetch_error e = {.code = CODE_NONE};
	char *name = xasprintf("%.*s", (int)m->name.n, m->name.p);
	char *path = xasprintf("%s/%s", t->w->work, strrchr(rel, '/') + 1);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct fault f = {0};
	struct index ix;
	size_t size;
	char *raw = outfile_slurp(index_path, INDEX_SIZE_MAX, &size);

	if (fd < 0 || !raw || ftruncate(fd, m->size))
		die("%s:", path);
	if (index_open(&ix, raw, size, &f) || ix.layer_size != m->size) {
		fetch_fail(&e, CODE_INDEX, "%s: %s", name,
			   f.why ? f.why : "of another size");
		refused(&e);
	}
	if (source_into(t->source, rel, name, &ix, fd, &e))
		refused(&e);
	progress_end();
	close(fd);
	free(raw);
	free(name);
	return path;
}

static void add_layer(struct tree *t, unsigned int i)
{
	const struct manifest_layer *m = &t->m.layers[i];
	char hex[DIGEST_HEX + 1], *rel, *index, *path;

	digest_hex(m->digest, hex);
	index = xasprintf("layers/%s.index", hex);
	rel = xasprintf("layers/%s.%s", hex,
			m->kind == MANIFEST_BASE ? "squashfs" : "cpio.gz");
	add_small(t, index, index, m->index_size, m->index, m->index_size);
	path = t->dir ? xasprintf("%s/%s", t->dir, rel)
		      : fetch_layer_file(t, rel, t->l->files[t->l->n - 1].from,
					 m);
	load_add(t->l, path, rel, hex); /* the whole, under its digest */
	free(path);
	free(rel);
	free(index);
}

static bool has(const struct tree *t, const char *folder)
{
	char *path = t->dir ? xasprintf("%s/%svmlinuz", t->dir, folder) : NULL;
	bool there = path && !access(path, R_OK);

	free(path);
	return there;
}

/* Kernel and initrd, by the list of them that the manifest names: beside the
 * manifest in a disk's own release, in /boot of a medium (media/image.c), or
 * where they are published. */
static void add_boot(struct tree *t, const struct manifest_layer *base)
{
	static const char *const names[] = {"vmlinuz", "initrd.img"};
	char hex[DIGEST_HEX + 1], *dir, *medium, *text, *rel, *path;
	struct filelist_item it;
	size_t size, i;

	if (!base->has_boot)
		die("release %llu: names no kernel; publish with a newer slipway",
		    (unsigned long long)t->m.serial);
	digest_hex(base->boot, hex);
	dir = has(t, "") ? xstrdup("") : xasprintf("boot/%s/", hex);
	medium = xasprintf("../boot/%.*s/", (int)base->name.n, base->name.p);
	rel = xasprintf("%sfiles", dir);
	path = fetch_small(t, rel, FILELIST_SIZE_MAX, NULL, 0);
	load_add(t->l, path, "files", hex);
	text = outfile_slurp(path, FILELIST_SIZE_MAX, &size);
	free(path);
	free(rel);
	for (i = 0; i < 2; i++) {
		if (!text ||
		    filelist_find((struct span){text, size}, names[i], &it))
			die("E-MAN: %sfiles: names no %s", dir, names[i]);
		rel = xasprintf("%s%s", has(t, medium) ? medium : dir,
				names[i]);
		add_small(t, rel, names[i], BOOT_FILE_MAX, it.digest, it.size);
		free(rel);
	}
	free(text);
	free(medium);
	free(dir);
}

void origin_load(struct load *l, const struct origin_want *w)
{
	struct tree t = {.w = w, .l = l};
	const struct manifest_role *role;
	unsigned int i;

	memset(l, 0, sizeof(*l));
	digest_setup();
	t.root = anchors_read(w->root, &t.root_size);
	if (!strncmp(w->from, "LABEL=", 6))
		t.dir = medium_open(w->from);
	else if (!strstr(w->from, "://"))
		t.dir = xstrdup(w->from);
	t.source =
		t.dir ? source_dir(t.dir) : source_url(w->from, w->tls_roots);
	read_manifest(&t);
	add_signatures(&t);
	role = find_role(&t);
	add_layer(&t, role->base);
	for (i = 0; i < role->n_overlays; i++)
		add_layer(&t, role->overlays[i]);
	add_boot(&t, &t.m.layers[role->base]);
	source_close(t.source);
	free(t.root);
}
