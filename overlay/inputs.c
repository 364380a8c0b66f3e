/* SPDX-License-Identifier: MIT */
/* inputs.c - says whether an overlay would come out the same again. */
#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "inputs.h"
#include "role.h"

static void add(struct digest_ctx *d, const char *text)
{
	/* with its NUL, so that neighbours cannot run into each other */
	digest_update(d, text, strlen(text) + 1);
}

static void add_number(struct digest_ctx *d, uint64_t v)
{
	uint8_t be[8];

	put_be64(be, v);
	digest_update(d, be, sizeof(be));
}

static void add_file(struct digest_ctx *d, const char *path)
{
	char hex[DIGEST_HEX + 1];
	uint64_t size;

	hash_file_hex(path, hex, &size);
	add(d, hex);
}

static void add_link(struct digest_ctx *d, const char *path)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		die("%s:", path);
	target[n] = '\0';
	add(d, target);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void add_tree(struct digest_ctx *d, const char *dir)
{
	char *const roots[] = {(char *)dir, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	size_t skip = strlen(dir);
	FTSENT *e;

	if (!fts)
		die("%s:", dir);
	while ((e = fts_read(fts))) {
		if (e->fts_info == FTS_DP)
			continue;
		if (e->fts_info == FTS_ERR || e->fts_info == FTS_DNR ||
		    e->fts_info == FTS_NS) {
			errno = e->fts_errno;
			die("%s:", e->fts_path);
		}
		add(d, e->fts_path + skip);
		add_number(d, e->fts_statp->st_mode);
		if (S_ISREG(e->fts_statp->st_mode))
			add_file(d, e->fts_path);
		else if (S_ISLNK(e->fts_statp->st_mode))
			add_link(d, e->fts_path);
	}
	if (errno)
		die("%s:", dir);
	fts_close(fts);
}

void inputs_key(const struct role *r, const struct base *b, char **deps,
		char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;

	digest_init(&d);
	add(&d, "slipway overlay inputs 1");
	add_file(&d, "/proc/self/exe");
	add(&d, b->digest);
	add_number(&d, b->epoch);
	for (size_t i = 0; deps[i]; i++)
		add(&d, deps[i]);
	add_tree(&d, r->dir);
	digest_final(&d, digest);
	digest_hex(digest, out);
}
