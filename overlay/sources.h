/* SPDX-License-Identifier: MIT */
/*
 * sources.h - roles/ROLE/sources: what hooks need from elsewhere, each named
 * by what it must be, so that a cached one is as good as a fetched one.
 *
 *	NAME git URL COMMIT	a tree, the commit's 40 or 64 digits
 *	NAME tar URL SHA256	a tree, unpacked
 *	NAME file URL SHA256	one file
 */
#ifndef OVERLAY_SOURCES_H
#define OVERLAY_SOURCES_H

#include <stdbool.h>
#include "role.h"

struct source {
	char *name, *kind, *url, *id;
	char *at; /* in the cache; set by sources_fetch() */
};

/* sources_read - of @r's file, ending with a NULL name; malloc-ed. Dies with
 * file and line. */
struct source *sources_read(const struct role *r);

/* sources_fetch - have all in @cache/sources, checked. Dies naming the source
 * and why; with @offline nothing is asked for. */
void sources_fetch(const struct role *r, struct source *list, const char *cache,
		   bool offline);

/* sources_place - put all into the directory @dir, under their names. */
void sources_place(const struct source *list, const char *dir);

#endif
