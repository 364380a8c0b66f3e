// SPDX-License-Identifier: MIT
/* content.c - what stands in a file. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/sqread.h"
#include "look.h"
#include "spool.h"

struct text {
	char *p;
	size_t n, max;
};

int look_stream(const struct look *l, const struct look_entry *e,
		int (*fn)(void *user, const void *p, size_t size), void *user)
{
	/* what is kept of an archive changes nothing that can be seen */
	struct look_layer *layer = (struct look_layer *)&l->layers[e->layer];
	const char *path = e->first ? e->first : e->path;
	int ret;

	if (!layer->base && !layer->streams++)
		return look_archive_stream(layer->path, path, fn, user);
	if (!layer->base && !layer->spool)
		layer->spool = spool_open(layer->path);
	if (!layer->base)
		return spool_stream(layer->spool, path, fn, user);
	ret = sqread_stream(layer->image, e->file, fn, user);
	if (ret < 0)
		die("%s: %s: cannot be read", layer->path, e->path);
	return ret;
}

static int keep(void *user, const void *p, size_t size)
{
	struct text *t = user;

	if (size > t->max - t->n)
		return 1;
	memcpy(t->p + t->n, p, size);
	t->n += size;
	return 0;
}

char *look_text(const struct look *l, const struct look_entry *e, size_t max)
{
	struct text t = {.max = max};

	if (!e || !S_ISREG(e->mode) || e->size > max)
		return NULL;
	t.p = xmalloc(max + 1);
	if (look_stream(l, e, keep, &t)) {
		free(t.p);
		return NULL;
	}
	t.p[t.n] = '\0';
	return t.p;
}

static int hash(void *user, const void *p, size_t size)
{
	digest_update(user, p, size);
	return 0;
}

const uint8_t *look_digest(const struct look *l, struct look_entry *e)
{
	struct digest_ctx d;

	if (!e->hashed) {
		digest_init(&d);
		look_stream(l, e, hash, &d);
		digest_final(&d, e->digest);
		e->hashed = true;
	}
	return e->digest;
}
