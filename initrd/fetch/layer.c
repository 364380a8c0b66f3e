// SPDX-License-Identifier: MIT
/*
 * layer.c - a layer, chunk by chunk. Chunks are proven in order over one
 * connection, so a cursor says what is proven: what lies before it is never
 * asked for and never written again.
 */
#include "fetch/try.h"

#define LAYER_RANGE_MAX (4u << 20)
#define LAYER_READ_MAX	(256u << 10) /* hash it while the cache has it */
#define LAYER_SKIP	4096

struct layer_job {
	const struct index *ix;
	uint8_t *map;
	uint64_t next;	/* first chunk that is not proven */
	uint64_t start; /* and its offset */
};

static int layer_prove(const struct fetch *f, const struct http_body *b,
		       const struct layer_job *j, struct fetch_error *e)
{
	char want[DIGEST_HEX + 1], got[DIGEST_HEX + 1];
	uint8_t digest[DIGEST_SIZE];

	digest_of(j->map + j->start, index_len(j->ix, j->next), digest);
	if (digest_equal(digest, index_digest(j->ix, j->next)))
		return 0;
	digest_hex(index_digest(j->ix, j->next), want);
	digest_hex(digest, got);
	return fetch_fail(e, CODE_HASH,
			  "%s: chunk %llu at offset %llu wrong "
			  "from %.40s (expected %.8s, got %.8s)",
			  b->get->object, (unsigned long long)j->next,
			  (unsigned long long)j->start, b->from, want, got);
}

/* Move the cursor over every chunk that is complete below @end. */
static int layer_advance(struct fetch *f, struct retry *r,
			 const struct http_body *b, struct layer_job *j,
			 uint64_t end, struct fetch_error *e)
{
	int ret;

	while (j->next < j->ix->n &&
	       index_len(j->ix, j->next) <= end - j->start) {
		ret = layer_prove(f, b, j, e);
		if (ret)
			return ret;
		j->start += index_len(j->ix, j->next++);
		retry_good(f, r);
	}
	return 0;
}

/* Read past what is proven already: a 200 begins at the first byte. */
static int layer_skip(struct fetch *f, struct http_body *b, uint64_t size,
		      struct fetch_error *e)
{
	uint8_t scratch[LAYER_SKIP];
	ssize_t n;

	while (size) {
		n = http_read(f, b, scratch,
			      size < LAYER_SKIP ? (size_t)size : LAYER_SKIP, e);
		if (n < 0)
			return (int)n;
		size -= (uint64_t)n;
	}
	return 0;
}

static int layer_body(struct fetch *f, struct retry *r, struct http_body *b,
		      struct layer_job *j, struct fetch_error *e)
{
	uint64_t at = j->start;
	int ret;

	ret = b->partial ? 0 : layer_skip(f, b, at, e);
	while (!ret && b->left) {
		/* http_accept held b->left against the signed size */
		ssize_t n = http_read(f, b, j->map + at, LAYER_READ_MAX, e);

		if (n < 0)
			return (int)n;
		at += (uint64_t)n;
		if (f->env.progress)
			f->env.progress(f->env.user, r->object, at,
					j->ix->layer_size);
		ret = layer_advance(f, r, b, j, at, e);
	}
	if (!ret)
		http_end(f, b);
	return ret;
}

/* As many neighbours as one request may ask for, at least one. */
static uint64_t layer_range_last(const struct layer_job *j)
{
	uint64_t i = j->next, size = 0;

	while (i < j->ix->n &&
	       (!size || size + index_len(j->ix, i) <= LAYER_RANGE_MAX))
		size += index_len(j->ix, i++);
	return j->start + size - 1;
}

static int layer_once(struct fetch *f, struct retry *r, const char *url,
		      void *job, struct fetch_error *e)
{
	struct layer_job *j = job;
	struct http_body b;
	int ret = 0;

	while (!ret && j->next < j->ix->n) {
		const struct http_get g = {
			.object = r->object,
			.url = url,
			.has_size = true,
			.size = j->ix->layer_size,
			.ranged = true,
			.first = j->start,
			.last = layer_range_last(j),
		};

		ret = http_get(f, &g, &b, e);
		if (!ret)
			ret = layer_body(f, r, &b, j, e);
	}
	return ret;
}

int fetch_layer(struct fetch *f, const char *rel, const char *name,
		const struct index *ix, uint8_t *map, struct fetch_error *e)
{
	struct layer_job j = {.ix = ix, .map = map};
	char shown[TRY_NAME_MAX];
	struct retry r;

	try_name(shown, name);
	retry_start(&r, shown);
	return try_object(f, &r, rel, layer_once, &j, e);
}
