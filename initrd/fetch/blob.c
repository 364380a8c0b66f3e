// SPDX-License-Identifier: MIT
/* blob.c - small objects, whole: the manifest and the indexes. */
#include "fetch/try.h"

struct blob_job {
	uint8_t *buf;
	size_t max, *size;
	size_t expected; /* with a digest */
	const uint8_t *digest;
	int (*check)(void *user, const void *p, size_t size,
		     struct fetch_error *e);
	void *user;
};

static int blob_read(struct fetch *f, const struct http_get *g,
		     const struct blob_job *j, struct http_body *b,
		     size_t *size, struct fetch_error *e)
{
	size_t got = 0;
	uint8_t more;
	ssize_t n;

	while (got < g->size) {
		n = http_read(f, b, j->buf + got, (size_t)g->size - got, e);
		if (n < 0)
			return (int)n;
		if (!n)
			break;
		got += (size_t)n;
		try_tell(f, &(struct fetch_progress){
				      .object = g->object,
				      .done = got,
				      .total = g->has_size ? g->size : 0,
				      .connections = 1,
				      .mirrors = 1});
	}
	/* without a length only the end of the connection is the end */
	if (b->until_close && !g->has_size && got == g->size) {
		b->left = 1;
		n = http_read(f, b, &more, 1, e);
		if (n < 0)
			return (int)n;
		if (n)
			return fetch_fail(e, CODE_LEN,
					  "%s: too long from %s "
					  "(expected at most %llu)",
					  g->object, b->from,
					  (unsigned long long)g->size);
	}
	http_end(f, b);
	*size = got;
	return 0;
}

static int blob_prove(const struct http_get *g, const struct blob_job *j,
		      const struct http_body *b, size_t size,
		      struct fetch_error *e)
{
	char want[DIGEST_HEX + 1], got[DIGEST_HEX + 1];
	uint8_t digest[DIGEST_SIZE];

	if (!j->digest)
		return 0;
	digest_of(j->buf, size, digest);
	if (digest_equal(digest, j->digest))
		return 0;
	digest_hex(j->digest, want);
	digest_hex(digest, got);
	return fetch_fail(e, CODE_HASH,
			  "%s: wrong digest from %s (expected "
			  "%.12s, got %.12s)",
			  g->object, b->from, want, got);
}

static int blob_once(struct fetch *f, struct retry *r, const char *url,
		     void *job, struct fetch_error *e)
{
	const struct blob_job *j = job;
	const struct http_get g = {
		.object = r->object,
		.url = url,
		.has_size = j->digest,
		.size = j->digest ? j->expected : j->max,
	};
	struct http_body b;
	size_t size = 0;
	int ret;

	ret = http_get(f, &g, &b, e);
	if (!ret)
		ret = blob_read(f, &g, j, &b, &size, e);
	if (!ret)
		ret = blob_prove(&g, j, &b, size, e);
	if (!ret && j->check)
		ret = j->check(j->user, j->buf, size, e) ? -EPROTO : 0;
	if (!ret)
		*j->size = size;
	return ret;
}

int fetch_blob(struct fetch *f, const char *rel, void *buf, size_t max,
	       size_t *size, const uint8_t *digest,
	       int (*check)(void *user, const void *p, size_t size,
			    struct fetch_error *e),
	       void *user, struct fetch_error *e)
{
	struct blob_job j = {
		.buf = buf,
		.max = max,
		.size = size,
		.expected = digest ? *size : 0,
		.digest = digest,
		.check = check,
		.user = user,
	};
	char name[TRY_NAME_MAX];
	struct retry r;

	try_name(name, rel);
	if (j.expected > max)
		return fetch_fail(e, CODE_LEN,
				  "%s: too large (expected at "
				  "most %llu, got %llu)",
				  name, (unsigned long long)max,
				  (unsigned long long)j.expected);
	retry_start(&r, name);
	return try_object(f, &r, rel, blob_once, &j, e);
}
