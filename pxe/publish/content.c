// SPDX-License-Identifier: MIT
/*
 * content.c - look through an overlay's archive.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "content.h"
#include "format/cpio.h"
#include "format/ovl.h"
#include "host/alloc.h"

struct content {
	const char *name;
	const struct manifest_layer *layer;
	const struct content_paths *paths; /* or NULL */
	unsigned int grants;
	bool first, in_list;
	char *list; /* the reserved member */
	size_t have, size;
};

static void tell(const struct content *c, const char *path, mode_t mode,
		 enum content_kind kind)
{
	if (c->paths)
		c->paths->fn(c->paths->user, path, mode, kind);
}

static int begin(void *user, const struct cpio_entry *e, struct fault *f)
{
	struct content *c = user;

	c->in_list = !c->first && !strcmp(e->name, OVL_MEMBER);
	if (!c->first && !c->in_list)
		return fault_set(f, -EBADMSG, "first member is not " OVL_MEMBER,
				 0);
	if (c->first && !strcmp(e->name, OVL_MEMBER))
		return fault_set(f, -EBADMSG, OVL_MEMBER " twice", 0);
	c->first = true;
	if (c->in_list && e->filesize > OVL_SIZE_MAX)
		return fault_set(f, -EOVERFLOW, OVL_MEMBER " too large", 0);
	if (c->in_list) {
		c->size = e->filesize;
		c->list = xmalloc(c->size + 1);
	}
	if (S_ISCHR(e->mode) || S_ISBLK(e->mode))
		c->grants |= MANIFEST_GRANT_DEVNODES;
	if (S_ISCHR(e->mode) && !e->rmajor && !e->rminor)
		return fault_set(f, -EBADMSG, "a whiteout as a device", 0);
	if (S_ISREG(e->mode) && (e->mode & (S_ISUID | S_ISGID)))
		c->grants |= MANIFEST_GRANT_SETID;
	if (!c->in_list)
		tell(c, e->name, e->mode, CONTENT_ENTRY);
	return 0;
}

static int data(void *user, const void *p, size_t size, struct fault *f)
{
	struct content *c = user;

	if (!c->in_list)
		return 0;
	memcpy(c->list + c->have, p, size);
	c->have += size;
	return 0;
}

static int end(void *user, struct fault *f)
{
	return 0;
}

static int check_list(struct content *c, struct fault *f)
{
	static struct ovl_item item[2];
	const struct ovl_item *prev = NULL;
	uint8_t base[DIGEST_SIZE];
	struct span items;
	unsigned int i = 0;
	int err;

	err = ovl_open((struct span){c->list, c->have}, base, &items, f);
	if (err)
		return err;
	if (!digest_equal(base, c->layer->base))
		return fault_set(f, -EBADMSG, "captured against another base",
				 0);
	while ((err = ovl_next(&items, &item[i], prev, f)) == 1) {
		if (item[i].kind == OVL_XATTR &&
		    !strcmp(item[i].name, "security.capability"))
			c->grants |= MANIFEST_GRANT_CAPS;
		if (item[i].kind == OVL_DELETE)
			tell(c, item[i].path, 0, CONTENT_DELETED);
		if (item[i].kind == OVL_OPAQUE)
			tell(c, item[i].path, S_IFDIR, CONTENT_OPAQUE);
		prev = &item[i];
		i = !i;
	}
	return err;
}

static int bad_gzip(struct content *c, struct fetch_error *e, const char *why)
{
	return fetch_fail(e, CODE_GZIP, "%s: %s", c->name, why);
}

static int inflate_all(struct content *c, struct cpio_decoder *d,
		       const uint8_t *p, struct fault *f, struct fetch_error *e)
{
	z_stream z = {.next_in = (uint8_t *)p, .avail_in = c->layer->size};
	static uint8_t out[256 << 10];
	int ret, err = 0;

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		return bad_gzip(c, e, "inflate cannot start");
	do {
		z.next_out = out;
		z.avail_out = sizeof(out);
		ret = inflate(&z, Z_NO_FLUSH);
		if (ret != Z_OK && ret != Z_STREAM_END)
			err = bad_gzip(c, e, z.msg ? z.msg : "cut short");
		else if (cpio_decode(d, out, sizeof(out) - z.avail_out, f))
			err = fetch_fail(e, CODE_CPIO, "%s: byte %llu: %s",
					 c->name, (unsigned long long)f->where,
					 f->why);
	} while (!err && ret != Z_STREAM_END);
	if (!err && z.avail_in)
		err = bad_gzip(c, e, "bytes behind the gzip member");
	inflateEnd(&z);
	return err;
}

int content_check(const char *name, const struct manifest_layer *l,
		  const uint8_t *p, unsigned int *grants,
		  const struct content_paths *paths, struct fetch_error *e)
{
	static const struct cpio_sink sink = {begin, data, end};
	struct content c = {.name = name, .layer = l, .paths = paths};
	static struct cpio_decoder d;
	struct fault f = {0};
	int err;

	if (l->size > UINT32_MAX)
		return fetch_fail(e, CODE_GZIP, "%s: too large", name);
	cpio_decode_init(&d, &sink, &c, l->inodes, l->unpacked);
	err = inflate_all(&c, &d, p, &f, e);
	if (!err && (cpio_decode_end(&d, &f) || check_list(&c, &f)))
		err = fetch_fail(e, CODE_CPIO, "%s: %s", name, f.why);
	*grants = c.grants;
	free(c.list);
	return err;
}
