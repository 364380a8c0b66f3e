// SPDX-License-Identifier: MIT
/* cmsfile.c - the messages of cmsgen in memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmsfile.h"

#define MAX 512

static struct cmsfile files[MAX];
static size_t n_files;
static uint8_t text[8 << 20];

static void fail(const char *what)
{
	fprintf(stderr, "$FUZZ_CMS: %s; tests/fuzz/prepare writes it\n", what);
	exit(1);
}

static void cut(size_t n)
{
	struct cmsfile *f;
	size_t at = 0;

	while (at < n) {
		if (n_files == MAX || n - at < sizeof(f->c))
			fail("too many messages, or cut short");
		f = &files[n_files++];
		memcpy(&f->c, text + at, sizeof(f->c));
		f->root = text + at + sizeof(f->c);
		f->der = f->root + f->c.root_n;
		f->data = f->der + f->c.der_n;
		at = f->data + f->c.data_n - text;
	}
	if (at != n || !n)
		fail("empty, or cut short");
}

size_t cmsfile_load(const struct cmsfile **all)
{
	const char *path = getenv("FUZZ_CMS");
	FILE *f = path && !n_files ? fopen(path, "rb") : NULL;

	if (!n_files && !f)
		fail("not set, or no such file");
	if (f) {
		cut(fread(text, 1, sizeof(text), f));
		fclose(f);
	}
	*all = files;
	return n_files;
}
