/* SPDX-License-Identifier: MIT */
/*
 * pack.c - newc through initrd/format, deflated as one gzip member whose
 * header holds no date, no name and no system.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <zlib.h>
#include "format/cpio.h"
#include "format/ovl.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/progress.h"
#include "pack.h"

#define PAGE	   4096u
#define PART_SIZE  (CPIO_FILE_MAX & ~(PAGE - 1)) /* of a file in parts */
#define BUF_SIZE   (256u << 10)
#define SHORT_LINK 128u /* longer targets take a page of a tmpfs */

struct packer {
	struct outfile *out;
	struct info *info;
	z_stream z;
	gz_header head;
	struct digest_ctx digest;
	uint64_t pos; /* bytes of the archive so far */
	uint8_t buf[BUF_SIZE];
};

static void squeeze(struct packer *p, const void *data, size_t size, int flush)
{
	int ret;

	p->z.next_in = (Bytef *)data;
	p->z.avail_in = size;
	do {
		uint8_t buf[64 << 10];
		size_t n;

		p->z.next_out = buf;
		p->z.avail_out = sizeof(buf);
		ret = deflate(&p->z, flush);
		if (ret == Z_STREAM_ERROR)
			die("%s: deflate failed", p->out->path);
		n = sizeof(buf) - p->z.avail_out;
		digest_update(&p->digest, buf, n);
		outfile_write(p->out, buf, n);
		p->info->size += n;
	} while (!p->z.avail_out);
	p->pos += size;
}

static void pad(struct packer *p)
{
	squeeze(p, "\0\0\0", -p->pos & 3, Z_NO_FLUSH);
}

static void member(struct packer *p, const struct cpio_entry *e)
{
	char buf[CPIO_HEADER + CPIO_NAME_MAX + 8];
	int n = cpio_encode(buf, sizeof(buf), e);

	if (n < 0)
		die("%s: name is too long", e->name);
	squeeze(p, buf, n, Z_NO_FLUSH);
}

static struct cpio_entry header(const struct capture_entry *e)
{
	return (struct cpio_entry){
		.ino = e->ino,
		.mode = e->st.st_mode,
		.uid = e->st.st_uid,
		.gid = e->st.st_gid,
		.nlink = e->nlink,
		.mtime = e->st.st_mtime,
		.name = e->path,
		.name_len = strlen(e->path),
	};
}

static void copy(struct packer *p, int fd, const char *path, uint64_t size)
{
	while (size) {
		size_t want = size < BUF_SIZE ? size : BUF_SIZE;
		ssize_t n = read(fd, p->buf, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			die("%s:", path);
		if (!n)
			die("%s: shrank while it was read", path);
		squeeze(p, p->buf, n, Z_NO_FLUSH);
		size -= n;
	}
}

static uint64_t parts_of(const struct capture_entry *e)
{
	uint64_t size = e->st.st_size;

	if (!S_ISREG(e->st.st_mode) || size <= CPIO_FILE_MAX)
		return 1;
	return (size + PART_SIZE - 1) / PART_SIZE;
}

static void regular(struct packer *p, const struct capture *c,
		    const struct capture_entry *e)
{
	struct cpio_entry h = header(e);
	uint64_t left = e->st.st_size, parts = parts_of(e);
	int fd;

	if (e->again) {
		member(p, &h);
		return;
	}
	fd = openat(c->dir, e->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		die("%s:", e->path);
	for (uint64_t k = 0; k < parts; k++) {
		h.filesize = parts == 1 || left < PART_SIZE ? left : PART_SIZE;
		member(p, &h);
		copy(p, fd, e->path, h.filesize);
		pad(p);
		left -= h.filesize;
	}
	close(fd);
	p->info->unpacked += (e->st.st_size + PAGE - 1) / PAGE * PAGE;
	/* what bounds inodes at boot counts members */
	p->info->inodes += parts - 1;
}

static void entry(struct packer *p, const struct capture *c,
		  const struct capture_entry *e)
{
	struct cpio_entry h = header(e);
	size_t len;

	p->info->inodes++;
	if (e->deleted) {
		p->info->deletes++;
		return;
	}
	p->info->entries++;
	if (S_ISREG(e->st.st_mode)) {
		regular(p, c, e);
		return;
	}
	if (S_ISCHR(e->st.st_mode) || S_ISBLK(e->st.st_mode)) {
		h.rmajor = major(e->st.st_rdev);
		h.rminor = minor(e->st.st_rdev);
	}
	len = e->target ? strlen(e->target) : 0;
	h.filesize = len;
	member(p, &h);
	if (!len)
		return;
	squeeze(p, e->target, len, Z_NO_FLUSH);
	pad(p);
	p->info->unpacked += len < SHORT_LINK ? SHORT_LINK : PAGE;
}

/* The text of the reserved member, grown as it is written. */
struct text {
	char *p;
	size_t n, room;
};

static void line(struct text *t, const struct ovl_item *it)
{
	int n;

	if (t->room - t->n < 32 << 10) {
		t->room = 2 * t->room + (64 << 10);
		t->p = xrealloc(t->p, t->room, 1);
	}
	n = ovl_print(t->p + t->n, t->room - t->n, it);
	if (n < 0)
		die("%s: does not fit into the overlay's list", it->path);
	t->n += n;
	if (t->n > OVL_SIZE_MAX)
		die("more deletions and attributes than an overlay can hold");
}

static void item_path(struct ovl_item *it, enum ovl_kind kind, const char *path)
{
	it->kind = kind;
	it->path_len = strlen(path);
	if (text_copy(it->path, sizeof(it->path), text_span(path)))
		die("%s: name is too long", path);
}

static void xattr_lines(struct text *t, struct ovl_item *it,
			const struct capture_entry *e)
{
	for (size_t i = 0; i < e->n_xattrs; i++) {
		const struct capture_xattr *x = &e->xattrs[i];

		item_path(it, OVL_XATTR, e->path);
		if (text_copy(it->name, sizeof(it->name), text_span(x->name)) ||
		    x->size > sizeof(it->value))
			die("%s: attribute %s is too long", e->path, x->name);
		memcpy(it->value, x->value, x->size);
		it->value_len = x->size;
		line(t, it);
	}
}

static void kind_lines(struct text *t, struct ovl_item *it,
		       const struct capture *c, enum ovl_kind kind)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct capture_entry *e = &c->entries[i];

		if (kind == OVL_XATTR && !e->again) {
			xattr_lines(t, it, e);
			continue;
		}
		it->parts = parts_of(e);
		if ((kind == OVL_DELETE && e->deleted) ||
		    (kind == OVL_OPAQUE && e->opaque) ||
		    (kind == OVL_PARTS && it->parts > 1 && !e->again)) {
			item_path(it, kind, e->path);
			line(t, it);
		}
	}
}

static void list_member(struct packer *p, const struct capture *c,
			const uint8_t base[DIGEST_SIZE])
{
	struct ovl_item *it = xcalloc(1, sizeof(*it));
	char hex[DIGEST_HEX + 1];
	struct text t = {0};
	struct cpio_entry h = {.ino = c->n + 1,
			       .mode = S_IFREG | 0400,
			       .nlink = 1,
			       .name = OVL_MEMBER,
			       .name_len = strlen(OVL_MEMBER)};

	digest_hex(base, hex);
	t.p = xasprintf(OVL_MAGIC "base %s\n", hex);
	t.room = t.n = strlen(t.p);
	for (enum ovl_kind k = OVL_DELETE; k <= OVL_PARTS; k++)
		kind_lines(&t, it, c, k);
	h.filesize = t.n;
	member(p, &h);
	squeeze(p, t.p, t.n, Z_NO_FLUSH);
	pad(p);
	p->info->inodes++;
	p->info->unpacked += (t.n + PAGE - 1) / PAGE * PAGE;
	free(t.p);
	free(it);
}

static void start(struct packer *p)
{
	digest_init(&p->digest);
	/* RFC 1952: 255 is "unknown system"; date 0 is "none" */
	p->head.os = 255;
	if (deflateInit2(&p->z, 9, Z_DEFLATED, 15 + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK ||
	    deflateSetHeader(&p->z, &p->head) != Z_OK)
		die("%s: zlib will not start", p->out->path);
}

void pack_write(const struct capture *c, const uint8_t base[DIGEST_SIZE],
		struct outfile *out, struct info *i)
{
	struct packer *p = xcalloc(1, sizeof(*p));
	const struct cpio_entry end = {.nlink = 1,
				       .name = CPIO_TRAILER,
				       .name_len = strlen(CPIO_TRAILER)};
	uint8_t digest[DIGEST_SIZE];

	memset(i, 0, sizeof(*i));
	p->out = out;
	p->info = i;
	start(p);
	list_member(p, c, base);
	for (size_t k = 0; k < c->n; k++) {
		entry(p, c, &c->entries[k]);
		progress("packing", k + 1, c->n);
	}
	progress_end();
	member(p, &end);
	squeeze(p, NULL, 0, Z_FINISH);
	deflateEnd(&p->z);
	digest_final(&p->digest, digest);
	digest_hex(digest, i->digest);
	i->inodes++;
	free(p);
}
