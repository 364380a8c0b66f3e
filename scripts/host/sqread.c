// SPDX-License-Identifier: MIT
/*
 * sqread.c - look into a squashfs image through libsquashfs.
 *
 * Paths are walked here, a name at a time: libsquashfs' own lookup takes a
 * backslash for a slash, and systemd's units have names with one.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/alloc.h"
#include "host/sqimpl.h"
#include "host/sqread.h"

#define LINKS_MAX 40

int sqimpl_errno(int err)
{
	switch (err) {
	case 0:
		return 0;
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

void sqread_close(struct sqread *s)
{
	if (!s)
		return;
	sqfs_destroy(s->xattrs);
	sqfs_destroy(s->data);
	sqfs_destroy(s->dirs);
	sqfs_destroy(s->ids);
	sqfs_destroy(s->cmp);
	sqfs_destroy(s->file);
	free(s);
}

static const char *open_tables(struct sqread *s)
{
	sqfs_compressor_config_t cfg;

	if (sqfs_super_read(&s->super, s->file))
		return "not a squashfs image";
	if (s->super.bytes_used > s->file->get_size(s->file))
		return "cut short";
	if (sqfs_compressor_config_init(&cfg, s->super.compression_id,
					s->super.block_size,
					SQFS_COMP_FLAG_UNCOMPRESS) ||
	    sqfs_compressor_create(&cfg, &s->cmp))
		return "compressed in an unknown way";
	s->ids = sqfs_id_table_create(0);
	s->dirs = sqfs_dir_reader_create(&s->super, s->cmp, s->file, 0);
	s->data = sqfs_data_reader_create(s->file, s->super.block_size, s->cmp,
					  0);
	if (!s->ids || !s->dirs || !s->data)
		return "no memory for its tables";
	if (sqfs_id_table_read(s->ids, s->file, &s->super, s->cmp) ||
	    sqfs_data_reader_load_fragment_table(s->data, &s->super))
		return "its tables are damaged";
	return NULL;
}

struct sqread *sqread_open(const char *path, const char **why)
{
	struct sqread *s = xcalloc(1, sizeof(*s));

	errno = 0;
	s->file = sqfs_open_file(path, SQFS_FILE_OPEN_READ_ONLY);
	*why = s->file ? open_tables(s) : "cannot open";
	if (!*why)
		return s;
	if (s->file || !errno)
		errno = EIO;
	sqread_close(s);
	return NULL;
}

/* Step from directory *@at to its entry @name; *@at is replaced. */
static int step(struct sqread *s, sqfs_inode_generic_t **at, const char *name)
{
	sqfs_inode_generic_t *next;
	int err;

	err = sqfs_dir_reader_open_dir(s->dirs, *at, 0);
	if (!err)
		err = sqfs_dir_reader_find(s->dirs, name);
	if (!err)
		err = sqfs_dir_reader_get_inode(s->dirs, &next);
	if (err)
		return sqimpl_errno(err);
	sqfs_free(*at);
	*at = next;
	return 0;
}

/* The inode at @path, no symlink followed; NULL with errno. */
static sqfs_inode_generic_t *lookup(struct sqread *s, const char *path)
{
	char *copy = xstrdup(path), *save, *name;
	sqfs_inode_generic_t *at = NULL;
	int err = sqimpl_errno(sqfs_dir_reader_get_root_inode(s->dirs, &at));

	for (name = strtok_r(copy, "/", &save); name && !err;
	     name = strtok_r(NULL, "/", &save))
		err = step(s, &at, name);
	free(copy);
	if (!err)
		return at;
	sqfs_free(at);
	errno = -err;
	return NULL;
}

bool sqimpl_is_link(const sqfs_inode_generic_t *inode)
{
	return inode->base.type == SQFS_INODE_SLINK ||
	       inode->base.type == SQFS_INODE_EXT_SLINK;
}

/* libsquashfs leaves room for the NUL that the image does not hold. */
char *sqimpl_target(const sqfs_inode_generic_t *inode)
{
	uint32_t size = inode->base.type == SQFS_INODE_SLINK
				? inode->data.slink.target_size
				: inode->data.slink_ext.target_size;

	return xasprintf("%.*s", (int)size, (const char *)inode->extra);
}

int sqread_stat(struct sqread *s, const char *path, struct sqread_stat *st)
{
	sqfs_inode_generic_t *inode = lookup(s, path);
	sqfs_u64 size = 0;
	int err = 0;

	memset(st, 0, sizeof(*st));
	if (!inode)
		return -errno;
	st->mode = inode->base.mode;
	st->mtime = inode->base.mod_time;
	if (S_ISREG(st->mode))
		err = sqfs_inode_get_file_size(inode, &size);
	if (err ||
	    sqfs_id_table_index_to_id(s->ids, inode->base.uid_idx, &st->uid) ||
	    sqfs_id_table_index_to_id(s->ids, inode->base.gid_idx, &st->gid))
		err = -EIO;
	if (!err && sqimpl_is_link(inode)) {
		st->target = sqimpl_target(inode);
		size = strlen(st->target);
	}
	st->size = size;
	sqfs_free(inode);
	return err;
}

/* Take the last name off @done; the root stays the root. */
static void up(char *done)
{
	char *slash = strrchr(done, '/');

	*(slash ? slash : done) = '\0';
}

/*
 * One name of what is still to walk: *@done grows by it, or, when it is a
 * symlink, *@rest becomes its target and what followed. 0 or errno.
 */
static int resolve_name(struct sqread *s, char **done, char **rest,
			unsigned int *links)
{
	size_t len = strcspn(*rest, "/");
	char *tail = *rest + len + strspn(*rest + len, "/");
	char *path = xasprintf("%s%s%.*s", *done, **done ? "/" : "", (int)len,
			       *rest);
	struct sqread_stat st;
	bool link;
	char *next;
	int err;

	err = sqread_stat(s, path, &st);
	if (err) {
		free(path);
		return -err;
	}
	link = st.target;
	next = link ? xasprintf("%s/%s", st.target, tail) : xstrdup(tail);
	if (link && st.target[0] == '/')
		**done = '\0';
	if (!link) {
		free(*done);
		*done = path;
	} else {
		free(path);
	}
	free(*rest);
	*rest = next;
	free(st.target);
	return link && ++*links > LINKS_MAX ? ELOOP : 0;
}

char *sqread_resolve(struct sqread *s, const char *path)
{
	char *done = xstrdup(""), *rest = xstrdup(path), *skip;
	unsigned int links = 0;
	size_t len;
	int err = 0;

	while (!err) {
		skip = rest + strspn(rest, "/");
		memmove(rest, skip, strlen(skip) + 1);
		len = strcspn(rest, "/");
		if (!len)
			break;
		if (len <= 2 && !strncmp(rest, "..", len)) {
			if (len == 2)
				up(done);
			memmove(rest, rest + len, strlen(rest + len) + 1);
			continue;
		}
		err = resolve_name(s, &done, &rest, &links);
	}
	free(rest);
	if (!err)
		return done;
	free(done);
	errno = err;
	return NULL;
}

/* All @size bytes of a regular file; 0 or -EIO. */
static int read_all(struct sqread *s, const sqfs_inode_generic_t *inode,
		    char *buf, uint64_t size)
{
	const uint64_t most = 1 << 30;
	uint64_t at = 0;
	sqfs_s32 got;

	while (at < size) {
		got = sqfs_data_reader_read(s->data, inode, at, buf + at,
					    size - at < most ? size - at
							     : most);
		if (got <= 0)
			return -EIO;
		at += got;
	}
	return 0;
}

void *sqread_file(struct sqread *s, const char *path, size_t max, size_t *size)
{
	sqfs_inode_generic_t *inode = lookup(s, path);
	char *buf = NULL;
	sqfs_u64 n = 0;
	int err;

	if (!inode)
		return NULL;
	if (!S_ISREG(inode->base.mode))
		err = S_ISDIR(inode->base.mode) ? -EISDIR : -EINVAL;
	else if (sqfs_inode_get_file_size(inode, &n))
		err = -EIO;
	else if (n > max || n >= SIZE_MAX)
		err = -EFBIG;
	else {
		buf = xmalloc(n + 1);
		err = read_all(s, inode, buf, n);
	}
	sqfs_free(inode);
	if (err) {
		free(buf);
		errno = -err;
		return NULL;
	}
	buf[n] = '\0';
	if (size)
		*size = n;
	return buf;
}

static mode_t type_mode(unsigned int type)
{
	static const mode_t modes[] = {
		[SQFS_INODE_DIR] = S_IFDIR,	[SQFS_INODE_FILE] = S_IFREG,
		[SQFS_INODE_SLINK] = S_IFLNK,	[SQFS_INODE_BDEV] = S_IFBLK,
		[SQFS_INODE_CDEV] = S_IFCHR,	[SQFS_INODE_FIFO] = S_IFIFO,
		[SQFS_INODE_SOCKET] = S_IFSOCK,
	};

	return type < sizeof(modes) / sizeof(modes[0]) ? modes[type] : 0;
}

struct list {
	sqfs_dir_entry_t **entries;
	size_t n;
};

/* All entries first: @fn of sqread_each may look into the image as well. */
static int read_dir(struct sqread *s, const char *dir, struct list *l)
{
	sqfs_inode_generic_t *inode = lookup(s, dir);
	sqfs_dir_entry_t *e;
	int err;

	if (!inode)
		return -errno;
	err = sqfs_dir_reader_open_dir(s->dirs, inode, 0);
	while (!err && !(err = sqfs_dir_reader_read(s->dirs, &e))) {
		l->entries = xrealloc(l->entries, l->n + 1, sizeof(e));
		l->entries[l->n++] = e;
	}
	sqfs_free(inode);
	return err > 0 ? 0 : sqimpl_errno(err);
}

int sqread_each(struct sqread *s, const char *dir,
		int (*fn)(void *user, const char *name, mode_t mode),
		void *user)
{
	struct list l = {0};
	int err = read_dir(s, dir, &l);

	for (size_t i = 0; i < l.n; i++) {
		if (!err)
			err = fn(user, (const char *)l.entries[i]->name,
				 type_mode(l.entries[i]->type));
		sqfs_free(l.entries[i]);
	}
	free(l.entries);
	return err;
}
