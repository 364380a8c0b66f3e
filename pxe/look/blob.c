// SPDX-License-Identifier: MIT
/* blob.c - the blobs of a container image while it is written. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "host/alloc.h"
#include "host/error.h"
#include "blob.h"
#include "tarball.h"

#define GZIP_BITS  (15 + 16)
#define GZIP_LEVEL 6
#define MEM_LEVEL  8

struct packer {
	struct blob *b;
	struct digest_ctx packed, plain;
	z_stream z;
};

static int temporary(const char *beside)
{
	const char *slash = strrchr(beside, '/');
	char *dir = slash ? xasprintf("%.*s", (int)(slash - beside + 1), beside)
			  : xstrdup(".");
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		die("%s: temporary file:", dir);
	free(dir);
	return fd;
}

static void finish(struct digest_ctx *d, char hex[DIGEST_HEX + 1])
{
	uint8_t raw[DIGEST_SIZE];

	digest_final(d, raw);
	digest_hex(raw, hex);
}

static void keep(struct blob *b, struct digest_ctx *d, const void *p,
		 size_t size)
{
	ssize_t n;

	digest_update(d, p, size);
	b->size += size;
	while (size) {
		n = write(b->fd, p, size);
		if (n < 0 && errno != EINTR)
			die("temporary file:");
		n = n < 0 ? 0 : n;
		p = (const char *)p + n;
		size -= n;
	}
}

static void squeeze(struct packer *p, int flush)
{
	unsigned char out[64 << 10];

	do {
		p->z.next_out = out;
		p->z.avail_out = sizeof(out);
		if (deflate(&p->z, flush) == Z_STREAM_ERROR)
			die("zlib: cannot compress");
		keep(p->b, &p->packed, out, sizeof(out) - p->z.avail_out);
	} while (!p->z.avail_out);
}

static void put(void *user, const void *data, size_t size)
{
	struct packer *p = user;

	digest_update(&p->plain, data, size);
	p->z.next_in = (void *)data;
	p->z.avail_in = size;
	squeeze(p, Z_NO_FLUSH);
}

/* The header of a gzip by zlib has no date and no name in it. */
void blob_layer(struct blob *b, const struct look_layer *layer,
		const char *beside)
{
	struct packer p = {.b = b};
	struct look l = {0};

	b->fd = temporary(beside);
	digest_init(&p.packed);
	digest_init(&p.plain);
	if (deflateInit2(&p.z, GZIP_LEVEL, Z_DEFLATED, GZIP_BITS, MEM_LEVEL,
			 Z_DEFAULT_STRATEGY))
		die("zlib: out of memory");
	if (layer->base)
		look_base(&l, layer->path);
	else
		look_overlay(&l, layer->path);
	l.layers[0].name = xstrdup(layer->name);
	tarball_write(&l, true, put, &p);
	squeeze(&p, Z_FINISH);
	deflateEnd(&p.z);
	look_close(&l);
	finish(&p.packed, b->hex);
	finish(&p.plain, b->plain);
}

void blob_text(struct blob *b, const char *text, const char *beside)
{
	struct digest_ctx d;

	memset(b, 0, sizeof(*b));
	b->fd = temporary(beside);
	digest_init(&d);
	keep(b, &d, text, strlen(text));
	finish(&d, b->hex);
}
