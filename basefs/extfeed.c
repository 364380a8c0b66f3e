/* SPDX-License-Identifier: MIT */
/* extfeed.c - all of an ext2, ext3 or ext4 file system into an image. */
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "host/alloc.h"
#include "host/error.h"
#include "extparts.h"

#define READ_SIZE   (256u << 10)
#define BYTES_MAX   (64ull << 30)
#define TARGET_MAX  4096
#define EPOCH_MASK  3
#define EPOCH_SHIFT 32

struct feed {
	struct ext *ext;
	struct image *im;
	uint64_t bytes;
	void *seen; /* struct seen, by inode */
};

/* A folder that was entered, or a file that has more names. */
struct seen {
	ext2_ino_t ino;
	char *path;
};

struct names {
	size_t n;
	struct name {
		char *name;
		ext2_ino_t ino;
	} * list;
};

static void fail(const struct feed *x, const char *what, errcode_t err)
{
	die("%s: '%s': %s", x->ext->path, what, error_message(err));
}

static void free_seen(void *p)
{
	free(((struct seen *)p)->path);
	free(p);
}

static void read_part(struct feed *x, const char *path, ext2_file_t file,
		      char *buf, uint64_t left)
{
	unsigned int want, got;
	errcode_t err;

	while (left) {
		want = left < READ_SIZE ? left : READ_SIZE;
		err = ext2fs_file_read(file, buf, want, &got);
		if (!err && !got)
			err = EXT2_ET_SHORT_READ;
		if (err)
			fail(x, path, err);
		image_data(x->im, buf, got);
		left -= got;
	}
}

static void feed_file(struct feed *x, const char *path, ext2_ino_t ino)
{
	char *buf = xmalloc(READ_SIZE);
	ext2_file_t file;
	__u64 size = 0;
	errcode_t err = ext2fs_file_open(x->ext->fs, ino, 0, &file);

	if (!err)
		err = ext2fs_file_get_lsize(file, &size);
	if (err)
		fail(x, path, err);
	x->bytes += size;
	if (size > BYTES_MAX || x->bytes > BYTES_MAX)
		die("%s: '%s': files of more than %llu bytes", x->ext->path,
		    path, BYTES_MAX);
	read_part(x, path, file, buf, size);
	ext2fs_file_close(file);
	image_end(x->im);
	free(buf);
}

static char *target(struct feed *x, const char *path, ext2_ino_t ino,
		    struct ext2_inode *inode)
{
	uint64_t size = EXT2_I_SIZE(inode);
	char *text;

	if (!size || size > TARGET_MAX)
		die("%s: '%s': bad symlink", x->ext->path, path);
	if (ext2fs_is_fast_symlink(inode) && size < sizeof(inode->i_block))
		return xasprintf("%.*s", (int)size, (char *)inode->i_block);
	text = ext_slurp(x->ext, ino, size);
	if (!text)
		die("%s: '%s': bad symlink", x->ext->path, path);
	return text;
}

static int add_xattr(char *name, char *value, size_t size, void *user)
{
	struct image_entry *e = user;
	struct pack_xattr *to;
	void *copy = xmalloc(size + 1);

	memcpy(copy, value, size);
	e->xattrs = xrealloc(e->xattrs, e->n_xattrs + 1, sizeof(*e->xattrs));
	to = &e->xattrs[e->n_xattrs++];
	*to = (struct pack_xattr){xstrdup(name), copy, size};
	return 0;
}

static void read_xattrs(struct feed *x, const char *path, ext2_ino_t ino,
			struct image_entry *e)
{
	struct ext2_xattr_handle *h;
	errcode_t err = ext2fs_xattrs_open(x->ext->fs, ino, &h);

	if (!err)
		err = ext2fs_xattrs_read(h);
	if (!err)
		err = ext2fs_xattrs_iterate(h, add_xattr, e);
	if (err)
		fail(x, path, err);
	ext2fs_xattrs_close(&h);
}

/* linux: fs/ext4/inode.c and kdev_t.h, both encodings */
static dev_t device(const struct ext2_inode *i)
{
	uint32_t old = i->i_block[0], new = i->i_block[1];

	if (old)
		return makedev(old >> 8 & 0xff, old & 0xff);
	return makedev(new >> 8 & 0xfff, (new & 0xff) | (new >> 12 & 0xfff00));
}

static int64_t mtime(const struct ext2_inode_large *i)
{
	int64_t t = (int32_t)i->i_mtime;

	if (i->i_extra_isize >= 12)
		t += (int64_t)(i->i_mtime_extra & EPOCH_MASK) << EPOCH_SHIFT;
	return t;
}

static int by_ino(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	return x->ino < y->ino ? -1 : x->ino > y->ino;
}

/* The path at which @ino was seen before, or NULL: it is now. */
static const char *seen(struct feed *x, ext2_ino_t ino, const char *path)
{
	struct seen key = {ino, NULL}, *s, **found;

	found = tfind(&key, &x->seen, by_ino);
	if (found)
		return (*found)->path;
	s = xmalloc(sizeof(*s));
	*s = (struct seen){ino, xstrdup(path)};
	if (!tsearch(s, &x->seen, by_ino))
		die("memory:");
	return NULL;
}

static int add_name(ext2_ino_t dir, int entry, struct ext2_dir_entry *d,
		    int offset, int blocksize, char *buf, void *user)
{
	struct names *n = user;
	int len = ext2fs_dirent_name_len(d);

	(void)dir;
	(void)entry;
	(void)offset;
	(void)blocksize;
	(void)buf;
	if (!d->inode || !len || (len == 1 && d->name[0] == '.') ||
	    (len == 2 && !memcmp(d->name, "..", 2)))
		return 0;
	n->list = xrealloc(n->list, n->n + 1, sizeof(*n->list));
	n->list[n->n].ino = d->inode;
	n->list[n->n++].name = xasprintf("%.*s", len, d->name);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->name,
		      ((const struct name *)b)->name);
}

static void feed(struct feed *x, const char *path, ext2_ino_t ino, bool top);

static void feed_dir(struct feed *x, const char *path, ext2_ino_t ino, bool top)
{
	struct names n = {0};
	errcode_t err =
		ext2fs_dir_iterate2(x->ext->fs, ino, 0, NULL, add_name, &n);

	if (err)
		fail(x, path, err);
	if (n.n)
		qsort(n.list, n.n, sizeof(*n.list), by_name);
	for (size_t i = 0; i < n.n; i++) {
		char *name = n.list[i].name, *at;

		if (strchr(name, '/'))
			die("%s: '%s': a name with a slash", x->ext->path,
			    path);
		at = xasprintf("%s%s%s", path, *path ? "/" : "", name);
		if (!top || strcmp(name, "lost+found"))
			feed(x, at, n.list[i].ino, false);
		free(at);
		free(name);
	}
	free(n.list);
}

static void add(struct feed *x, const char *path, ext2_ino_t ino,
		struct ext2_inode_large *large)
{
	struct ext2_inode *i = (struct ext2_inode *)large;
	struct image_entry e = {.path = path,
				.mode = i->i_mode,
				.uid = inode_uid(*i),
				.gid = inode_gid(*i),
				.mtime = mtime(large)};

	if (LINUX_S_ISLNK(i->i_mode))
		e.target = target(x, path, ino, i);
	if (LINUX_S_ISCHR(i->i_mode) || LINUX_S_ISBLK(i->i_mode))
		e.rdev = device(i);
	read_xattrs(x, path, ino, &e);
	image_add(x->im, &e);
	for (size_t k = 0; k < e.n_xattrs; k++) {
		free((void *)e.xattrs[k].name);
		free((void *)e.xattrs[k].value);
	}
	free(e.xattrs);
	free((char *)e.target);
}

static void feed(struct feed *x, const char *path, ext2_ino_t ino, bool top)
{
	struct ext2_inode_large large = {0};
	struct ext2_inode *i = (struct ext2_inode *)&large;
	const char *first = NULL;
	errcode_t err =
		ext2fs_read_inode_full(x->ext->fs, ino, i, sizeof(large));
	bool dir = LINUX_S_ISDIR(i->i_mode);

	if (err)
		fail(x, path, err);
	if (dir || i->i_links_count > 1)
		first = seen(x, ino, path);
	if (first && dir)
		die("%s: '%s': a folder with two names", x->ext->path, path);
	if (first) {
		image_link(x->im, path, first);
		return;
	}
	add(x, path, ino, &large);
	if (dir)
		feed_dir(x, path, ino, top);
	else if (LINUX_S_ISREG(i->i_mode))
		feed_file(x, path, ino);
}

void ext_feed(struct ext *x, struct image *im, const char *at)
{
	struct feed f = {.ext = x, .im = im};

	feed(&f, at, EXT2_ROOT_INO, true);
	tdestroy(f.seen, free_seen);
}
