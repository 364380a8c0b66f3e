/* SPDX-License-Identifier: MIT */
/* ocilayer.c - the tar in a layer: unpacked, counted, hashed, looked at. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "alloc.h"
#include "error.h"
#include "ocilayer.h"
#include "sqtree.h"
#include "tree.h"
#include "unfilter.h"

#define READ_SIZE (256 << 10)
/* what is packed well takes a tenth; zeros a thousandth */
#define RATIO_MAX   200
#define RATIO_FLOOR (256ull << 20)

struct layer {
	struct oci *o;
	unsigned int i;
	int fd;
	char *buf;
	struct unfilter *plain;
	struct digest_ctx d;
	uint64_t out; /* bytes of the tar */
	uint64_t names;
	const struct tarread_sink *sink;
	void *user;
};

static const char *path_of(const struct layer *l)
{
	return l->o->layers[l->i].path;
}

static ssize_t packed(void *user, const void **p, char **why)
{
	struct layer *l = user;
	ssize_t n;

	do
		n = read(l->fd, l->buf, READ_SIZE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		*why = xstrdup(strerror(errno));
	*p = l->buf;
	return n;
}

static ssize_t plain(void *user, const void **p, char **why)
{
	struct layer *l = user;
	ssize_t n = unfilter_next(l->plain, p, why);

	if (n <= 0)
		return n;
	l->out += n;
	if (l->out > RATIO_FLOOR &&
	    l->out / RATIO_MAX > l->o->layers[l->i].size)
		die("%s: layer %u unpacks to more than %d times its size",
		    l->o->src, l->i + 1, RATIO_MAX);
	digest_update(&l->d, *p, n);
	return n;
}

static char *clean(const struct layer *l, const char *path)
{
	char *p = tree_clean(path);

	if (!p && errno == EINVAL)
		die("%s: layer %u: '%.200s': a path must not hold '..'",
		    l->o->src, l->i + 1, path);
	if (!p)
		die("%s: layer %u: '%.200s':", l->o->src, l->i + 1, path);
	return p;
}

static bool mode_ok(const struct tarread_entry *e)
{
	if (S_ISCHR(e->mode) && !major(e->rdev) && !minor(e->rdev))
		return false;
	return S_ISREG(e->mode) || S_ISDIR(e->mode) || S_ISLNK(e->mode) ||
	       S_ISCHR(e->mode) || S_ISBLK(e->mode) || S_ISFIFO(e->mode);
}

/* overlayfs' own, and what stands for a device node (sqtree.h). */
static bool is_internal(const char *name)
{
	return !strncmp(name, "trusted.overlay.", 16) ||
	       !strncmp(name, "user.overlay.", 13) ||
	       !strcmp(name, SQTREE_NODE);
}

static void refuse(const struct layer *l, const struct tarread_entry *e)
{
	if (!e->hardlink && !mode_ok(e))
		die("%s: layer %u: '%s': a kind of file no layer may hold",
		    l->o->src, l->i + 1, e->path);
	if (e->uid < 0 || e->gid < 0 || e->uid >= UINT32_MAX ||
	    e->gid >= UINT32_MAX)
		die("%s: layer %u: '%s': owner out of range", l->o->src,
		    l->i + 1, e->path);
	for (size_t k = 0; k < e->n_xattrs; k++)
		if (is_internal(e->xattrs[k].name))
			die("%s: layer %u: '%s': attribute %s no layer may hold",
			    l->o->src, l->i + 1, e->path, e->xattrs[k].name);
}

static int entry(void *user, const struct tarread_entry *t)
{
	struct layer *l = user;
	struct tarread_entry e = *t;
	char *path = clean(l, t->path), *link = NULL;
	int wants;

	if (++l->names > OCI_NAMES_MAX)
		die("%s: layer %u: more than %u names", l->o->src, l->i + 1,
		    OCI_NAMES_MAX);
	e.path = path;
	if (t->hardlink)
		e.hardlink = link = clean(l, t->hardlink);
	refuse(l, &e);
	/* read twice, it counts once */
	if (!t->hardlink && S_ISREG(t->mode) && !l->o->layers[l->i].counted) {
		if (t->size > OCI_BYTES_MAX - l->o->bytes)
			die("%s: its layers unpack to more than %llu bytes",
			    l->o->src, OCI_BYTES_MAX);
		l->o->bytes += t->size;
	}
	wants = l->sink->entry(l->user, &e);
	free(path);
	free(link);
	return wants;
}

static void data(void *user, const void *p, uint64_t size)
{
	struct layer *l = user;

	l->sink->data(l->user, p, size);
}

static void end(void *user)
{
	struct layer *l = user;

	l->sink->end(l->user);
}

void ocilayer_read(struct oci *o, unsigned int i,
		   const struct tarread_sink *sink, void *user)
{
	static const struct tarread_sink own = {entry, data, end};
	struct layer l = {.o = o, .i = i, .sink = sink, .user = user};
	uint8_t raw[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1], *why = NULL;

	l.fd = open(path_of(&l), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (l.fd < 0)
		die("%s:", path_of(&l));
	l.buf = xmalloc(READ_SIZE);
	l.plain = unfilter_open(packed, &l);
	digest_init(&l.d);
	if (tarread_plain(plain, &l, &own, &l, &why))
		die("%s: layer %u: %s", o->src, i + 1, why);
	digest_final(&l.d, raw);
	digest_hex(raw, hex);
	if (strcmp(hex, o->layers[i].diff_id))
		die("%s: layer %u: its tar has sha256 %.12s..., expected %.12s...",
		    o->src, i + 1, hex, o->layers[i].diff_id);
	o->layers[i].counted = true;
	unfilter_close(l.plain);
	free(l.buf);
	close(l.fd);
}
