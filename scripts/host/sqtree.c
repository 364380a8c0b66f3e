// SPDX-License-Identifier: MIT
/*
 * sqtree.c - a squashfs image as a directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <sqfs/compressor.h>
#include <sqfs/data_reader.h>
#include <sqfs/dir_reader.h>
#include <sqfs/id_table.h>
#include <sqfs/inode.h>
#include <sqfs/io.h>
#include <sqfs/super.h>
#include <sqfs/xattr.h>
#include <sqfs/xattr_reader.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/progress.h"
#include "host/sqtree.h"

#define READ_SIZE (1u << 20)

struct unpack {
	const char *image;
	sqfs_super_t super;
	sqfs_file_t *file;
	sqfs_compressor_t *cmp;
	sqfs_id_table_t *ids;
	sqfs_dir_reader_t *dirs;
	sqfs_data_reader_t *data;
	sqfs_xattr_reader_t *xattrs;
	sqfs_tree_node_t *root;
	char **first; /* name of each inode number that was met */
	uint64_t done;
	char buf[READ_SIZE];
};

static void need(const struct unpack *u, bool ok)
{
	if (!ok)
		die("%s: not a squashfs image that can be read", u->image);
}

static void open_image(struct unpack *u)
{
	sqfs_compressor_config_t cfg;

	u->file = sqfs_open_file(u->image, SQFS_FILE_OPEN_READ_ONLY);
	if (!u->file)
		die("%s:", u->image);
	need(u,
	     !sqfs_super_read(&u->super, u->file) &&
		     !sqfs_compressor_config_init(&cfg, u->super.compression_id,
						  u->super.block_size,
						  SQFS_COMP_FLAG_UNCOMPRESS) &&
		     !sqfs_compressor_create(&cfg, &u->cmp));
	u->ids = sqfs_id_table_create(0);
	u->dirs = sqfs_dir_reader_create(&u->super, u->cmp, u->file, 0);
	u->data = sqfs_data_reader_create(u->file, u->super.block_size, u->cmp,
					  0);
	u->xattrs = sqfs_xattr_reader_create(0);
	need(u, u->ids && u->dirs && u->data && u->xattrs);
	need(u, !sqfs_id_table_read(u->ids, u->file, &u->super, u->cmp) &&
			!sqfs_data_reader_load_fragment_table(u->data,
							      &u->super) &&
			!sqfs_xattr_reader_load(u->xattrs, &u->super, u->file,
						u->cmp) &&
			!sqfs_dir_reader_get_full_hierarchy(u->dirs, u->ids,
							    NULL, 0, &u->root));
	u->first = xcalloc((size_t)u->super.inode_count + 1, sizeof(char *));
}

static void close_image(struct unpack *u)
{
	for (size_t i = 0; i <= u->super.inode_count; i++)
		free(u->first[i]);
	free(u->first);
	sqfs_dir_tree_destroy(u->root);
	sqfs_destroy(u->xattrs);
	sqfs_destroy(u->data);
	sqfs_destroy(u->dirs);
	sqfs_destroy(u->ids);
	sqfs_destroy(u->cmp);
	sqfs_destroy(u->file);
	free(u);
}

static void write_at(const char *path, int fd, const char *p, size_t n,
		     uint64_t at)
{
	while (n) {
		ssize_t got = pwrite(fd, p, n, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			die("%s:", path);
		p += got;
		n -= got;
		at += got;
	}
}

/* A run of zeros is left as a hole, as the image has it. */
static bool zeros(const char *p, size_t n)
{
	return n && !*p && !memcmp(p, p + 1, n - 1);
}

static void regular(struct unpack *u, const sqfs_inode_generic_t *inode,
		    const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	sqfs_u64 size = 0, at = 0;

	if (fd < 0)
		die("%s:", path);
	need(u, !sqfs_inode_get_file_size(inode, &size));
	while (at < size) {
		sqfs_s32 n = sqfs_data_reader_read(u->data, inode, at, u->buf,
						   sizeof(u->buf));

		need(u, n > 0);
		if (!zeros(u->buf, n))
			write_at(path, fd, u->buf, n, at);
		at += n;
	}
	if (ftruncate(fd, size) || close(fd))
		die("%s:", path);
	u->done += size;
	progress("unpacking the base", u->done, 0);
}

static void symbolic(const sqfs_inode_generic_t *inode, const char *path)
{
	uint32_t size = inode->base.type == SQFS_INODE_SLINK
				? inode->data.slink.target_size
				: inode->data.slink_ext.target_size;
	char *target = xasprintf("%.*s", (int)size, (const char *)inode->extra);

	if (symlink(target, path))
		die("%s:", path);
	free(target);
}

void sqtree_node(const char *path, mode_t mode, unsigned int maj,
		 unsigned int min)
{
	char *text;
	int fd;

	if (!mknod(path, mode, makedev(maj, min)))
		return;
	if (errno != EPERM)
		die("%s:", path);
	text = xasprintf("%c %u %u", S_ISCHR(mode) ? 'c' : 'b', maj, min);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || close(fd) ||
	    setxattr(path, SQTREE_NODE, text, strlen(text), XATTR_CREATE))
		die("%s: in place of a device node:", path);
	free(text);
}

/* squashfs numbers devices as Linux does: 12 bits, 20 in two parts. */
static void device(const sqfs_inode_generic_t *inode, const char *path)
{
	bool ext = inode->base.type >= SQFS_INODE_EXT_DIR;
	uint32_t no = ext ? inode->data.dev_ext.devno : inode->data.dev.devno;

	sqtree_node(path, inode->base.mode, (no >> 8) & 0xfff,
		    (no & 0xff) | ((no >> 12) & 0xfff00));
}

static void attributes(struct unpack *u, const sqfs_inode_generic_t *inode,
		       const char *path)
{
	sqfs_xattr_value_t *value;
	sqfs_xattr_entry_t *key;
	sqfs_xattr_id_t desc;
	sqfs_u32 index = 0xffffffff;

	sqfs_inode_get_xattr_index(inode, &index);
	if (index == 0xffffffff)
		return;
	need(u, !sqfs_xattr_reader_get_desc(u->xattrs, index, &desc) &&
			!sqfs_xattr_reader_seek_kv(u->xattrs, &desc));
	for (uint32_t i = 0; i < desc.count; i++) {
		need(u, !sqfs_xattr_reader_read_key(u->xattrs, &key) &&
				!sqfs_xattr_reader_read_value(u->xattrs, key,
							      &value));
		if (lsetxattr(path, (const char *)key->key, value->value,
			      value->size, 0))
			die("%s: attribute %s:", path, (const char *)key->key);
		sqfs_free(key);
		sqfs_free(value);
	}
}

/* Owner before mode and capabilities: chown takes both away. */
static void inode_facts(struct unpack *u, const sqfs_tree_node_t *n,
			const char *path)
{
	const sqfs_inode_generic_t *inode = n->inode;
	const struct timespec t[2] = {{.tv_sec = inode->base.mod_time},
				      {.tv_sec = inode->base.mod_time}};

	if (lchown(path, n->uid, n->gid))
		die("%s: owner %u:%u:", path, n->uid, n->gid);
	attributes(u, inode, path);
	if (!S_ISLNK(inode->base.mode) && chmod(path, inode->base.mode & 07777))
		die("%s:", path);
	if (utimensat(AT_FDCWD, path, t, AT_SYMLINK_NOFOLLOW))
		die("%s:", path);
}

/* Was this very file made by another name? */
static bool linked(struct unpack *u, const sqfs_inode_generic_t *inode,
		   const char *path)
{
	uint32_t no = inode->base.inode_number;

	need(u, no <= u->super.inode_count);
	if (!u->first[no]) {
		u->first[no] = xstrdup(path);
		return false;
	}
	if (link(u->first[no], path))
		die("%s:", path);
	return true;
}

static void make(struct unpack *u, const sqfs_tree_node_t *n, const char *path)
{
	mode_t mode = n->inode->base.mode;

	if (linked(u, n->inode, path))
		return;
	if (S_ISREG(mode))
		regular(u, n->inode, path);
	else if (S_ISLNK(mode))
		symbolic(n->inode, path);
	else if (S_ISCHR(mode) || S_ISBLK(mode))
		device(n->inode, path);
	else if (mknod(path, mode, 0)) /* fifo, socket */
		die("%s:", path);
	inode_facts(u, n, path);
}

/* A directory's date is the last thing: what is made in it changes it. */
static void folder(struct unpack *u, const sqfs_tree_node_t *dir,
		   const char *at)
{
	for (const sqfs_tree_node_t *n = dir->children; n; n = n->next) {
		char *path = xasprintf("%s/%s", at, (const char *)n->name);

		if (!S_ISDIR(n->inode->base.mode)) {
			make(u, n, path);
		} else {
			if (mkdir(path, 0700))
				die("%s:", path);
			folder(u, n, path);
		}
		free(path);
	}
	inode_facts(u, dir, at);
}

void sqtree_unpack(const char *image, const char *dir)
{
	struct unpack *u = xcalloc(1, sizeof(*u));

	u->image = image;
	open_image(u);
	folder(u, u->root, dir);
	progress_end();
	close_image(u);
}
