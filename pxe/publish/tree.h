/* SPDX-License-Identifier: MIT */
/*
 * tree.h - the publish tree: immutable files named by their digest, put in
 * place whole or not at all. A file that is there with the right size is left
 * as it is, so that publishing again touches nothing that did not change.
 */
#ifndef PUBLISH_TREE_H
#define PUBLISH_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/digest.h"

/* A file mapped for reading; dies naming it. */
struct tree_map {
	const uint8_t *p;
	size_t size;
};

void tree_map(struct tree_map *m, const char *path);
void tree_unmap(struct tree_map *m);

/* tree_link - @to becomes @from, by hard link or copy, unless it is there
 * with the same size. */
void tree_link(const char *from, const char *to);

/* tree_holds - is @path a file of exactly these bytes? */
bool tree_holds(const char *path, const void *p, size_t size);

/* tree_put - @to becomes these bytes unless it holds them. */
void tree_put(const char *to, const void *p, size_t size);

#endif
