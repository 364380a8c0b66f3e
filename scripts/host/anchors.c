// SPDX-License-Identifier: MIT
/*
 * anchors.c - a site's trust anchors and revoked keys, as machines have them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/anchor.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/roots.h"

#define LIST_MAX 65536

struct list {
	uint8_t *p;
	size_t size;
};

static void append(struct list *l, const void *p, size_t n)
{
	l->p = xrealloc(l->p, l->size + n, 1);
	memcpy(l->p + l->size, p, n);
	l->size += n;
}

char *anchors_revoked(const char *path)
{
	const char *slash = strrchr(path, '/');

	return xasprintf("%.*srevoked", slash ? (int)(slash + 1 - path) : 0,
			 path);
}

static void add_key(struct list *l, const char *path, unsigned int number,
		    struct span line)
{
	static const uint8_t head[] = {ANCHOR_TAG, DIGEST_SIZE};
	uint8_t key[DIGEST_SIZE];
	struct span word;

	if (!text_field(&line, &word) || !word.n || word.p[0] == '#')
		return;
	if (digest_unhex(word, key))
		die("%s:%u: expected the SHA-256 of a key, found '%.*s'", path,
		    number, word.n > 40 ? 40 : (int)word.n, word.p);
	append(l, head, sizeof(head));
	append(l, key, sizeof(key));
}

static void add_revoked(struct list *l, const char *path)
{
	char *file = anchors_revoked(path), *text;
	unsigned int number = 0;
	struct span rest, line;
	size_t size;
	bool whole;

	text = outfile_slurp(file, LIST_MAX, &size);
	if (!text && errno != ENOENT)
		die("%s: cannot read:", file);
	rest = (struct span){text, text ? size : 0};
	while (text && text_line(&rest, &line, &whole))
		add_key(l, file, ++number, line);
	free(text);
	free(file);
}

/* PEM, or already what machines have: then the revoked keys are in it. */
static void add_roots(struct list *l, const char *path)
{
	size_t size;
	char *data = outfile_slurp(path, ANCHOR_SIZE_MAX, &size);
	bool der = data && size && (uint8_t)data[0] == 0x30;

	if (der)
		*l = (struct list){(uint8_t *)data, size};
	else
		l->p = roots_read(path, &l->size);
	if (!der)
		free(data);
}

void *anchors_read(const char *path, size_t *size)
{
	struct list l = {0};
	struct fault f = {0};
	struct anchor a;

	add_roots(&l, path);
	add_revoked(&l, path);
	if (anchor_read(&a, l.p, l.size, &f))
		die("%s: no trust anchor: %s", path, f.why);
	*size = l.size;
	return l.p;
}
