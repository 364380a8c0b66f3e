// SPDX-License-Identifier: MIT
/*
 * drivers.c - the core initrd of a base and its driver archives. Many NICs
 * share an archive: it lies there once, and a link with the name of each NIC
 * leads to it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "drivers.h"
#include "signing.h"
#include "tree.h"

void drivers_collect(struct release_boot *b, const struct site *site)
{
	b->core = site_path(site, "build/initrd/%s/core.img", b->base);
	b->info = site_path(site, "build/initrd/%s/drivers.info", b->base);
	if (!access(b->core, R_OK) && !ini_read(&b->drivers, b->info))
		return;
	free(b->core);
	free(b->info);
	b->core = b->info = NULL;
}

/* A name of drivers.info is one of a file, and of nothing else. */
static void check_name(const struct ini *ini, const struct ini_item *it,
		       const char *name)
{
	if (!text_name_ok(text_span(name)))
		die("%s:%u: '%s' is no name", ini->path, it->line, name);
}

static void place_archive(const struct site *site, const struct signing *g,
			  const struct release_boot *b,
			  const struct ini_item *it, const char *drv)
{
	char *from =
		site_path(site, "build/initrd/%s/drv/%s.img", b->base, it->key);
	char *name = xasprintf("%s.img", it->key), hex[DIGEST_HEX + 1];
	uint64_t size;

	check_name(&b->drivers, it, it->key);
	hash_file_hex(from, hex, &size);
	if (strncmp(hex, it->value, DIGEST_HEX))
		die("%s: is not what was packed; run 'slipway initrd --force %s'",
		    from, b->base);
	place_signed(g, from, drv, name);
	free(name);
	free(from);
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* A signature may have been made anew: the link must lead to that. */
static void link_as(const char *drv, const char *name, const char *id,
		    const char *end)
{
	char *from = xasprintf("%s/%s%s", drv, name, end);
	char *to = xasprintf("%s/%s%s", drv, id, end);

	if (!same_file(from, to)) {
		unlink(to);
		tree_link(from, to);
	}
	free(to);
	free(from);
}

static void link_id(const struct ini *ini, const struct ini_item *it,
		    const char *drv)
{
	check_name(ini, it, it->key);
	check_name(ini, it, it->value);
	link_as(drv, it->value, it->key, ".img");
	link_as(drv, it->value, it->key, ".img.sig");
}

void drivers_place(const struct site *site, const struct signing *g,
		   const struct release_boot *b, const char *dir)
{
	const struct ini *ini = &b->drivers;
	char *drv = xasprintf("%s/drv", dir);
	size_t i;

	site_mkdirs(drv);
	place_signed(g, b->core, dir, "core.img");
	for (i = 0; i < ini->n; i++)
		if (!strcmp(ini->items[i].section, "archives"))
			place_archive(site, g, b, &ini->items[i], drv);
	/* what is signed later, is linked then */
	for (i = 0; !g->ask && i < ini->n; i++)
		if (!strcmp(ini->items[i].section, "ids"))
			link_id(ini, &ini->items[i], drv);
	free(drv);
}

void drivers_remove(const char *dir)
{
	static const char *const parts[] = {"core.img", "core.img.sig", "drv"};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		char *path = xasprintf("%s/%s", dir, parts[i]);

		outfile_remove(path);
		free(path);
	}
}
