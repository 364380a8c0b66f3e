// SPDX-License-Identifier: MIT
/*
 * archive.c - the entries of an overlay's archive, by the decoders that /init
 * uses; its files are hashed on the way, as the archive can be read only from
 * its start.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "format/ovl.h"
#include "host/alloc.h"
#include "host/error.h"
#include "look.h"

#define INODES_MAX  (1u << 24)
#define CONTENT_MAX (1ull << 42)

/* The first name of a file that has several. */
struct origin {
	char *path;
	uint64_t size;
	uint8_t digest[DIGEST_SIZE];
};

struct archive {
	struct look *l;
	bool in_list, list_seen;
	char *list; /* the reserved member */
	size_t list_len;
	struct cpio_entry e; /* the member at hand */
	struct look_entry *at;
	struct digest_ctx d;
	char target[CPIO_LINK_MAX + 1];
	size_t target_len;
	struct origin *origins; /* by inode number */
	uint32_t n_origins;
};

static struct origin *origin_of(struct archive *a, uint32_t ino)
{
	uint32_t n = a->n_origins;

	if (ino >= n) {
		a->n_origins = ino + 1024;
		a->origins =
			xrealloc(a->origins, a->n_origins, sizeof(*a->origins));
		memset(a->origins + n, 0,
		       (a->n_origins - n) * sizeof(*a->origins));
	}
	return &a->origins[ino];
}

static void describe(struct look_entry *at, const struct cpio_entry *e)
{
	at->mode = e->mode;
	at->uid = e->uid;
	at->gid = e->gid;
	at->mtime = e->mtime;
	at->ino = e->ino;
	at->nlink = e->nlink;
	at->major = e->rmajor;
	at->minor = e->rminor;
}

/* A file above 4 GiB goes on in members of the same name. */
static bool goes_on(const struct archive *a, const struct cpio_entry *e)
{
	return a->at && S_ISREG(e->mode) && S_ISREG(a->at->mode) &&
	       !strcmp(a->at->path, e->name);
}

static int begin(void *user, const struct cpio_entry *e, struct fault *f)
{
	struct archive *a = user;

	a->in_list = !a->list_seen;
	a->list_seen = true;
	a->e = *e;
	a->target_len = 0;
	if (a->in_list) {
		if (strcmp(e->name, OVL_MEMBER) || e->filesize > OVL_SIZE_MAX)
			return fault_set(f, -EBADMSG,
					 "not an overlay: no list at its front",
					 0);
		a->list = xmalloc(e->filesize + 1);
		return 0;
	}
	if (e->ino > INODES_MAX)
		return fault_set(f, -EBADMSG, "inode number is too large", 0);
	if (goes_on(a, e))
		return 0;
	a->at = look_add(a->l, strcmp(e->name, ".") ? e->name : "");
	describe(a->at, e);
	digest_init(&a->d);
	return 0;
}

static int data(void *user, const void *p, size_t size, struct fault *f)
{
	struct archive *a = user;

	(void)f;
	if (a->in_list) {
		memcpy(a->list + a->list_len, p, size);
		a->list_len += size;
	} else if (S_ISLNK(a->e.mode)) {
		memcpy(a->target + a->target_len, p, size);
		a->target_len += size;
	} else {
		digest_update(&a->d, p, size);
		a->at->size += size;
	}
	return 0;
}

static void file_end(struct archive *a)
{
	struct origin *o = origin_of(a, a->e.ino);
	struct digest_ctx d = a->d;

	if (a->e.nlink > 1 && o->path && strcmp(o->path, a->at->path)) {
		a->at->first = xstrdup(o->path);
		a->at->size = o->size;
		memcpy(a->at->digest, o->digest, DIGEST_SIZE);
	} else {
		digest_final(&d, a->at->digest);
		free(o->path);
		o->path = xstrdup(a->at->path);
		o->size = a->at->size;
		memcpy(o->digest, a->at->digest, DIGEST_SIZE);
	}
	a->at->hashed = true;
}

static int end(void *user, struct fault *f)
{
	struct archive *a = user;

	(void)f;
	if (a->in_list)
		return 0;
	if (S_ISREG(a->e.mode)) {
		file_end(a);
	} else if (S_ISLNK(a->e.mode)) {
		a->target[a->target_len] = '\0';
		a->at->target = xstrdup(a->target);
		a->at->size = a->target_len;
	}
	return 0;
}

static const struct cpio_sink sink = {begin, data, end};

void look_archive_decode(const char *file, const struct cpio_sink *to,
			 void *user, const bool *enough)
{
	struct cpio_decoder *d = xcalloc(1, sizeof(*d));
	struct fault f = {0};
	gzFile in = gzopen(file, "rbe");
	char buf[64 << 10];
	int n = 0, ret = 0;

	if (!in)
		die("%s:", file);
	cpio_decode_init(d, to, user, INODES_MAX, CONTENT_MAX);
	while (!ret && !*enough && (n = gzread(in, buf, sizeof(buf))) > 0)
		ret = cpio_decode(d, buf, n, &f);
	if (n < 0)
		die("%s: does not inflate", file);
	if (!ret && !*enough)
		ret = cpio_decode_end(d, &f);
	if (ret && !*enough)
		die("%s: %s", file, f.why ? f.why : "ends early");
	gzclose(in);
	free(d);
}

static void add_xattr(struct look_entry *e, const struct ovl_item *it)
{
	struct look_xattr *x;

	e->xattrs = xrealloc(e->xattrs, e->n_xattrs + 1, sizeof(*e->xattrs));
	x = &e->xattrs[e->n_xattrs++];
	x->name = xstrdup(it->name);
	x->size = it->value_len;
	x->value = xmalloc(x->size + 1);
	memcpy(x->value, it->value, x->size);
}

/* @l is sorted, up to what deletions add at its end. */
static void apply(struct look *l, size_t sorted, const struct ovl_item *it)
{
	struct look_entry *e;
	struct look members = *l;

	if (it->kind == OVL_DELETE) {
		look_add(l, it->path)->deleted = true;
		return;
	}
	members.n = sorted;
	e = (struct look_entry *)look_find(&members, it->path);
	if (e && it->kind == OVL_OPAQUE)
		e->opaque = true;
	else if (e && it->kind == OVL_XATTR)
		add_xattr(e, it);
}

static void apply_list(struct archive *a, const char *file)
{
	struct ovl_item *it = xcalloc(2, sizeof(*it));
	struct span rest = {a->list, a->list_len};
	uint8_t base[DIGEST_SIZE];
	struct fault f = {0};
	int ret = ovl_open(rest, base, &rest, &f);
	size_t sorted = a->l->n, i;

	for (i = 0; !ret || ret > 0; i++) {
		ret = ovl_next(&rest, &it[i & 1], i ? &it[~i & 1] : NULL, &f);
		if (ret <= 0)
			break;
		apply(a->l, sorted, &it[i & 1]);
	}
	if (ret)
		die("%s: list: %s", file, f.why);
	free(it);
}

void look_overlay(struct look *l, const char *file)
{
	struct archive *a = xcalloc(1, sizeof(*a));
	const bool all = false;
	uint32_t i;

	l->layers[l->n_layers++].path = xstrdup(file);
	a->l = l;
	look_archive_decode(file, &sink, a, &all);
	look_sort(l);
	apply_list(a, file);
	look_sort(l);
	for (i = 0; i < a->n_origins; i++)
		free(a->origins[i].path);
	free(a->origins);
	free(a->list);
	free(a);
}

/* One file out of an archive. */
struct pick {
	const char *path;
	int (*fn)(void *user, const void *p, size_t size);
	void *user;
	bool in, was, enough;
	int ret;
};

static int pick_begin(void *user, const struct cpio_entry *e, struct fault *f)
{
	struct pick *p = user;

	(void)f;
	p->in = S_ISREG(e->mode) && !strcmp(e->name, p->path);
	p->enough = p->was && !p->in;
	p->was |= p->in;
	return p->enough ? -ECANCELED : 0;
}

static int pick_data(void *user, const void *data, size_t size, struct fault *f)
{
	struct pick *p = user;

	(void)f;
	if (p->in)
		p->ret = p->fn(p->user, data, size);
	p->enough = p->ret;
	return p->ret ? -ECANCELED : 0;
}

static int pick_end(void *user, struct fault *f)
{
	(void)user;
	(void)f;
	return 0;
}

int look_archive_stream(const char *file, const char *path,
			int (*fn)(void *user, const void *p, size_t size),
			void *user)
{
	static const struct cpio_sink one = {pick_begin, pick_data, pick_end};
	struct pick p = {.path = path, .fn = fn, .user = user};

	look_archive_decode(file, &one, &p, &p.enough);
	return p.ret;
}
