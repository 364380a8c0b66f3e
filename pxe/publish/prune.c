// SPDX-License-Identifier: MIT
/*
 * prune.c - remove what the last releases do not name. A name is looked for
 * as text: the signed manifest is inside the CMS file as it is, and every
 * immutable file's name is a digest.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/cms.h"
#include "format/cmsshape.h"
#include "format/manifest.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "drivers.h"
#include "prune.h"
#include "tree.h"

struct texts {
	size_t n;
	struct {
		char *p;
		size_t size;
	} * list;
};

static bool names(const struct texts *t, const char *hex)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (memmem(t->list[i].p, t->list[i].size, hex, DIGEST_HEX))
			return true;
	return false;
}

static void add(struct texts *t, const char *path)
{
	size_t size;
	char *p = outfile_slurp(path, MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX,
				&size);

	if (!p)
		die("%s: cannot read:", path);
	t->list = xrealloc(t->list, t->n + 1, sizeof(*t->list));
	t->list[t->n].p = p;
	t->list[t->n++].size = size;
}

static int newest_first(const struct dirent **a, const struct dirent **b)
{
	unsigned long long x = strtoull((*a)->d_name, NULL, 10);
	unsigned long long y = strtoull((*b)->d_name, NULL, 10);

	return x < y ? 1 : x > y ? -1 : 0;
}

static int is_copy(const struct dirent *d)
{
	const char *dot = strchr(d->d_name, '.');

	return dot && dot != d->d_name && !strcmp(dot, ".cms") &&
	       strspn(d->d_name, "0123456789") == (size_t)(dot - d->d_name);
}

/* Manifests of the last @keep releases; copies of older ones are removed. */
static void add_manifests(struct texts *t, const struct site *site,
			  unsigned int keep)
{
	char *dir = site_path(site, "state/manifests"), *path;
	struct dirent **list;
	int i, n = scandir(dir, &list, is_copy, newest_first);

	if (n < 0)
		die("%s:", dir);
	for (i = 0; i < n; i++) {
		path = xasprintf("%s/%s", dir, list[i]->d_name);
		if ((unsigned int)i < keep)
			add(t, path);
		else
			unlink(path);
		free(path);
		free(list[i]);
	}
	free(list);
	free(dir);
}

/* What machines boot now: of the site, and of each channel. */
static void add_current(struct texts *t, const struct site *site)
{
	char **names = site_list(site, "public/channels", "manifest.cms"),
	     **name, *path = site_path(site, "public/manifest.cms");

	if (!access(path, R_OK))
		add(t, path);
	free(path);
	for (name = names; *name; name++) {
		path = site_path(site, "public/channels/%s/manifest.cms",
				 *name);
		add(t, path);
		free(path);
		free(*name);
	}
	free(names);
}

static void add_channel_scripts(struct texts *t, const struct site *site)
{
	char **names = site_list(site, "public/channels", "manifest.cms"),
	     **name, *path;

	for (name = names; *name; name++) {
		path = site_path(site, "public/boot-%s.ipxe", *name);
		if (!access(path, R_OK))
			add(t, path);
		free(path);
		free(*name);
	}
	free(names);
}

static bool is_digest_name(const char *name)
{
	return strspn(name, "0123456789abcdef") == DIGEST_HEX;
}

/* Signatures are named by the text that they are over. */
static bool is_signed_by(const struct texts *t, const char *name)
{
	char hex[DIGEST_HEX + 1];
	uint8_t digest[DIGEST_SIZE];
	struct cmsshape s;
	size_t i;

	for (i = 0; i < t->n; i++) {
		if (cmsshape_read(&s, t->list[i].p, t->list[i].size, NULL))
			continue;
		digest_of(s.content.p, s.content.n, digest);
		digest_hex(digest, hex);
		if (!strncmp(name, hex, DIGEST_HEX))
			return true;
	}
	return false;
}

/* Of what is named by a digest in a folder, only what is kept stays. */
static void prune_named(const struct texts *t, const char *tree,
			const char *folder,
			bool keep(const struct texts *t, const char *name))
{
	char *dir = xasprintf("%s/%s", tree, folder), *path;
	struct dirent *d;
	DIR *dp = opendir(dir);

	while (dp && (d = readdir(dp))) {
		if (!is_digest_name(d->d_name) || keep(t, d->d_name))
			continue;
		path = xasprintf("%s/%s", dir, d->d_name);
		unlink(path);
		free(path);
	}
	if (dp)
		closedir(dp);
	free(dir);
}

static void remove_boot(const char *dir)
{
	static const char *const files[] = {"files", "vmlinuz", "vmlinuz.sig",
					    "initrd.img", "initrd.img.sig"};
	char *path;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		path = xasprintf("%s/%s", dir, files[i]);
		unlink(path);
		free(path);
	}
	drivers_remove(dir);
	rmdir(dir);
}

static bool holds(const char *dir, const char *name, const char *root)
{
	char *path = xasprintf("%s/%s", dir, name);
	char *sig = xasprintf("%s.sig", path), *der;
	struct tree_map m;
	bool good = true;
	size_t size;

	if (!access(path, F_OK)) {
		der = outfile_slurp(sig, CMS_OVERHEAD_MAX, &size);
		tree_map(&m, path);
		good = der && !sign_check(root, der, size, m.p, m.size, true);
		tree_unmap(&m);
		free(der);
	}
	free(sig);
	free(path);
	return good;
}

static bool is_of(const struct release *r, const char *name)
{
	unsigned int i;

	for (i = 0; i < r->n_boots; i++)
		if (!strcmp(name, r->boots[i].hex))
			return true;
	return false;
}

void prune_unsigned(const struct release *r, const struct signing *g)
{
	char *dir = xasprintf("%s/boot", g->tree), *path;
	struct dirent *d;
	DIR *dp = opendir(dir);

	while (dp && (d = readdir(dp))) {
		if (!is_digest_name(d->d_name) || is_of(r, d->d_name))
			continue;
		path = xasprintf("%s/%s", dir, d->d_name);
		if (!holds(path, "vmlinuz", g->root) ||
		    !holds(path, "initrd.img", g->root) ||
		    !holds(path, "core.img", g->root)) {
			info("boot/%.12s: of another release, and its signatures hold no more: removed",
			     d->d_name);
			remove_boot(path);
		}
		free(path);
	}
	if (dp)
		closedir(dp);
	free(dir);
}

/* A machine that loaded the old script may still ask for the old kernel: the
 * script of the release before names it, kept beside the manifests. */
static void prune_boots(struct texts *t, const struct site *site,
			const char *tree, unsigned int keep)
{
	char *dir = xasprintf("%s/boot", tree), *path;
	struct dirent *d;
	DIR *dp = opendir(dir);
	unsigned int i;

	for (i = 0; i < keep; i++) {
		path = i ? site_path(site, "state/boot.ipxe.%u", i)
			 : xasprintf("%s/boot.ipxe", tree);
		if (!access(path, R_OK))
			add(t, path);
		free(path);
	}
	add_channel_scripts(t, site);
	while (dp && (d = readdir(dp))) {
		if (!is_digest_name(d->d_name) || names(t, d->d_name))
			continue;
		path = xasprintf("%s/%s", dir, d->d_name);
		remove_boot(path);
		free(path);
	}
	if (dp)
		closedir(dp);
	free(dir);
}

void prune(const struct site *site, const char *dir, unsigned int keep)
{
	struct texts named = {0};

	add_manifests(&named, site, keep);
	add_current(&named, site);
	prune_named(&named, dir, "layers", names);
	prune_named(&named, dir, "signatures", is_signed_by);
	/* manifests name boot files too, for machines that update a disk */
	prune_boots(&named, site, dir, keep);
}

void prune_keep_script(const struct site *site, const char *script,
		       unsigned int keep)
{
	char *from, *to;
	unsigned int i;

	for (i = keep; i > 1; i--) {
		from = site_path(site, "state/boot.ipxe.%u", i - 1);
		to = site_path(site, "state/boot.ipxe.%u", i);
		rename(from, to);
		free(from);
		free(to);
	}
	to = site_path(site, "state/boot.ipxe.1");
	unlink(to);
	if (link(script, to) && !access(script, F_OK))
		die("%s: cannot be kept:", script);
	free(to);
}
