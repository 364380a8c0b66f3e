/* SPDX-License-Identifier: MIT */
/*
 * walk.h - every entry below a directory of one file system, without
 * recursion and without memory of its own.
 */
#ifndef WALK_H
#define WALK_H

#include <stdbool.h>

#define WALK_DEPTH_MAX 40

/*
 * Called for each entry: @dir is the open directory, @type a DT_ value. A
 * directory comes twice, the second time (@left) after all inside it. What is
 * not zero stops the walk and is returned.
 */
typedef int (*walk_fn)(void *user, int dir, const char *name, int type,
		       bool left);

/*
 * walk_tree - walk what is below @root, which is not itself reported.
 *
 * Other file systems are reported and not entered. Returns 0, what @fn
 * returned, or -ELOOP below WALK_DEPTH_MAX; -errno when something could not be
 * read, though all else was walked.
 */
int walk_tree(const char *root, walk_fn fn, void *user);

/* walk_empty - remove all that can be below @root, of its file system only. */
void walk_empty(const char *root);

#endif
