// SPDX-License-Identifier: MIT
/* local.c - proven bytes out of files. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "console.h"
#include "file.h"
#include "fetch/clock.h"
#include "format/digest.h"
#include "local.h"
#include "sys.h"

#define BATCH_CHUNKS 64
#define BATCH_SIZE   INDEX_CHUNK_MAX

static int open_in(int tree, const char *rel)
{
	return sys_openat2_beneath(tree, rel,
				   O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
}

static int open_file(struct boot *b, const char *rel, uint64_t *size)
{
	int fd = -ENOENT;
	struct stat st;

	if (b->over >= 0)
		fd = open_in(b->over, rel);
	if (fd == -ENOENT)
		fd = open_in(b->tree, rel);
	if (fd < 0)
		return fetch_fail(&b->error, CODE_MEDIUM, "%s: %s", rel,
				  strerror(-fd));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return fetch_fail(&b->error, CODE_MEDIUM,
				  "%s: not a regular file", rel);
	}
	*size = st.st_size;
	return fd;
}

static int read_all(struct boot *b, const char *name, int fd, void *p,
		    size_t size, uint64_t at)
{
	ssize_t n = file_get_at(fd, p, size, at);

	if (n < 0)
		return fetch_fail(&b->error, CODE_MEDIUM,
				  "%s: at offset %llu: %s", name,
				  (unsigned long long)at, strerror((int)-n));
	if ((size_t)n != size)
		return fetch_fail(&b->error, CODE_LEN,
				  "%s: ends early (expected %llu, got %llu)",
				  name, (unsigned long long)(at + size),
				  (unsigned long long)(at + n));
	return 0;
}

static int wrong(struct boot *b, const char *name, const uint8_t *want,
		 const uint8_t *got)
{
	char expected[DIGEST_HEX + 1], found[DIGEST_HEX + 1];

	digest_hex(want, expected);
	digest_hex(got, found);
	return fetch_fail(&b->error, CODE_HASH,
			  "%s: wrong digest on the medium (expected %.12s, "
			  "got %.12s)",
			  name, expected, found);
}

int local_blob(struct boot *b, const char *rel, void *buf, size_t max,
	       size_t *size, const uint8_t *digest)
{
	uint8_t got[DIGEST_SIZE];
	uint64_t found;
	int fd = open_file(b, rel, &found), ret;

	if (fd < 0)
		return fd;
	if (found > max || (digest && found != *size))
		ret = fetch_fail(&b->error, CODE_LEN,
				 "%s: of another size (expected %s%llu, got "
				 "%llu)",
				 rel, digest ? "" : "at most ",
				 (unsigned long long)(digest ? *size : max),
				 (unsigned long long)found);
	else
		ret = read_all(b, rel, fd, buf, found, 0);
	close(fd);
	if (ret)
		return ret;
	*size = found;
	if (!digest)
		return 0;
	digest_of(buf, found, got);
	return digest_equal(got, digest) ? 0 : wrong(b, rel, digest, got);
}

/* Some chunks in a row, in memory of ours. */
struct batch {
	uint8_t *buf;
	uint64_t first, offset;
	unsigned int n;
	size_t size;
	struct digest_job jobs[BATCH_CHUNKS];
};

/* From chunk @c->first on as many as go together. */
static void plan(struct batch *c, const struct index *ix)
{
	c->n = 0;
	c->size = 0;
	while (c->n < BATCH_CHUNKS && c->first + c->n < ix->n) {
		uint32_t len = index_len(ix, c->first + c->n);

		if (c->size + len > BATCH_SIZE)
			break;
		c->jobs[c->n] = (struct digest_job){
			.p = c->buf + c->size,
			.size = len,
			.id = c->n,
		};
		c->n++;
		c->size += len;
	}
}

static int prove(struct boot *b, const struct fetch_layer *l, struct batch *c)
{
	char name[96];

	digest_many(c->jobs, c->n);
	for (unsigned int k = 0; k < c->n; k++) {
		uint64_t chunk = c->first + c->jobs[k].id;
		const uint8_t *want = index_digest(&l->ix, chunk);

		if (digest_equal(c->jobs[k].out, want))
			continue;
		snprintf(name, sizeof(name), "%s: chunk %llu", l->name,
			 (unsigned long long)chunk);
		return wrong(b, name, want, c->jobs[k].out);
	}
	return 0;
}

static int put(struct boot *b, const struct fetch_layer *l,
	       const struct batch *c)
{
	size_t done = 0;

	while (l->fd >= 0 && done < c->size) {
		ssize_t n = pwrite(l->fd, c->buf + done, c->size - done,
				   c->offset + done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return fetch_fail(&b->error, CODE_SPACE, "%s: %s",
					  l->name, strerror(errno));
		done += n;
	}
	return 0;
}

static int copy(struct boot *b, struct fetch_layer *l, int fd, struct batch *c)
{
	int ret = 0;

	while (!ret && c->first < l->ix.n) {
		plan(c, &l->ix);
		ret = read_all(b, l->name, fd, c->buf, c->size, c->offset);
		if (!ret)
			ret = prove(b, l, c);
		if (!ret)
			ret = put(b, l, c);
		c->first += c->n;
		c->offset += c->size;
		l->bytes = c->offset;
		console_progress(
			&(struct fetch_progress){.object = l->name,
						 .done = c->offset,
						 .total = l->ix.layer_size,
						 .connections = 1,
						 .mirrors = 1});
	}
	return ret;
}

int local_layer(struct boot *b, unsigned int i)
{
	struct layers *s = &b->layers;
	struct fetch_layer *l = &s->l[i];
	struct batch c = {0};
	uint64_t found;
	int fd = open_file(b, l->rel, &found), ret;

	if (fd < 0)
		return fd;
	l->start_ms = clock_ms();
	c.buf = mmap(NULL, BATCH_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c.buf == MAP_FAILED)
		ret = fetch_fail(&b->error, CODE_MEM, "%s: %s", l->name,
				 strerror(errno));
	else if (found != l->ix.layer_size)
		ret = fetch_fail(&b->error, CODE_LEN,
				 "%s: of another size (expected %llu, got "
				 "%llu)",
				 l->name, (unsigned long long)l->ix.layer_size,
				 (unsigned long long)found);
	else
		ret = copy(b, l, fd, &c);
	if (c.buf != MAP_FAILED)
		munmap(c.buf, BATCH_SIZE);
	l->stop_ms = clock_ms();
	if (!ret && l->fd < 0)
		s->files[i] = fd;
	else
		close(fd);
	l->done = !ret;
	return ret;
}
