// SPDX-License-Identifier: MIT
/* seed.c - the chunks that this disk has. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "releases.h"
#include "seed.h"

struct seed_chunk {
	uint8_t digest[DIGEST_SIZE];
	uint64_t at;
	uint32_t len, file;
};

static int by_digest(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_SIZE);
}

static void add_index(struct seed *s, const char *layer, const char *index)
{
	size_t size;
	char *text = outfile_slurp(index, INDEX_SIZE_MAX, &size);
	struct fault f = {0};
	struct index ix;
	uint64_t i, at = 0;

	if (!text || index_open(&ix, text, size, &f)) {
		free(text);
		return;
	}
	s->files = xrealloc(s->files, s->n_files + 1, sizeof(*s->files));
	s->files[s->n_files] = xstrdup(layer);
	s->chunks = xrealloc(s->chunks, s->n + ix.n, sizeof(*s->chunks));
	for (i = 0; i < ix.n; i++) {
		struct seed_chunk *c = &s->chunks[s->n++];

		memcpy(c->digest, index_digest(&ix, i), DIGEST_SIZE);
		c->at = at;
		c->len = index_len(&ix, i);
		c->file = (uint32_t)s->n_files;
		at += c->len;
	}
	s->n_files++;
	free(text);
}

/* The same layer in several releases is one file, by a hard link. */
static bool known(const struct seed *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_files; i++)
		if (!strcmp(strrchr(s->files[i], '/') + 1, name))
			return true;
	return false;
}

static void add_release(struct seed *s, const struct update *u, uint64_t serial)
{
	char *dir = update_path(u, "releases/%llu/layers",
				(unsigned long long)serial);
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		const char *dot = strchr(e->d_name, '.');
		char *layer, *index;

		if (!dot || dot == e->d_name || !strcmp(dot, ".index") ||
		    known(s, e->d_name))
			continue;
		layer = xasprintf("%s/%s", dir, e->d_name);
		index = xasprintf("%s/%.*s.index", dir, (int)(dot - e->d_name),
				  e->d_name);
		add_index(s, layer, index);
		free(index);
		free(layer);
	}
	if (d)
		closedir(d);
	free(dir);
}

void seed_open(struct seed *s, const struct update *u)
{
	size_t n, i;
	uint64_t *list = releases_list(u, &n);

	memset(s, 0, sizeof(*s));
	for (i = 0; i < n; i++)
		add_release(s, u, list[i]);
	if (s->n)
		qsort(s->chunks, s->n, sizeof(*s->chunks), by_digest);
	free(list);
}

void seed_close(struct seed *s)
{
	size_t i;

	for (i = 0; i < s->n_files; i++)
		free(s->files[i]);
	free(s->files);
	free(s->chunks);
}

/* Are @len bytes at @at of @fd those of @digest? They are then in @buf. */
static bool proven(int fd, uint64_t at, uint32_t len, const uint8_t *digest,
		   uint8_t *buf)
{
	uint8_t got[DIGEST_SIZE];

	if (pread(fd, buf, len, (off_t)at) != (ssize_t)len)
		return false;
	digest_of(buf, len, got);
	return digest_equal(got, digest);
}

static bool from_disk(const struct seed *s, const uint8_t *digest, uint32_t len,
		      uint8_t *buf)
{
	const struct seed_chunk *c =
		s->n ? bsearch(digest, s->chunks, s->n, sizeof(*c), by_digest)
		     : NULL;
	bool good;
	int fd;

	if (!c || c->len != len)
		return false;
	fd = open(s->files[c->file], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	good = proven(fd, c->at, len, digest, buf);
	close(fd);
	return good;
}

uint64_t seed_fill(const struct seed *s, const struct index *ix, int fd,
		   uint8_t *have)
{
	uint8_t *buf = xmalloc(INDEX_CHUNK_MAX);
	uint64_t i, at = 0, missing = 0;

	for (i = 0; i < ix->n; i++) {
		uint32_t len = index_len(ix, i);
		const uint8_t *digest = index_digest(ix, i);

		have[i] = proven(fd, at, len, digest, buf);
		if (!have[i] && from_disk(s, digest, len, buf)) {
			if (pwrite(fd, buf, len, (off_t)at) != (ssize_t)len)
				die("write of a layer:");
			have[i] = 1;
		}
		missing += have[i] ? 0 : len;
		at += len;
	}
	free(buf);
	return missing;
}

struct gap {
	uint64_t first, n, size;
};

static int smallest_first(const void *a, const void *b)
{
	const struct gap *x = a, *y = b;

	return x->size < y->size ? -1 : x->size > y->size;
}

/* Runs of chunks that are there, with missing ones on both sides. */
static struct gap *gaps(const struct index *ix, const uint8_t *have, size_t *n)
{
	struct gap *list = NULL, now = {0};
	bool begun = false;
	uint64_t i;

	*n = 0;
	for (i = 0; i < ix->n; i++) {
		if (have[i]) {
			now.first = now.n++ ? now.first : i;
			now.size += index_len(ix, i);
			continue;
		}
		if (begun && now.n) {
			list = xrealloc(list, *n + 1, sizeof(*list));
			list[(*n)++] = now;
		}
		begun = true;
		now = (struct gap){0};
	}
	return list;
}

void seed_join(const struct index *ix, uint8_t *have, unsigned int max)
{
	size_t n, i;
	struct gap *list = gaps(ix, have, &n);

	if (n)
		qsort(list, n, sizeof(*list), smallest_first);
	for (i = 0; n - i + 1 > max && i < n; i++)
		memset(have + list[i].first, 0, list[i].n);
	free(list);
}
