// SPDX-License-Identifier: MIT
/* releases.c - the releases on this disk. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cosign.h"
#include "disk.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "releases.h"
#include "tree.h"

static int newest_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

uint64_t *releases_list(const struct update *u, size_t *n)
{
	char *path = update_path(u, "releases");
	uint64_t *list = NULL, serial;
	DIR *d = opendir(path);
	struct dirent *e;

	*n = 0;
	while (d && (e = readdir(d))) {
		if (text_u64(text_span(e->d_name), &serial) || !serial)
			continue;
		list = xrealloc(list, *n + 1, sizeof(*list));
		list[(*n)++] = serial;
	}
	if (d)
		closedir(d);
	if (*n)
		qsort(list, *n, sizeof(*list), newest_first);
	free(path);
	return list;
}

bool releases_have(const struct update *u, uint64_t serial)
{
	char *path =
		update_path(u, "releases/%llu", (unsigned long long)serial);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

static bool must_stay(const struct update *u, uint64_t serial)
{
	const struct state *s = &u->state;

	return serial == u->running || serial == s->good ||
	       serial == s->chosen || serial == s->pin || serial == u->env.once;
}

/* @skip is about to be removed. */
static void order_without(struct update *u, uint64_t skip)
{
	size_t n, i;
	uint64_t *list = releases_list(u, &n);

	u->env.n_order = 0;
	for (i = 0; i < n && u->env.n_order < GRUBENV_ORDER; i++)
		if (list[i] != skip)
			u->env.order[u->env.n_order++] = list[i];
	free(list);
}

void releases_order(struct update *u)
{
	order_without(u, 0);
}

static int get_signature(void *from, const char *rel, bool maybe,
			 struct cosign *c, struct cosign_file *f,
			 struct fetch_error *e)
{
	char *path = xasprintf("%s/%s", (const char *)from, rel);
	int err;

	f->p = outfile_slurp(path, COSIGN_MAX, &f->size);
	err = f->p ? cosign_check(c, f->p, f->size, e)
		   : fetch_fail(e, CODE_MEDIUM, "%s: cannot be read", path);
	free(path);
	return err;
}

int releases_manifest(const struct update *u, uint64_t serial,
		      struct manifest *m, char **cms, struct fetch_error *e)
{
	const struct bootargs args = {
		.has_serial = true,
		.serial = serial,
		.channel = text_span(u->channel ? u->channel : "")};
	struct cosign c = {.root = u->root, .root_size = u->root_size};
	struct policy policy = u->policy;
	struct trust t = {.root = u->root,
			  .root_size = u->root_size,
			  .policy = &policy,
			  .args = &args,
			  .signers = &c.signers};
	char *dir = update_path(u, "releases/%llu", (unsigned long long)serial);
	char *path = xasprintf("%s/manifest.cms", dir), warning[160];
	size_t size;
	int err;

	/* what is here may be past its date, but not below the floor */
	policy.stale_refuse = false;
	if (u->state.floor > policy.floor)
		policy.floor = u->state.floor;
	*cms = outfile_slurp(path, COSIGN_MAX, &size);
	err = *cms ? trust_manifest(&t, *cms, size, m, &c.text, warning, e)
		   : fetch_fail(e, CODE_MEDIUM, "%s: cannot be read", path);
	if (!err)
		err = cosign_need(&c, policy.signers, get_signature, dir, e);
	cosign_free(&c);
	free(path);
	free(dir);
	return err;
}

static int check_file(const char *path, const uint8_t *want,
		      struct fetch_error *e)
{
	uint8_t got[DIGEST_SIZE];
	uint64_t size;

	if (hash_file(path, got, &size))
		return fetch_fail(e, CODE_MEDIUM, "%s: cannot be read", path);
	if (!digest_equal(got, want))
		return fetch_fail(e, CODE_HASH,
				  "%s: digest differs from the signed one",
				  path);
	return 0;
}

static int check_layer(const struct update *u, uint64_t serial,
		       const struct manifest_layer *l, struct fetch_error *e)
{
	char *rel = tree_layer(l), *index = tree_index(l);
	char *path = update_path(u, "releases/%llu/%s",
				 (unsigned long long)serial, rel);
	char *list = update_path(u, "releases/%llu/%s",
				 (unsigned long long)serial, index);
	int err = check_file(path, l->digest, e);

	if (!err)
		err = check_file(list, l->index, e);
	free(list);
	free(path);
	free(index);
	free(rel);
	return err;
}

static int check_boot(const struct update *u, uint64_t serial,
		      const struct manifest_layer *base, struct fetch_error *e)
{
	char *path = update_path(u, "releases/%llu/files",
				 (unsigned long long)serial);
	size_t size;
	char *text = outfile_slurp(path, FILELIST_SIZE_MAX, &size);
	struct filelist_item it;
	int i, err = check_file(path, base->boot, e);

	for (i = 0; !err && i < 2; i++) {
		char *file = update_path(u, "releases/%llu/%s",
					 (unsigned long long)serial,
					 tree_boot_names[i]);

		if (!text || filelist_find((struct span){text, size},
					   tree_boot_names[i], &it))
			err = fetch_fail(e, CODE_MAN, "%s: names no %s", path,
					 tree_boot_names[i]);
		else
			err = check_file(file, it.digest, e);
		free(file);
	}
	free(text);
	free(path);
	return err;
}

/* boot.cfg is ours alone: it must say what the role of the layers is. */
int releases_check(const struct update *u, uint64_t serial,
		   struct fetch_error *e)
{
	static struct manifest m;
	const struct manifest_role *r;
	char *cms;
	unsigned int i;
	int err = releases_manifest(u, serial, &m, &cms, e);

	if (!err) {
		r = tree_stack_of(u, serial, &m);
		if (!r)
			err = fetch_fail(
				e, CODE_ROLE,
				"release %llu: boot.cfg names no role or image of its manifest",
				(unsigned long long)serial);
		else
			err = check_layer(u, serial, &m.layers[r->base], e);
		if (!err)
			err = check_boot(u, serial, &m.layers[r->base], e);
		for (i = 0; !err && i < r->n_overlays; i++)
			err = check_layer(u, serial, &m.layers[r->overlays[i]],
					  e);
	}
	free(cms);
	return err;
}

static void forget(struct update *u, uint64_t serial)
{
	char *path =
		update_path(u, "releases/%llu", (unsigned long long)serial);
	char *gone = update_path(u, "releases/.gone");
	char *env = update_path(u, "grubenv"), block[GRUBENV_SIZE];

	order_without(u, serial);
	if (!grubenv_print(&u->env, block))
		disk_overwrite(env, block, sizeof(block));
	outfile_remove(gone);
	if (rename(path, gone))
		die("%s: rename:", path);
	outfile_remove(gone);
	free(env);
	free(gone);
	free(path);
}

void releases_prune(struct update *u, unsigned int keep)
{
	size_t n, i, left;
	uint64_t *list = releases_list(u, &n);

	left = n;
	for (i = n; i-- && left > keep;)
		if (!must_stay(u, list[i])) {
			forget(u, list[i]);
			left--;
		}
	free(list);
}
