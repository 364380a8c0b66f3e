// SPDX-License-Identifier: MIT
/*
 * sqread.c - read a squashfs image through libsquashfs.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sqfs/compressor.h>
#include <sqfs/data_reader.h>
#include <sqfs/dir.h>
#include <sqfs/dir_reader.h>
#include <sqfs/error.h>
#include <sqfs/id_table.h>
#include <sqfs/inode.h>
#include <sqfs/io.h>
#include <sqfs/super.h>

#include "host/alloc.h"
#include "host/sqread.h"

#define LINKS_MAX 40

struct sqread {
	sqfs_file_t *file;
	sqfs_super_t super;
	sqfs_compressor_t *cmp;
	sqfs_id_table_t *ids;
	sqfs_dir_reader_t *dirs;
	sqfs_data_reader_t *data;
};

static int to_errno(int err)
{
	switch (err) {
	case SQFS_ERROR_NO_ENTRY:
		return -ENOENT;
	case SQFS_ERROR_NOT_DIR:
		return -ENOTDIR;
	case SQFS_ERROR_ALLOC:
		return -ENOMEM;
	default:
		return -EIO;
	}
}

static void drop(void *object)
{
	if (object)
		sqfs_destroy(object);
}

void sqread_close(struct sqread *s)
{
	drop(s->data);
	drop(s->dirs);
	drop(s->ids);
	drop(s->cmp);
	drop(s->file);
	free(s);
}

/* The parts in turn; returns what could not be read, NULL for all is well. */
static const char *open_parts(struct sqread *s, const char *path)
{
	sqfs_compressor_config_t cfg;

	s->file = sqfs_open_file(path, SQFS_FILE_OPEN_READ_ONLY);
	if (!s->file)
		return "cannot open";
	if (sqfs_super_read(&s->super, s->file))
		return "not a squashfs image";
	sqfs_compressor_config_init(&cfg, s->super.compression_id,
				    s->super.block_size,
				    SQFS_COMP_FLAG_UNCOMPRESS);
	if (sqfs_compressor_create(&cfg, &s->cmp))
		return "unknown compressor";
	s->ids = sqfs_id_table_create(0);
	if (!s->ids || sqfs_id_table_read(s->ids, s->file, &s->super, s->cmp))
		return "id table unreadable";
	s->dirs = sqfs_dir_reader_create(&s->super, s->cmp, s->file, 0);
	s->data = sqfs_data_reader_create(s->file, s->super.block_size, s->cmp,
					  0);
	if (!s->dirs || !s->data ||
	    sqfs_data_reader_load_fragment_table(s->data, &s->super))
		return "tables unreadable";
	return NULL;
}

struct sqread *sqread_open(const char *path, const char **why)
{
	struct sqread *s = xcalloc(1, sizeof(*s));
	int err;

	errno = 0;
	*why = open_parts(s, path);
	if (!*why)
		return s;
	err = errno ? errno : EIO;
	sqread_close(s);
	errno = err;
	return NULL;
}

/* The inode at @path, to be freed; 0 or -errno. */
static int find(struct sqread *s, const char *path,
		sqfs_inode_generic_t **inode)
{
	sqfs_inode_generic_t *root;
	int err = sqfs_dir_reader_get_root_inode(s->dirs, &root);

	if (err)
		return to_errno(err);
	while (*path == '/')
		path++;
	if (!*path) {
		*inode = root;
		return 0;
	}
	err = sqfs_dir_reader_find_by_path(s->dirs, root, path, inode);
	sqfs_free(root);
	return err ? to_errno(err) : 0;
}

static char *target_of(const sqfs_inode_generic_t *inode)
{
	sqfs_u32 size = inode->base.type == SQFS_INODE_EXT_SLINK
				? inode->data.slink_ext.target_size
				: inode->data.slink.target_size;
	char *target = xmalloc((size_t)size + 1);

	memcpy(target, inode->extra, size);
	target[size] = '\0';
	return target;
}

int sqread_stat(struct sqread *s, const char *path, struct sqread_stat *st)
{
	sqfs_inode_generic_t *inode;
	int err = find(s, path, &inode);

	if (err)
		return err;
	memset(st, 0, sizeof(*st));
	st->mode = inode->base.mode;
	st->mtime = inode->base.mod_time;
	if (sqfs_id_table_index_to_id(s->ids, inode->base.uid_idx, &st->uid) ||
	    sqfs_id_table_index_to_id(s->ids, inode->base.gid_idx, &st->gid))
		err = -EIO;
	if (S_ISREG(st->mode))
		sqfs_inode_get_file_size(inode, &st->size);
	if (!err && S_ISLNK(st->mode))
		st->target = target_of(inode);
	sqfs_free(inode);
	return err;
}

/*
 * Walk @rest from the root: @done is what is resolved, without a slash at its
 * end. A symlink's target is put before what is left.
 */
static char *walk(struct sqread *s, char *rest, unsigned int *links)
{
	char *done = xstrdup(""), *part, *next, *slash;
	struct sqread_stat st;
	int err;

	while (*(rest += strspn(rest, "/"))) {
		slash = rest + strcspn(rest, "/");
		part = xasprintf("%.*s", (int)(slash - rest), rest);
		rest = slash;
		if (!strcmp(part, ".")) {
			free(part);
			continue;
		}
		if (!strcmp(part, "..")) {
			next = strrchr(done, '/');
			*(next ? next : done) = '\0';
			free(part);
			continue;
		}
		next = xasprintf("%s%s%s", done, *done ? "/" : "", part);
		free(part);
		err = sqread_stat(s, next, &st);
		if (!err && st.target && ++*links > LINKS_MAX)
			err = -ELOOP;
		if (err) {
			errno = -err;
			free(next);
			free(done);
			return NULL;
		}
		if (st.target) {
			part = xasprintf("%s%s%s",
					 *st.target == '/' ? "" : done, "/",
					 st.target);
			free(next);
			next = xasprintf("%s/%s", part, rest);
			free(part);
			free(st.target);
			free(done);
			return walk(s, next, links);
		}
		free(done);
		done = next;
	}
	return done;
}

char *sqread_resolve(struct sqread *s, const char *path)
{
	unsigned int links = 0;
	char *copy = xstrdup(path);

	return walk(s, copy, &links);
}

static void *read_data(struct sqread *s, const sqfs_inode_generic_t *inode,
		       uint64_t size)
{
	char *buf = xmalloc(size + 1);
	uint64_t at = 0;
	sqfs_s32 n;

	while (at < size) {
		n = sqfs_data_reader_read(s->data, inode, at, buf + at,
					  size - at > 1 << 30 ? 1 << 30
							      : size - at);
		if (n <= 0) {
			free(buf);
			errno = EIO;
			return NULL;
		}
		at += n;
	}
	buf[size] = '\0';
	return buf;
}

void *sqread_file(struct sqread *s, const char *path, size_t max, size_t *size)
{
	sqfs_inode_generic_t *inode;
	void *data = NULL;
	uint64_t n;
	int err = find(s, path, &inode);

	if (err) {
		errno = -err;
		return NULL;
	}
	if (!S_ISREG(inode->base.mode)) {
		errno = EINVAL;
	} else if (sqfs_inode_get_file_size(inode, &n)) {
		errno = EIO;
	} else if (n > max) {
		errno = EFBIG;
	} else {
		data = read_data(s, inode, n);
		if (data && size)
			*size = n;
	}
	sqfs_free(inode);
	return data;
}

static int type_of(unsigned int type)
{
	static const mode_t modes[] = {
		[SQFS_INODE_DIR] = S_IFDIR,	[SQFS_INODE_FILE] = S_IFREG,
		[SQFS_INODE_SLINK] = S_IFLNK,	[SQFS_INODE_BDEV] = S_IFBLK,
		[SQFS_INODE_CDEV] = S_IFCHR,	[SQFS_INODE_FIFO] = S_IFIFO,
		[SQFS_INODE_SOCKET] = S_IFSOCK,
	};

	return type < sizeof(modes) / sizeof(modes[0]) ? modes[type] : 0;
}

/* All names first: the reader has one position, and @fn may read too. */
int sqread_each(struct sqread *s, const char *dir,
		int (*fn)(void *user, const char *name, mode_t mode),
		void *user)
{
	sqfs_inode_generic_t *inode;
	sqfs_dir_entry_t **all = NULL, *e;
	size_t n = 0, i;
	int err = find(s, dir, &inode), ret = 0;

	if (err)
		return err;
	err = sqfs_dir_reader_open_dir(s->dirs, inode, 0);
	sqfs_free(inode);
	if (err)
		return to_errno(err);
	while (!(err = sqfs_dir_reader_read(s->dirs, &e))) {
		all = xrealloc(all, n + 1, sizeof(*all));
		all[n++] = e;
	}
	for (i = 0; i < n; i++) {
		char *name = xasprintf("%.*s", all[i]->size + 1,
				       (char *)all[i]->name);

		if (!ret && err > 0)
			ret = fn(user, name, type_of(all[i]->type));
		free(name);
		sqfs_free(all[i]);
	}
	free(all);
	return err < 0 ? to_errno(err) : ret;
}
