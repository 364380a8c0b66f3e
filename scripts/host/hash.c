// SPDX-License-Identifier: MIT
/*
 * hash.c - SHA-256 of whole files.
 */
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"

#define BLOCK (256 << 10)

int hash_file(const char *path, uint8_t out[DIGEST_SIZE], uint64_t *size)
{
	static uint8_t buf[BLOCK];
	struct digest_ctx ctx;
	uint64_t total = 0;
	int fd, err = 0;
	ssize_t n;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	digest_init(&ctx);
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = -errno;
			break;
		}
		digest_update(&ctx, buf, n);
		total += n;
	}
	close(fd);
	if (err)
		return err;
	digest_final(&ctx, out);
	if (size)
		*size = total;
	return 0;
}

void hash_file_hex(const char *path, char out[DIGEST_HEX + 1], uint64_t *size)
{
	uint8_t d[DIGEST_SIZE];
	int err = hash_file(path, d, size);

	if (err) {
		errno = -err;
		die("%s: cannot read:", path);
	}
	digest_hex(d, out);
}

void hash_add(struct digest_ctx *d, const char *text)
{
	digest_update(d, text, strlen(text) + 1);
}

void hash_add_number(struct digest_ctx *d, uint64_t v)
{
	uint8_t be[8];

	put_be64(be, v);
	digest_update(d, be, sizeof(be));
}

void hash_add_file(struct digest_ctx *d, const char *path)
{
	char hex[DIGEST_HEX + 1];
	uint64_t size;

	hash_file_hex(path, hex, &size);
	hash_add(d, hex);
}

void hash_add_entry(struct digest_ctx *d, const FTSENT *e)
{
	char target[PATH_MAX];
	ssize_t n;

	hash_add_number(d, e->fts_statp->st_mode);
	if (S_ISREG(e->fts_statp->st_mode)) {
		hash_add_file(d, e->fts_path);
	} else if (S_ISLNK(e->fts_statp->st_mode)) {
		n = readlink(e->fts_path, target, sizeof(target) - 1);
		if (n < 0)
			die("%s:", e->fts_path);
		target[n] = '\0';
		hash_add(d, target);
	}
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

void hash_walk(const char *dir, hash_walk_fn one, void *user)
{
	char *const roots[] = {(char *)dir, NULL};
	FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	size_t skip = strlen(dir);
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
		one(user, e->fts_path + skip, e);
	}
	if (errno)
		die("%s:", dir);
	fts_close(fts);
}

static void add_one(void *user, const char *path, const FTSENT *e)
{
	hash_add(user, path);
	hash_add_entry(user, e);
}

void hash_add_tree(struct digest_ctx *d, const char *dir)
{
	hash_walk(dir, add_one, d);
}
