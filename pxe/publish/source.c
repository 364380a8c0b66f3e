// SPDX-License-Identifier: MIT
/*
 * source.c - objects of a publish tree, out of a folder or from mirrors.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fetch/conn.h"
#include "fetch/fetch.h"
#include "fetch/retry.h"
#include "fetch/tls.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/progress.h"
#include "host/roots.h"
#include "source.h"

struct source {
	char *dir; /* or NULL: */
	struct fetch fetch;
	struct fetch_conn conn;
	struct retry_budget quick;
};

struct source *source_dir(const char *dir)
{
	struct source *s = xcalloc(1, sizeof(*s));

	s->dir = xstrdup(dir);
	return s;
}

static int resolve(void *user, const char *host, uint64_t timeout_ms,
		   struct fetch_addr out[FETCH_ADDRS_MAX],
		   struct fetch_error *e)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list, *a;
	int n = 0, err = getaddrinfo(host, NULL, &hints, &list);

	if (err)
		return fetch_fail(e, CODE_DNS, "%s: %s", host,
				  gai_strerror(err));
	for (a = list; a && n < FETCH_ADDRS_MAX; a = a->ai_next) {
		out[n].family = a->ai_family;
		if (a->ai_family == AF_INET)
			memcpy(out[n++].addr,
			       &((struct sockaddr_in *)a->ai_addr)->sin_addr,
			       4);
		else if (a->ai_family == AF_INET6)
			memcpy(out[n++].addr,
			       &((struct sockaddr_in6 *)a->ai_addr)->sin6_addr,
			       16);
	}
	freeaddrinfo(list);
	return n;
}

static void note(void *user, const char *text)
{
	info("%s", text);
}

static void show(void *user, const struct fetch_progress *p)
{
	progress(p->object, p->done, p->total);
}

/* A machine that runs this has a clock and a list of roots. */
static const struct fetch_tls *trusted(const char *roots)
{
	static struct fetch_tls t = {.client = tls_client};

	t.roots = roots_read(roots ? roots : ROOTS_SYSTEM, &t.roots_size);
	t.now = time(NULL);
	return &t;
}

struct source *source_url(const char *url, const char *roots)
{
	/* http may lead to https: be ready for it when that costs nothing */
	const bool https = roots || !strncmp(url, "https://", 8) ||
			   !access(ROOTS_SYSTEM, R_OK);
	const struct fetch_env env = {.resolve = resolve,
				      .note = note,
				      .progress = show,
				      .tls = https ? trusted(roots) : NULL,
				      .seed = getpid()};
	struct source *s = xcalloc(1, sizeof(*s));
	struct fault f = {0};

	fetch_init(&s->fetch, &env, &s->conn);
	if (fetch_add_mirror(&s->fetch, text_span(url), &f))
		die("%s: %s", url, f.why ? f.why : "not a URL we accept");
	return s;
}

void source_quick(struct source *s, bool quick)
{
	s->quick = retry_default;
	s->quick.tries_bad = 1;
	s->fetch.budget = quick ? &s->quick : &retry_default;
}

void source_close(struct source *s)
{
	if (!s->dir)
		fetch_close(&s->fetch);
	free(s->dir);
	free(s);
}

static int missing(struct fetch_error *e, const char *rel)
{
	return fetch_fail(e, CODE_FETCH, "%s: %s", rel, strerror(errno));
}

/* A private copy on write of a whole file. */
static int map_file(struct source *s, const char *rel, size_t max, uint8_t **p,
		    size_t *size, struct fetch_error *e)
{
	char *path = xasprintf("%s/%s", s->dir, rel);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	int err = 0;

	free(path);
	if (fd < 0)
		return missing(e, rel);
	if (fstat(fd, &st) || !st.st_size)
		err = fetch_fail(e, CODE_LEN, "%s: is empty", rel);
	else if ((uint64_t)st.st_size > max)
		err = fetch_fail(e, CODE_LEN,
				 "%s: too long (expected %zu, got %llu)", rel,
				 max, (unsigned long long)st.st_size);
	if (!err) {
		*size = st.st_size;
		*p = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (*p == MAP_FAILED)
			err = missing(e, rel);
	}
	close(fd);
	return err;
}

static int check_blob(const char *rel, const uint8_t *p, size_t size,
		      size_t want, const uint8_t *digest, struct fetch_error *e)
{
	uint8_t got[DIGEST_SIZE];

	if (size != want)
		return fetch_fail(e, CODE_LEN,
				  "%s: wrong length (expected %zu, got %zu)",
				  rel, want, size);
	digest_of(p, size, got);
	if (!digest_equal(got, digest))
		return fetch_fail(e, CODE_HASH,
				  "%s: digest differs from the signed one",
				  rel);
	return 0;
}

static uint8_t *room_for(size_t size)
{
	uint8_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		die("memory:");
	return p;
}

int source_blob(struct source *s, const char *rel, size_t max, uint8_t **p,
		size_t *size, const uint8_t *digest, struct fetch_error *e)
{
	size_t want = *size;
	int err;

	if (!s->dir) {
		*p = room_for(max);
		err = fetch_blob(&s->fetch, rel, *p, max, size, digest, NULL,
				 NULL, e);
		if (err)
			source_free(*p, max);
		return err;
	}
	err = map_file(s, rel, max, p, size, e);
	if (!err && digest) {
		err = check_blob(rel, *p, *size, want, digest, e);
		if (err)
			source_free(*p, *size);
	}
	return err;
}

static int check_chunks(const char *name, const struct index *ix,
			const uint8_t *p, struct fetch_error *e)
{
	uint8_t got[DIGEST_SIZE];
	uint64_t i, at = 0;

	for (i = 0; i < ix->n; i++) {
		digest_of(p + at, index_len(ix, i), got);
		if (!digest_equal(got, index_digest(ix, i)))
			return fetch_fail(
				e, CODE_HASH,
				"%s: chunk %llu at offset %llu differs from the signed one",
				name, (unsigned long long)i,
				(unsigned long long)at);
		at += index_len(ix, i);
		progress(name, at, ix->layer_size);
	}
	return 0;
}

int source_into(struct source *s, const char *rel, const char *name,
		const struct index *ix, int fd, struct fetch_error *e)
{
	struct fetch_layer l = {.rel = rel, .name = name, .ix = *ix, .fd = fd};

	return fetch_layers(&s->fetch, &l, 1, NULL, e);
}

/* Into memory that has a descriptor, as the engine's workers want it. */
static int get_layer(struct source *s, const char *rel, const char *name,
		     const struct index *ix, uint8_t **p, struct fetch_error *e)
{
	int fd = memfd_create("layer", MFD_CLOEXEC), err;

	if (fd < 0 || ftruncate(fd, ix->layer_size))
		die("memory:");
	*p = mmap(NULL, ix->layer_size, PROT_READ, MAP_SHARED, fd, 0);
	if (*p == MAP_FAILED)
		die("memory:");
	err = source_into(s, rel, name, ix, fd, e);
	close(fd);
	if (err)
		source_free(*p, ix->layer_size);
	return err;
}

int source_layer(struct source *s, const char *rel, const char *name,
		 const struct index *ix, uint8_t **p, struct fetch_error *e)
{
	size_t size;
	int err;

	if (!s->dir)
		return get_layer(s, rel, name, ix, p, e);
	err = map_file(s, rel, SIZE_MAX, p, &size, e);
	if (err)
		return err;
	if (size != ix->layer_size)
		err = fetch_fail(e, CODE_LEN,
				 "%s: wrong length (expected %llu, got %zu)",
				 name, (unsigned long long)ix->layer_size,
				 size);
	else
		err = check_chunks(name, ix, *p, e);
	if (err)
		source_free(*p, size);
	return err;
}

void source_free(uint8_t *p, size_t size)
{
	munmap(p, size);
}
