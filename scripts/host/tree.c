/* SPDX-License-Identifier: MIT */
/* tree.c - the names and attributes of an image while it is being packed. */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/tree.h"

static int by_name(const void *a, const void *b)
{
	const struct tree_node *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static struct tree_inode *new_inode(mode_t mode)
{
	struct tree_inode *i = xcalloc(1, sizeof(*i));

	i->mode = mode;
	i->nlink = S_ISDIR(mode) ? 2 : 1;
	i->xattr = TREE_NO_XATTR;
	return i;
}

static struct tree_node *new_node(const char *name, size_t len)
{
	struct tree_node *n = xcalloc(1, sizeof(*n) + len + 1);

	memcpy(n->name, name, len);
	return n;
}

void tree_init(struct tree *t)
{
	memset(t, 0, sizeof(*t));
	t->root = new_node("", 0);
	t->root->inode = new_inode(S_IFDIR | 0755);
	t->names = 1;
}

char *tree_clean(const char *path)
{
	char *clean = xmalloc(strlen(path) + 1), *to = clean;
	size_t len;

	for (; *path; path += len) {
		path += strspn(path, "/");
		len = strcspn(path, "/");
		if (!len || (len == 1 && *path == '.'))
			continue;
		if (len == 2 && !memcmp(path, "..", 2)) {
			errno = EINVAL;
			goto refuse;
		}
		if (to != clean)
			*to++ = '/';
		memcpy(to, path, len);
		to += len;
		if (len > TREE_NAME_MAX || to - clean > TREE_PATH_MAX) {
			errno = ENAMETOOLONG;
			goto refuse;
		}
	}
	*to = '\0';
	return clean;
refuse:
	free(clean);
	return NULL;
}

static struct tree_node *child(struct tree_node *dir, const char *name,
			       size_t len)
{
	struct tree_node *key = new_node(name, len), **found;

	found = tfind(key, &dir->index, by_name);
	free(key);
	return found ? *found : NULL;
}

static struct tree_node *add_child(struct tree *t, struct tree_node *dir,
				   const char *name, size_t len)
{
	struct tree_node *n = new_node(name, len);

	n->parent = dir;
	if (!tsearch(n, &dir->index, by_name))
		return NULL;
	dir->n_kids++;
	t->names++;
	return n;
}

/*
 * The node at @path; with @make it and missing parents are made, itself
 * without an inode. NULL with errno.
 */
static struct tree_node *walk(struct tree *t, const char *path, bool make)
{
	struct tree_node *at = t->root, *next;
	size_t len;

	for (; *path; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		if (!at->inode)
			at->inode = new_inode(S_IFDIR | 0755);
		if (!S_ISDIR(at->inode->mode)) {
			errno = ENOTDIR;
			return NULL;
		}
		next = child(at, path, len);
		if (!next && !make) {
			errno = ENOENT;
			return NULL;
		}
		if (!next && !(next = add_child(t, at, path, len)))
			return NULL;
		at = next;
	}
	return at;
}

/* May what @n names give way to a file of @mode? 0 or -errno. */
static int may_replace(const struct tree_node *n, mode_t mode)
{
	if (!n->inode || !S_ISDIR(n->inode->mode) || S_ISDIR(mode))
		return 0;
	return n->n_kids || !n->parent ? -EISDIR : 0;
}

/* The old inode is not freed: workers may still be filling in its blocks. */
static void give(struct tree_node *n, struct tree_inode *inode)
{
	if (n->inode)
		n->inode->nlink--;
	n->inode = inode;
}

struct tree_inode *tree_put(struct tree *t, const char *path, mode_t mode)
{
	struct tree_node *n = walk(t, path, true);
	int err;

	if (!n)
		return NULL;
	err = may_replace(n, mode);
	if (err) {
		errno = -err;
		return NULL;
	}
	give(n, new_inode(mode));
	return n->inode;
}

int tree_link(struct tree *t, const char *path, const char *target)
{
	struct tree_node *from = walk(t, target, false), *n;
	int err;

	if (!from || !from->inode)
		return -ENOENT;
	if (S_ISDIR(from->inode->mode))
		return -EPERM;
	if (from->inode->nlink == UINT32_MAX)
		return -EMLINK;
	n = walk(t, path, true);
	if (!n)
		return -errno;
	if (n->inode == from->inode)
		return 0;
	err = may_replace(n, from->inode->mode);
	if (err)
		return err;
	give(n, from->inode);
	n->inode->nlink++;
	return 0;
}

struct tree_node *tree_find(struct tree *t, const char *path)
{
	return walk(t, path, false);
}

/* Inodes stay, as in give(). */
static void free_node(void *p)
{
	struct tree_node *n = p;

	if (n->inode)
		n->inode->nlink--;
	tdestroy(n->index, free_node);
	free(n->kids);
	free(n);
}

static void count(const void *at, VISIT which, void *closure)
{
	const struct tree_node *n = *(struct tree_node *const *)at;

	if (which == postorder || which == leaf) {
		++*(uint64_t *)closure;
		twalk_r(n->index, count, closure);
	}
}

void tree_empty(struct tree *t, struct tree_node *n)
{
	uint64_t names = 0;

	twalk_r(n->index, count, &names);
	t->names -= names;
	tdestroy(n->index, free_node);
	n->index = NULL;
	n->n_kids = 0;
}

void tree_cut(struct tree *t, struct tree_node *n)
{
	tree_empty(t, n);
	t->names--;
	n->parent->n_kids--;
	tdelete(n, &n->parent->index, by_name);
	free_node(n);
}

char *tree_path(const struct tree_node *n)
{
	size_t len = 0;
	const struct tree_node *at;
	char *path, *p;

	for (at = n; at->parent; at = at->parent)
		len += strlen(at->name) + 1;
	path = xcalloc(len + 1, 1);
	p = path + (len ? len - 1 : 0);
	for (at = n; at->parent; at = at->parent) {
		*p = at == n ? '\0' : '/';
		p -= strlen(at->name);
		memcpy(p, at->name, strlen(at->name));
		p--;
	}
	return path;
}

static void take(const void *at, VISIT which, void *closure)
{
	struct tree_node *n = *(struct tree_node *const *)at;
	struct tree_node *dir = closure;

	if (which == postorder || which == leaf)
		dir->kids[dir->next++] = n;
}

static void sort_dir(struct tree_node *dir)
{
	dir->kids = xcalloc(dir->n_kids, sizeof(*dir->kids));
	dir->next = 0;
	twalk_r(dir->index, take, dir);
	dir->next = 0;
	dir->inode->nlink = 2;
	for (size_t i = 0; i < dir->n_kids; i++)
		if (S_ISDIR(dir->kids[i]->inode->mode))
			dir->inode->nlink++;
}

/* Down to the first node with nothing inside that is still to come. */
static struct tree_node *descend(struct tree_node *n)
{
	while (n->next < n->n_kids)
		n = n->kids[n->next++];
	return n;
}

struct tree_node *tree_next(struct tree *t, struct tree_node *at)
{
	if (at == t->root)
		return NULL;
	at = descend(at ? at->parent : t->root);
	/* ready for the next round */
	at->next = 0;
	return at;
}

void tree_sort(struct tree *t)
{
	struct tree_node *n = t->root;

	sort_dir(n);
	while (n) {
		if (n->next == n->n_kids) {
			n->next = 0;
			n = n->parent;
			continue;
		}
		n = n->kids[n->next++];
		if (S_ISDIR(n->inode->mode))
			sort_dir(n);
	}
}
