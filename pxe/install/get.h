/* SPDX-License-Identifier: MIT */
/* get.h - a release onto this disk, most of it from this disk. */
#ifndef INSTALL_GET_H
#define INSTALL_GET_H

#include "mirror.h"

struct get {
	struct update *u;
	struct mirror *mirror;
	const struct manifest *m;
	const struct manifest_role *role; /* its layers */
	struct span image;		  /* tree_choose() */
	const char *cms;
	size_t cms_size;
	struct cosign *signatures; /* the further ones of it */
	/* what it took */
	uint64_t total; /* bytes of all its files */
	uint64_t local; /* of them, from this disk */
};

/*
 * get_release - fetch what this disk lacks of the release, prove all of it,
 * and give it its name, slipway/releases/SERIAL, once it is on the disk. What
 * is proven stays in slipway/partial when it is interrupted. 0, or -EPROTO
 * with @e; nothing that boots has changed either way.
 */
int get_release(struct get *g, struct fetch_error *e);

#endif
