/* SPDX-License-Identifier: MIT */
/* lock.c - a base from exactly the packages of its lock. */
#include <stdlib.h>
#include <string.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/pkgrepo.h"
#include "host/spawn.h"
#include "host/spdx.h"
#include "host/sqread.h"
#include "cache.h"
#include "inside.h"
#include "lock.h"

#define STATUS_MAX (256u << 20)

void lock_open(struct work *w)
{
	char *path = xasprintf("%s/base.lock", w->recipe.dir);
	struct pkglist *l = xcalloc(1, sizeof(*l));

	if (!w->no_lock && !pkglist_read(l, path)) {
		pkglist_lockable(l, path);
		if (!l->date)
			die("%s: no line 'date SECONDS': 'slipway lock %s' makes it anew",
			    path, w->recipe.name);
		w->lock = l;
		if (!w->dated)
			w->epoch = l->date;
		w->dated = true;
	}
	free(path);
}

char *lock_place(const struct work *w)
{
	char *dir = xasprintf("%s/locked", w->scratch);
	char *what = xasprintf("base %s", w->recipe.name);
	char *cache = site_cache(), *debs = xasprintf("%s/debs", cache);
	struct pkgrepo r = {.what = what,
			    .lock = w->lock,
			    .debs = debs,
			    .offline = w->offline};

	spawn_need("dpkg-deb", "dpkg");
	r.uris = xcalloc(w->recipe.n_archives + 1, sizeof(*r.uris));
	for (size_t i = 0; i < w->recipe.n_archives; i++)
		r.uris[i] = w->recipe.archives[i].uri;
	site_mkdirs(debs);
	site_mkdirs(dir);
	pkgrepo_fetch(&r);
	pkgrepo_make(&r, dir, debs);
	info("base %s: %zu packages by its lock", w->recipe.name, w->lock->n);
	free(r.uris);
	free(debs);
	free(cache);
	free(what);
	return dir;
}

/* A lock is complete: nothing else may have come in, nothing stayed out. */
static void check_lock(const struct work *w, struct pkglist *l)
{
	for (size_t i = 0; i < l->n; i++) {
		struct pkg *p = &l->list[i];
		const struct pkg *q = pkglist_find(w->lock, p->name, p->arch);

		if (!q || strcmp(q->version, p->version))
			die("base %s: package %s %s is not of its lock",
			    w->recipe.name, p->name, p->version);
		p->sha256 = q->sha256;
		p->filename = q->filename;
	}
	for (size_t i = 0; i < w->lock->n; i++)
		if (!pkglist_find(l, w->lock->list[i].name,
				  w->lock->list[i].arch))
			die("base %s: package %s of its lock did not come in: 'slipway lock %s' makes it anew",
			    w->recipe.name, w->lock->list[i].name,
			    w->recipe.name);
}

void lock_spdx(const struct work *w)
{
	char *name = xasprintf("base-%s", w->recipe.name);
	char digest[DIGEST_HEX + 1];
	struct pkglist l;
	struct spdx s = {.name = name,
			 .file = "base.squashfs",
			 .digest = digest,
			 .suite = w->recipe.suite,
			 .packages = &l};

	if (pkglist_read(&l, w->packages))
		die("%s: not there", w->packages);
	s.created = l.date;
	hash_file_hex(w->image, digest, NULL);
	spdx_write(&s, w->spdx);
	free(name);
}

static void from_image(const struct work *w, struct pkglist *l)
{
	const char *why = "";
	struct sqread *sq = sqread_open(w->image, &why);
	char *real, *text;

	if (!sq)
		die("%s: %s:", w->image, why);
	real = sqread_resolve(sq, "var/lib/dpkg/status");
	text = real ? sqread_file(sq, real, STATUS_MAX, NULL) : NULL;
	pkglist_status(l, text);
	free(text);
	free(real);
	sqread_close(sq);
}

void lock_packages(const struct work *w, uint32_t created)
{
	char *from = xasprintf("%s/" INSIDE_PACKAGES, w->scratch);
	struct pkglist l;

	if (pkglist_read(&l, from))
		from_image(w, &l);
	l.date = created;
	if (w->lock)
		check_lock(w, &l);
	pkglist_write(&l, w->packages);
	lock_spdx(w);
	free(from);
}
