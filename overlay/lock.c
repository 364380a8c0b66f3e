/* SPDX-License-Identifier: MIT */
/* lock.c - a build from exactly the packages of role.lock. */
#include <stdlib.h>
#include <string.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/pkgrepo.h"
#include "host/sqread.h"
#include "lock.h"

#define LIST_MAX (1u << 20)
#define ARCHIVES "/var/cache/apt/archives" /* the cache, seen from inside */

struct finder {
	struct sqread *image;
	char **uris;
};

static void one_list(struct finder *f, const char *path)
{
	char *real = sqread_resolve(f->image, path);
	char *text = real ? sqread_file(f->image, real, LIST_MAX, NULL) : NULL;

	f->uris = pkgrepo_uris(f->uris, text);
	free(text);
	free(real);
}

static int one_part(void *user, const char *name, mode_t mode)
{
	char *path = xasprintf("etc/apt/sources.list.d/%s", name);

	one_list(user, path);
	free(path);
	return 0;
}

/* Archives that the base names; where it names none, Debian's own. */
static char **base_uris(const struct base *base)
{
	static const char debian[] = "http://deb.debian.org/debian "
				     "http://deb.debian.org/debian-security";
	const char *why = "";
	struct finder f = {sqread_open(base->image, &why), NULL};

	if (!f.image)
		die("base %s: %s:", base->name, why);
	one_list(&f, "etc/apt/sources.list");
	sqread_each(f.image, "etc/apt/sources.list.d", one_part, &f);
	sqread_close(f.image);
	return f.uris[0] ? f.uris : pkgrepo_uris(f.uris, debian);
}

static struct pkgrepo repo(const struct build *b, char *what, char *debs)
{
	return (struct pkgrepo){.what = what,
				.lock = b->lock,
				.debs = debs,
				.offline = b->offline};
}

void lock_open(struct build *b)
{
	char *path = xasprintf("%s/role.lock", b->role->dir);
	char *what = xasprintf("role %s", b->role->name);
	char *debs = xasprintf("%s/debs", b->cache);
	struct pkglist *l = xcalloc(1, sizeof(*l));
	struct pkgrepo r;

	if (!pkglist_read(l, path)) {
		pkglist_lockable(l, path);
		b->lock = l;
		r = repo(b, what, debs);
		r.uris = base_uris(b->base);
		pkgrepo_fetch(&r);
		info("overlay %s: %zu packages by its lock", b->role->name,
		     l->n);
	}
	free(debs);
	free(what);
	free(path);
}

void lock_place(const struct build *b)
{
	static const char list[] =
		"deb [trusted=yes] file:" BUILD_INSIDE "/locked ./\n";
	char *what = xasprintf("role %s", b->role->name);
	char *debs = xasprintf("%s/debs", b->cache);
	struct pkgrepo r = repo(b, what, debs);

	if (b->lock) {
		pkgrepo_make(&r, "locked", ARCHIVES);
		outfile_put("locked/sources.list", 0644, list, strlen(list));
	}
	free(debs);
	free(what);
}

const char *lock_conf(const struct build *b)
{
	return b->lock ? "Dir::Etc::SourceList \"" BUILD_INSIDE
			 "/locked/sources.list\";\n"
			 "Dir::Etc::SourceParts \"/dev/null\";\n"
		       : "";
}
