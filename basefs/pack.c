/* SPDX-License-Identifier: MIT */
/* pack.c - the only writer of squashfs images; libsquashfs 1.x behind it. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <sqfs/block.h>
#include <sqfs/block_processor.h>
#include <sqfs/block_writer.h>
#include <sqfs/compressor.h>
#include <sqfs/dir_writer.h>
#include <sqfs/error.h>
#include <sqfs/frag_table.h>
#include <sqfs/id_table.h>
#include <sqfs/inode.h>
#include <sqfs/io.h>
#include <sqfs/meta_writer.h>
#include <sqfs/super.h>
#include <sqfs/xattr.h>
#include <sqfs/xattr_writer.h>
#include "host/alloc.h"
#include "host/error.h"
#include "pack.h"

#define BACKLOG_PER_JOB 10
#define FLUSH		(16u << 20)

struct pack {
	char *path;
	sqfs_super_t super;
	sqfs_file_t *file;
	int fd; /* of the same file */
	size_t unflushed;
	sqfs_compressor_t *cmp, *uncmp;
	sqfs_block_writer_t *blocks;
	sqfs_frag_table_t *frags;
	sqfs_block_processor_t *data;
	sqfs_id_table_t *ids;
	sqfs_xattr_writer_t *xattrs;
	sqfs_meta_writer_t *inodes, *entries;
	sqfs_dir_writer_t *dirs;
};

/* Every call of libsquashfs passes here: it goes on, or this is the end. */
static void check(const struct pack *p, int err, const char *what)
{
	if (err >= 0)
		return;
	if (err == SQFS_ERROR_IO && errno)
		die("%s: %s:", p->path, what);
	if (err == SQFS_ERROR_ALLOC)
		die("%s: %s: out of memory", p->path, what);
	die("%s: %s: libsquashfs error %d", p->path, what, err);
}

static void *made(const struct pack *p, void *object, const char *what)
{
	check(p, object ? 0 : SQFS_ERROR_ALLOC, what);
	return object;
}

static void open_compressor(struct pack *p, unsigned int level)
{
	sqfs_compressor_config_t cfg;

	check(p,
	      sqfs_compressor_config_init(&cfg, SQFS_COMP_ZSTD, PACK_BLOCK, 0),
	      "zstd");
	cfg.level = level;
	check(p, sqfs_compressor_create(&cfg, &p->cmp), "zstd");
	cfg.flags |= SQFS_COMP_FLAG_UNCOMPRESS;
	check(p, sqfs_compressor_create(&cfg, &p->uncmp), "zstd");
}

static void open_data(struct pack *p, unsigned int jobs)
{
	sqfs_block_processor_desc_t desc = {
		.size = sizeof(desc),
		.max_block_size = PACK_BLOCK,
		.num_workers = jobs,
		.max_backlog = BACKLOG_PER_JOB * jobs,
		.cmp = p->cmp,
		.file = p->file,
		.uncmp = p->uncmp,
	};

	p->blocks = made(p, sqfs_block_writer_create(p->file, 4096, 0), "open");
	p->frags = made(p, sqfs_frag_table_create(0), "open");
	desc.wr = p->blocks;
	desc.tbl = p->frags;
	check(p, sqfs_block_processor_create_ex(&desc, &p->data), "open");
}

struct pack *pack_open(const char *path, unsigned int level, unsigned int jobs)
{
	struct pack *p = xcalloc(1, sizeof(*p));
	int n;

	p->path = xstrdup(path);
	p->file = sqfs_open_file(path, SQFS_FILE_OPEN_OVERWRITE);
	if (!p->file)
		die("%s: cannot create:", path);
	p->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (p->fd < 0)
		die("%s:", path);
	open_compressor(p, level);
	check(p, sqfs_super_init(&p->super, PACK_BLOCK, 0, SQFS_COMP_ZSTD),
	      "open");
	check(p, sqfs_super_write(&p->super, p->file), "write");
	n = p->cmp->write_options(p->cmp, p->file);
	check(p, n, "write");
	if (n > 0)
		p->super.flags |= SQFS_FLAG_COMPRESSOR_OPTIONS;
	open_data(p, jobs);
	p->ids = made(p, sqfs_id_table_create(0), "open");
	p->xattrs = made(p, sqfs_xattr_writer_create(0), "open");
	p->inodes =
		made(p, sqfs_meta_writer_create(p->file, p->cmp, 0), "open");
	p->entries =
		made(p,
		     sqfs_meta_writer_create(p->file, p->cmp,
					     SQFS_META_WRITER_KEEP_IN_MEMORY),
		     "open");
	p->dirs = made(p, sqfs_dir_writer_create(p->entries, 0), "open");
	return p;
}

bool pack_keeps(const char *name)
{
	/* what overlayfs left in an upper directory means nothing in a base */
	return sqfs_get_xattr_prefix_id(name) >= 0 &&
	       strncmp(name, "trusted.overlay.", 16);
}

uint32_t pack_xattrs(struct pack *p, const struct pack_xattr *x, size_t n)
{
	sqfs_u32 token;

	if (!n)
		return TREE_NO_XATTR;
	check(p, sqfs_xattr_writer_begin(p->xattrs, 0), "attributes");
	for (size_t i = 0; i < n; i++)
		check(p,
		      sqfs_xattr_writer_add(p->xattrs, x[i].name, x[i].value,
					    x[i].size),
		      "attributes");
	check(p, sqfs_xattr_writer_end(p->xattrs, &token), "attributes");
	return token;
}

void pack_begin(struct pack *p, struct tree_inode *inode)
{
	check(p,
	      sqfs_block_processor_begin_file(p->data, &inode->data, NULL, 0),
	      "write");
}

/* Let the disk work while we do: whoever commits the image waits for it. */
static void flush(struct pack *p, size_t size)
{
	p->unflushed += size;
	if (p->unflushed < FLUSH)
		return;
	p->unflushed = 0;
	sync_file_range(p->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

void pack_data(struct pack *p, const void *data, size_t size)
{
	errno = 0;
	check(p, sqfs_block_processor_append(p->data, data, size), "write");
	flush(p, size);
}

void pack_end(struct pack *p)
{
	errno = 0;
	check(p, sqfs_block_processor_end_file(p->data), "write");
}

/* Numbers in the order of writing, so that neighbours are neighbours. */
static void number(struct pack *p, struct tree *t)
{
	struct tree_node *n = NULL;

	p->super.inode_count = 0;
	while ((n = tree_next(t, n)))
		if (!n->inode->number)
			n->inode->number = ++p->super.inode_count;
}

/* The encoding that the kernel calls huge, of fs/squashfs/inode.c. */
static uint32_t device(dev_t rdev)
{
	return (minor(rdev) & 0xff) | major(rdev) << 8 |
	       (minor(rdev) & ~0xffu) << 12;
}

static sqfs_inode_generic_t *special(struct pack *p, const struct tree_inode *i)
{
	size_t len = i->target ? strlen(i->target) : 0;
	sqfs_inode_generic_t *in = xcalloc(1, sizeof(*in) + len + 1);

	switch (i->mode & S_IFMT) {
	case S_IFLNK:
		in->base.type = SQFS_INODE_SLINK;
		in->data.slink.nlink = i->nlink;
		in->data.slink.target_size = len;
		memcpy(in->extra, i->target, len);
		break;
	case S_IFCHR:
	case S_IFBLK:
		in->base.type =
			S_ISCHR(i->mode) ? SQFS_INODE_CDEV : SQFS_INODE_BDEV;
		in->data.dev.nlink = i->nlink;
		in->data.dev.devno = device(i->rdev);
		break;
	case S_IFIFO:
	case S_IFSOCK:
		in->base.type =
			S_ISFIFO(i->mode) ? SQFS_INODE_FIFO : SQFS_INODE_SOCKET;
		in->data.ipc.nlink = i->nlink;
		break;
	default:
		check(p, SQFS_ERROR_UNSUPPORTED, "unknown kind of file");
	}
	if (i->xattr != TREE_NO_XATTR)
		check(p, sqfs_inode_set_xattr_index(in, i->xattr), "inodes");
	return in;
}

static sqfs_inode_generic_t *regular(struct pack *p, const struct tree_inode *i)
{
	sqfs_inode_generic_t *in = i->data;

	if (i->xattr != TREE_NO_XATTR)
		check(p, sqfs_inode_set_xattr_index(in, i->xattr), "inodes");
	if (i->nlink > 1) {
		check(p, sqfs_inode_make_extended(in), "inodes");
		in->data.file_ext.nlink = i->nlink;
	}
	return in;
}

/* The listing of a directory whose contents are all written. */
static sqfs_inode_generic_t *directory(struct pack *p,
				       const struct tree_node *n)
{
	uint32_t parent =
		n->parent ? n->parent->inode->number : p->super.inode_count + 1;

	check(p, sqfs_dir_writer_begin(p->dirs, 0), "directories");
	for (size_t i = 0; i < n->n_kids; i++)
		check(p,
		      sqfs_dir_writer_add_entry(p->dirs, n->kids[i]->name,
						n->kids[i]->inode->number,
						n->kids[i]->inode->ref,
						n->kids[i]->inode->mode),
		      "directories");
	check(p, sqfs_dir_writer_end(p->dirs), "directories");
	return made(p,
		    sqfs_dir_writer_create_inode(p->dirs, n->inode->nlink,
						 n->inode->xattr, parent),
		    "directories");
}

static void write_inode(struct pack *p, const struct tree_node *n)
{
	struct tree_inode *i = n->inode;
	sqfs_inode_generic_t *in;
	sqfs_u64 block;
	sqfs_u32 offset;

	if (S_ISDIR(i->mode))
		in = directory(p, n);
	else if (S_ISREG(i->mode))
		in = regular(p, i);
	else
		in = special(p, i);
	in->base.mode = i->mode & 07777;
	in->base.mod_time = i->mtime;
	in->base.inode_number = i->number;
	check(p, sqfs_id_table_id_to_index(p->ids, i->uid, &in->base.uid_idx),
	      "owners");
	check(p, sqfs_id_table_id_to_index(p->ids, i->gid, &in->base.gid_idx),
	      "owners");
	sqfs_meta_writer_get_position(p->inodes, &block, &offset);
	i->ref = block << 16 | offset;
	check(p, sqfs_meta_writer_write_inode(p->inodes, in), "write");
	i->data = NULL;
	sqfs_free(in);
}

static void write_tree(struct pack *p, struct tree *t)
{
	uint32_t done = 0;
	struct tree_node *n = NULL;

	while ((n = tree_next(t, n)))
		/* a file of several names is written with its first */
		if (n->inode->number == done + 1) {
			write_inode(p, n);
			done++;
		}
	check(p, sqfs_meta_writer_flush(p->inodes), "write");
	check(p, sqfs_meta_writer_flush(p->entries), "write");
	p->super.root_inode_ref = t->root->inode->ref;
	p->super.directory_table_start = p->file->get_size(p->file);
	check(p, sqfs_meta_write_write_to_file(p->entries), "write");
}

static void pad(struct pack *p)
{
	static const char zeros[4096];
	uint64_t size = p->file->get_size(p->file);
	size_t over = size % sizeof(zeros);

	if (over)
		check(p,
		      p->file->write_at(p->file, size, zeros,
					sizeof(zeros) - over),
		      "write");
}

void pack_finish(struct pack *p, struct tree *t, uint32_t mtime)
{
	errno = 0;
	check(p, sqfs_block_processor_finish(p->data), "write");
	number(p, t);
	p->super.inode_table_start = p->file->get_size(p->file);
	write_tree(p, t);
	check(p, sqfs_frag_table_write(p->frags, p->file, &p->super, p->cmp),
	      "write");
	check(p, sqfs_id_table_write(p->ids, p->file, &p->super, p->cmp),
	      "write");
	check(p, sqfs_xattr_writer_flush(p->xattrs, p->file, &p->super, p->cmp),
	      "write");
	p->super.modification_time = mtime;
	p->super.bytes_used = p->file->get_size(p->file);
	check(p, sqfs_super_write(&p->super, p->file), "write");
	pad(p);
	sqfs_destroy(p->dirs);
	sqfs_destroy(p->entries);
	sqfs_destroy(p->inodes);
	sqfs_destroy(p->xattrs);
	sqfs_destroy(p->ids);
	sqfs_destroy(p->data);
	sqfs_destroy(p->frags);
	sqfs_destroy(p->blocks);
	sqfs_destroy(p->uncmp);
	sqfs_destroy(p->cmp);
	sqfs_destroy(p->file);
	close(p->fd);
	free(p->path);
	free(p);
}
