/* SPDX-License-Identifier: MIT */
/* make.h - one base on its way, and where its files go. */
#ifndef BASEFS_MAKE_H
#define BASEFS_MAKE_H

#include "host/pkglist.h"
#include "from.h"
#include "recipe.h"

struct work {
	struct recipe recipe;
	char *dir; /* build/bases/NAME */
	char *image, *info, *log;
	char *keys, *packages, *spdx; /* beside the image */
	char *scratch;
	unsigned int jobs;
	bool force, offline, json, no_lock;
	struct pkglist *lock; /* base.lock, or NULL */
	bool dated;
	uint32_t epoch;
};

/* make_from - pack what exists, after from_look(). make_build - by the recipe,
 * when something changed. Both return an exit status, or die. */
int make_from(struct work *w, struct from *from);
int make_build(struct work *w);

#endif
