/* SPDX-License-Identifier: MIT */
/*
 * tree.h - the names and attributes of an image while it is being packed, or
 * put together. File contents never are in memory.
 */
#ifndef HOST_TREE_H
#define HOST_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define TREE_PATH_MAX 4095
#define TREE_NAME_MAX 255
#define TREE_NO_XATTR UINT32_MAX

struct sqfs_inode_generic_t;

/* One file, whatever number of names it has. */
struct tree_inode {
	mode_t mode;
	uint32_t uid, gid, mtime;
	dev_t rdev;
	char *target; /* of a symlink */
	uint32_t nlink;
	uint32_t xattr;	 /* token of pack.c, or TREE_NO_XATTR */
	uint32_t number; /* in the image, from 1; 0: not yet */
	uint64_t ref;	 /* where the image has it; 0: not yet */
	uint64_t source; /* the caller's: where it came from */
	struct sqfs_inode_generic_t *data; /* of a regular file; pack.c's */
};

struct tree_node {
	struct tree_node *parent; /* NULL: the root */
	struct tree_inode *inode;
	void *index;		 /* tsearch(3) tree of what is inside */
	struct tree_node **kids; /* the same by name, after tree_sort */
	size_t n_kids, next;
	char name[];
};

struct tree {
	struct tree_node *root;
	uint64_t names;
};

/* tree_init - an empty root directory, 0755 root root. */
void tree_init(struct tree *t);

/*
 * tree_clean - @path without leading "/", "./", doubled and trailing slashes,
 * malloc-ed; "" is the root. NULL with errno: EINVAL (".."), ENAMETOOLONG.
 */
char *tree_clean(const char *path);

/*
 * tree_put - have @path (clean) name a new, zeroed inode of @mode.
 *
 * Missing parents are made, 0755 root root. A directory that is there already
 * keeps what is in it; another kind of file is replaced. NULL with errno:
 * ENOTDIR (a parent is none), EISDIR (a directory with something inside would
 * be replaced).
 */
struct tree_inode *tree_put(struct tree *t, const char *path, mode_t mode);

/*
 * tree_link - have @path name the file that @target names. 0, -ENOENT (no
 * @target), -EPERM (it is a directory), -EMLINK, and as tree_put.
 */
int tree_link(struct tree *t, const char *path, const char *target);

/* tree_find - the node at @path, or NULL with errno: ENOENT, ENOTDIR. */
struct tree_node *tree_find(struct tree *t, const char *path);

/*
 * tree_cut - take @n, not the root, and all that is in it out of the tree.
 * tree_empty - only what is in it.
 */
void tree_cut(struct tree *t, struct tree_node *n);
void tree_empty(struct tree *t, struct tree_node *n);

/* tree_path - where @n is, malloc-ed. */
char *tree_path(const struct tree_node *n);

/* tree_sort - fill in kids everywhere; nothing may be added after it. */
void tree_sort(struct tree *t);

/* tree_next - all nodes, each after what is in it, by name; NULL starts. */
struct tree_node *tree_next(struct tree *t, struct tree_node *at);

#endif
