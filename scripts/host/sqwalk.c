// SPDX-License-Identifier: MIT
/* sqwalk.c - every entry of a squashfs image, attributes and contents. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/alloc.h"
#include "host/sqimpl.h"
#include "host/sqread.h"

#define DEPTH_MAX   256
#define STREAM_SIZE (256u << 10)
#define NO_XATTR    0xffffffffu

/* libsquashfs has no type of that name: it is an inode that we own. */
struct sqread_file {
	sqfs_inode_generic_t *inode;
	uint64_t size;
};

struct walk {
	struct sqread *s;
	int (*fn)(void *user, const struct sqread_node *n);
	void *user;
};

struct child {
	char *name;
	sqfs_inode_generic_t *inode;
};

struct children {
	struct child *list;
	size_t n;
};

static uint32_t nlink_of(const sqfs_inode_generic_t *i)
{
	switch (i->base.type) {
	case SQFS_INODE_DIR:
		return i->data.dir.nlink;
	case SQFS_INODE_EXT_DIR:
		return i->data.dir_ext.nlink;
	case SQFS_INODE_EXT_FILE:
		return i->data.file_ext.nlink;
	case SQFS_INODE_SLINK:
	case SQFS_INODE_EXT_SLINK:
		return i->data.slink.nlink;
	case SQFS_INODE_BDEV:
	case SQFS_INODE_CDEV:
	case SQFS_INODE_EXT_BDEV:
	case SQFS_INODE_EXT_CDEV:
		return i->data.dev.nlink;
	case SQFS_INODE_FIFO:
	case SQFS_INODE_SOCKET:
	case SQFS_INODE_EXT_FIFO:
	case SQFS_INODE_EXT_SOCKET:
		return i->data.ipc.nlink;
	default: /* a plain file: more links need the other kind */
		return 1;
	}
}

static int open_xattrs(struct sqread *s)
{
	if (s->xattrs || s->super.flags & SQFS_FLAG_NO_XATTRS)
		return 0;
	s->xattrs = sqfs_xattr_reader_create(0);
	if (!s->xattrs)
		return -ENOMEM;
	return sqimpl_errno(
		sqfs_xattr_reader_load(s->xattrs, &s->super, s->file, s->cmp));
}

static int read_xattr(struct sqread *s, struct sqread_xattr *x)
{
	sqfs_xattr_entry_t *key;
	sqfs_xattr_value_t *value;

	if (sqfs_xattr_reader_read_key(s->xattrs, &key))
		return -EIO;
	if (sqfs_xattr_reader_read_value(s->xattrs, key, &value)) {
		sqfs_free(key);
		return -EIO;
	}
	x->name = xstrdup((const char *)key->key);
	x->size = value->size;
	x->value = xmalloc(x->size + 1);
	memcpy(x->value, value->value, x->size);
	sqfs_free(key);
	sqfs_free(value);
	return 0;
}

static void free_xattrs(struct sqread_xattr *list, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		free(list[i].name);
		free(list[i].value);
	}
	free(list);
}

static int read_xattrs(struct sqread *s, const sqfs_inode_generic_t *inode,
		       struct sqread_xattr **list, size_t *n)
{
	sqfs_xattr_id_t desc;
	sqfs_u32 index;
	int err = 0;

	*list = NULL;
	*n = 0;
	if (!s->xattrs || sqfs_inode_get_xattr_index(inode, &index) ||
	    index == NO_XATTR)
		return 0;
	if (sqfs_xattr_reader_get_desc(s->xattrs, index, &desc) ||
	    sqfs_xattr_reader_seek_kv(s->xattrs, &desc))
		return -EIO;
	while (*n < desc.count && !err) {
		*list = xrealloc(*list, *n + 1, sizeof(**list));
		err = read_xattr(s, *list + *n);
		*n += !err;
	}
	return err;
}

static int fill(struct sqread *s, const sqfs_inode_generic_t *i,
		struct sqread_node *n)
{
	sqfs_u64 size = 0;

	n->st.mode = i->base.mode;
	n->st.mtime = i->base.mod_time;
	n->ino = i->base.inode_number;
	n->nlink = nlink_of(i);
	if (sqfs_id_table_index_to_id(s->ids, i->base.uid_idx, &n->st.uid) ||
	    sqfs_id_table_index_to_id(s->ids, i->base.gid_idx, &n->st.gid))
		return -EIO;
	if (S_ISREG(n->st.mode) && sqfs_inode_get_file_size(i, &size))
		return -EIO;
	if (S_ISBLK(n->st.mode) || S_ISCHR(n->st.mode)) {
		n->major = major(i->data.dev.devno);
		n->minor = minor(i->data.dev.devno);
	}
	if (sqimpl_is_link(i)) {
		n->st.target = sqimpl_target(i);
		size = strlen(n->st.target);
	}
	n->st.size = size;
	return 0;
}

static struct sqread_file *keep(sqfs_inode_generic_t **inode, uint64_t size)
{
	struct sqread_file *f = xcalloc(1, sizeof(*f));

	f->inode = *inode;
	f->size = size;
	*inode = NULL;
	return f;
}

/* A file's inode goes to the callee, with the entry. */
static int tell(struct walk *w, const char *path, sqfs_inode_generic_t **inode)
{
	struct sqread_node n = {.path = path};
	struct sqread_xattr *xattrs = NULL;
	int err = fill(w->s, *inode, &n);

	if (!err)
		err = read_xattrs(w->s, *inode, &xattrs, &n.n_xattrs);
	n.xattrs = xattrs;
	if (!err && S_ISREG(n.st.mode))
		n.file = keep(inode, n.st.size);
	if (!err)
		err = w->fn(w->user, &n);
	free_xattrs(xattrs, n.n_xattrs);
	free(n.st.target);
	return err;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct child *)a)->name,
		      ((const struct child *)b)->name);
}

/* All of them first: the reader has one place, and children move it. */
static int list(struct sqread *s, const sqfs_inode_generic_t *dir,
		struct children *c)
{
	int err = sqfs_dir_reader_open_dir(s->dirs, dir, 0);
	sqfs_inode_generic_t *inode;
	sqfs_dir_entry_t *e;

	while (!err && !(err = sqfs_dir_reader_read(s->dirs, &e))) {
		err = sqfs_dir_reader_get_inode(s->dirs, &inode);
		if (!err) {
			c->list = xrealloc(c->list, c->n + 1, sizeof(*c->list));
			c->list[c->n].name = xstrdup((const char *)e->name);
			c->list[c->n++].inode = inode;
		}
		sqfs_free(e);
	}
	if (c->n)
		qsort(c->list, c->n, sizeof(*c->list), by_name);
	return err > 0 ? 0 : sqimpl_errno(err);
}

static int down(struct walk *w, const char *path, sqfs_inode_generic_t *dir,
		unsigned int depth)
{
	struct children c = {0};
	int err = depth > DEPTH_MAX ? -EIO : list(w->s, dir, &c);
	size_t i;

	for (i = 0; i < c.n; i++) {
		struct child *k = &c.list[i];
		char *at = xasprintf("%s%s%s", path, *path ? "/" : "", k->name);

		if (!err)
			err = tell(w, at, &k->inode);
		if (!err && k->inode && S_ISDIR(k->inode->base.mode))
			err = down(w, at, k->inode, depth + 1);
		sqfs_free(k->inode);
		free(k->name);
		free(at);
	}
	free(c.list);
	return err;
}

int sqread_walk(struct sqread *s,
		int (*fn)(void *user, const struct sqread_node *n), void *user)
{
	struct walk w = {.s = s, .fn = fn, .user = user};
	sqfs_inode_generic_t *root = NULL;
	int err = open_xattrs(s);

	if (!err)
		err = sqimpl_errno(
			sqfs_dir_reader_get_root_inode(s->dirs, &root));
	if (!err)
		err = tell(&w, "", &root);
	if (!err)
		err = down(&w, "", root, 0);
	sqfs_free(root);
	return err;
}

int sqread_stream(struct sqread *s, const struct sqread_file *f,
		  int (*fn)(void *user, const void *p, size_t size), void *user)
{
	char *buf = xmalloc(STREAM_SIZE);
	uint64_t at = 0;
	sqfs_s32 got;
	int err = 0;

	while (at < f->size && !err) {
		got = sqfs_data_reader_read(s->data, f->inode, at, buf,
					    f->size - at < STREAM_SIZE
						    ? f->size - at
						    : STREAM_SIZE);
		err = got > 0 ? fn(user, buf, got) : -EIO;
		at += got > 0 ? got : 0;
	}
	free(buf);
	return err;
}

void sqread_free(struct sqread_file *f)
{
	if (f)
		sqfs_free(f->inode);
	free(f);
}
