/* SPDX-License-Identifier: MIT */
/* inputs.c - the keys that say whether a base would come out the same. */
#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "inputs.h"

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

static void add_entry(struct digest_ctx *d, const FTSENT *e, size_t skip)
{
	char target[4096];
	ssize_t n;

	add(d, e->fts_path + skip);
	add_number(d, e->fts_statp->st_mode);
	if (S_ISREG(e->fts_statp->st_mode)) {
		add_file(d, e->fts_path);
	} else if (S_ISLNK(e->fts_statp->st_mode)) {
		n = readlink(e->fts_path, target, sizeof(target) - 1);
		if (n < 0)
			die("%s:", e->fts_path);
		target[n] = '\0';
		add(d, target);
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void add_tree(struct digest_ctx *d, const char *dir)
{
	char *const roots[] = {(char *)dir, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	FTSENT *e;

	if (!fts)
		die("%s:", dir);
	while ((errno = 0, e = fts_read(fts))) {
		if (e->fts_info == FTS_DP)
			continue;
		if (e->fts_info == FTS_ERR || e->fts_info == FTS_DNR ||
		    e->fts_info == FTS_NS) {
			errno = e->fts_errno;
			die("%s:", e->fts_path);
		}
		add_entry(d, e, strlen(dir));
	}
	if (errno)
		die("%s:", dir);
	fts_close(fts);
}

void inputs_recipe(const struct recipe *r, char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;

	digest_init(&d);
	add(&d, "slipway base inputs 1");
	add_file(&d, "/proc/self/exe");
	add(&d, r->name);
	add(&d, r->profile);
	add_tree(&d, r->dir);
	if (r->keyring)
		add_file(&d, r->keyring);
	for (size_t i = 0; i < r->n_archives; i++)
		add(&d, r->archives[i].line);
	digest_final(&d, digest);
	digest_hex(digest, out);
}

void inputs_key(const char *recipe, const struct release *releases, size_t n,
		uint32_t epoch, char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;

	digest_init(&d);
	add(&d, recipe);
	add_number(&d, epoch);
	for (size_t i = 0; i < n; i++)
		digest_update(&d, releases[i].digest, DIGEST_SIZE);
	digest_final(&d, digest);
	digest_hex(digest, out);
}
