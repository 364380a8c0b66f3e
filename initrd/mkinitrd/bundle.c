// SPDX-License-Identifier: MIT
/*
 * bundle.c - the initrd's files, gathered in memory and written as newc.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "format/cpio.h"
#include "format/filelist.h"
#include "host/alloc.h"
#include "host/error.h"
#include "bundle.h"

static const char zeros[4];

const struct bundle_entry *bundle_find(const struct bundle *a, const char *path)
{
	for (size_t i = 0; i < a->n; i++)
		if (!strcmp(a->entries[i].path, path))
			return &a->entries[i];
	return NULL;
}

static void add_parents(struct bundle *a, const char *path)
{
	char *dir = xstrdup(path), *slash = strrchr(dir, '/');

	if (slash) {
		*slash = '\0';
		if (!bundle_find(a, dir))
			bundle_dir(a, dir);
	}
	free(dir);
}

static struct bundle_entry *add(struct bundle *a, const char *path,
				uint32_t mode)
{
	struct bundle_entry *e;

	add_parents(a, path);
	if (bundle_find(a, path))
		die("initrd: %s: would be packed twice", path);
	a->entries = xrealloc(a->entries, a->n + 1, sizeof(*e));
	e = &a->entries[a->n++];
	memset(e, 0, sizeof(*e));
	e->path = xstrdup(path);
	e->mode = mode;
	return e;
}

void bundle_dir(struct bundle *a, const char *path)
{
	add(a, path, S_IFDIR | 0755);
}

void bundle_link(struct bundle *a, const char *path, const char *target)
{
	struct bundle_entry *e = add(a, path, S_IFLNK | 0777);

	e->data = xstrdup(target);
	e->size = strlen(target);
}

void bundle_node(struct bundle *a, const char *path, uint32_t major,
		 uint32_t minor)
{
	struct bundle_entry *e = add(a, path, S_IFCHR | 0600);

	e->rmajor = major;
	e->rminor = minor;
}

void bundle_file(struct bundle *a, const char *path, uint32_t mode, void *data,
		 size_t size)
{
	struct bundle_entry *e = add(a, path, S_IFREG | mode);

	if (size > CPIO_FILE_MAX)
		die("initrd: %s: too large for newc", path);
	e->data = data;
	e->size = size;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct bundle_entry *)a)->path,
		      ((const struct bundle_entry *)b)->path);
}

/* One line of the list for each regular file there is. */
static char *list_files(const struct bundle *a, size_t *size)
{
	struct filelist_item it;
	size_t n = strlen(FILELIST_MAGIC);
	char *text = xmalloc(FILELIST_SIZE_MAX);
	int len;

	memcpy(text, FILELIST_MAGIC, n);
	for (size_t i = 0; i < a->n; i++) {
		const struct bundle_entry *e = &a->entries[i];

		if (!S_ISREG(e->mode))
			continue;
		digest_of(e->data, e->size, it.digest);
		it.size = e->size;
		if (text_copy(it.path, sizeof(it.path), text_span(e->path)))
			die("initrd: %s: path too long", e->path);
		len = filelist_print(text + n, FILELIST_SIZE_MAX - n, &it);
		if (len < 0)
			die("initrd: too many files for its list");
		n += len;
	}
	*size = n;
	return text;
}

void bundle_list(struct bundle *a, const char *path)
{
	size_t size;
	char *list;

	add_parents(a, path);
	qsort(a->entries, a->n, sizeof(*a->entries), by_path);
	list = list_files(a, &size);
	bundle_file(a, path, 0444, list, size);
}

void bundle_seal(struct bundle *a)
{
	uint8_t digest[DIGEST_SIZE];
	const struct bundle_entry *list;
	char *seal;

	bundle_list(a, &FILELIST_PATH[1]);
	list = &a->entries[a->n - 1];
	digest_of(list->data, list->size, digest);
	qsort(a->entries, a->n, sizeof(*a->entries), by_path);
	seal = xmalloc(DIGEST_HEX + 2);
	digest_hex(digest, seal);
	seal[DIGEST_HEX] = '\n';
	bundle_file(a, &FILELIST_SENTINEL[1], 0444, seal, DIGEST_HEX + 1);
}

struct buffer {
	char *p;
	size_t n, room;
};

static void put(struct buffer *b, const void *p, size_t size)
{
	if (b->room - b->n < size) {
		b->room = 2 * b->room + size;
		b->p = xrealloc(b->p, b->room, 1);
	}
	if (size)
		memcpy(b->p + b->n, p, size);
	b->n += size;
}

static void put_head(struct buffer *b, const struct cpio_entry *e)
{
	char head[CPIO_HEADER + CPIO_NAME_MAX + 5];
	int len = cpio_encode(head, sizeof(head), e);

	if (len < 0)
		die("initrd: %s: name too long for newc", e->name);
	put(b, head, len);
}

static void put_entry(struct buffer *b, const struct bundle_entry *e,
		      uint32_t ino, uint32_t mtime)
{
	struct cpio_entry c = {
		.ino = ino,
		.mode = e->mode,
		.nlink = S_ISDIR(e->mode) ? 2 : 1,
		.mtime = mtime,
		.filesize = e->size,
		.rmajor = e->rmajor,
		.rminor = e->rminor,
		.name = e->path,
		.name_len = strlen(e->path),
	};

	put_head(b, &c);
	put(b, e->data, e->size);
	put(b, zeros, -e->size & 3);
}

void *bundle_newc(const struct bundle *a, uint32_t mtime, size_t *size)
{
	struct cpio_entry end = {.nlink = 1, .name = CPIO_TRAILER};
	struct buffer b = {0};

	for (size_t i = 0; i < a->n; i++)
		put_entry(&b, &a->entries[i], i + 1, mtime);
	end.name_len = strlen(end.name);
	put_head(&b, &end);
	*size = b.n;
	return b.p;
}

void bundle_free(struct bundle *a)
{
	for (size_t i = 0; i < a->n; i++) {
		free(a->entries[i].path);
		free(a->entries[i].data);
	}
	free(a->entries);
	memset(a, 0, sizeof(*a));
}
