/* SPDX-License-Identifier: MIT */
/*
 * ocitree.h - layers put over each other, names only: which entry of which
 * layer each path of the image is. Contents are read again afterwards, and
 * only of what is still there.
 */
#ifndef HOST_OCITREE_H
#define HOST_OCITREE_H

#include "oci.h"
#include "tree.h"

/*
 * ocitree_apply - put layer @i over @t: its ".wh." names take away what lower
 * layers have, then its entries come. A file in the place of a folder
 * replaces it with all that is in it. Dies on entries below what is no
 * folder, and on hard links to nothing.
 */
void ocitree_apply(struct tree *t, struct oci *o, unsigned int i);

/* One path. @source names the entry, as ocitree_source() does; 0: a folder
 * that no layer has an entry for. */
struct ocitree_name {
	char *path;
	uint64_t source;
	mode_t mode; /* S_IFMT only */
};

/* ocitree_names - all paths but the root in byte order, malloc-ed. */
size_t ocitree_names(struct tree *t, struct ocitree_name **names);
void ocitree_free(struct ocitree_name *names, size_t n);

/* ocitree_by_source - sort by source, then path; ocitree_by_path - back. */
void ocitree_by_source(struct ocitree_name *names, size_t n);
void ocitree_by_path(struct ocitree_name *names, size_t n);

/* ocitree_source - the entry @number, from 1, of layer @i. */
uint64_t ocitree_source(unsigned int i, uint64_t number);

/* ocitree_layer - which layer a source that is not 0 belongs to. */
unsigned int ocitree_layer(uint64_t source);

/* ocitree_at - the name at @path in what is sorted by path, or NULL. */
const struct ocitree_name *ocitree_at(const struct ocitree_name *names,
				      size_t n, const char *path);

/* ocitree_find - the first name of @source in what is sorted by it, or NULL. */
const struct ocitree_name *ocitree_find(const struct ocitree_name *names,
					size_t n, uint64_t source);

#endif
