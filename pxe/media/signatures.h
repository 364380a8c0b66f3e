/* SPDX-License-Identifier: MIT */
/* signatures.h - the further signatures of a manifest, where machines ask for
 * more than one. */
#ifndef MEDIA_SIGNATURES_H
#define MEDIA_SIGNATURES_H

#include "archive.h"
#include "format/text.h"

/*
 * signatures_find - signature @n, from 2 on, of the manifest @text in the
 * publish tree @tree: its path, and in *@rel the name in a tree, both
 * malloc-ed; NULL, and *@rel untouched, when there is none.
 */
char *signatures_find(const char *tree, struct span text, unsigned int n,
		      char **rel);

/* signatures_add - all of them, below "tree/"; dies naming what failed. */
void signatures_add(struct archive *a, const char *tree, struct span text);

#endif
