/* SPDX-License-Identifier: MIT */
/* cache.c - bases that were built before. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/site.h"
#include "cache.h"

#define KEEP 6

static char *cached(const char *key, const char *suffix)
{
	char *dir = site_cache();
	char *path = xasprintf("%s/bases/%s%s", dir, key, suffix);

	free(dir);
	return path;
}

void cache_copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	static char buf[256 << 10];
	struct outfile o;
	ssize_t n;

	if (in < 0)
		die("%s:", from);
	outfile_open(&o, to, 0644);
	if (ioctl(o.fd, FICLONE, in)) {
		while ((n = read(in, buf, sizeof(buf))) > 0)
			outfile_write(&o, buf, n);
		if (n < 0)
			die("%s:", from);
	}
	close(in);
	outfile_commit(&o);
}

/* One file by two names where that can be, else a copy. */
static void share(const char *from, const char *to)
{
	char *tmp = xasprintf("%s.link", to);

	unlink(tmp);
	if (!link(from, tmp) && !rename(tmp, to)) {
		/* renaming one name of a file over another does nothing */
		unlink(tmp);
	} else {
		unlink(tmp);
		cache_copy(from, to);
	}
	free(tmp);
}

/* Does the image have the digest that its info says? */
static bool sound(const char *image, const char *info)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];
	const char *said;
	uint64_t size;
	struct ini ini;
	bool same = false;

	if (ini_read(&ini, info))
		return false;
	said = ini_get(&ini, "base", "digest");
	if (said && !hash_file(image, digest, &size)) {
		digest_hex(digest, hex);
		same = !strcmp(hex, said);
	}
	ini_free(&ini);
	return same;
}

bool cache_get(const char *key, const char *image, const char *info,
	       const char *packages)
{
	char *list = cached(key, ".packages");
	char *from = cached(key, ".squashfs"), *facts = cached(key, ".info");
	bool there = !access(facts, R_OK);
	bool good = there && sound(from, facts) && !access(list, R_OK);

	if (good) {
		share(from, image);
		cache_copy(facts, info);
		cache_copy(list, packages);
		/* its date says when it was last of use */
		utimensat(AT_FDCWD, facts, NULL, 0);
	} else if (there) {
		warn("%s: damaged, dropped from the cache", from);
		unlink(facts);
		unlink(from);
	}
	free(list);
	free(facts);
	free(from);
	return good;
}

/* Newest first; what cannot be looked at counts as old. */
static int by_age(const void *a, const void *b)
{
	struct stat x = {0}, y = {0};

	if (stat(*(char *const *)a, &x) || stat(*(char *const *)b, &y))
		return 0;
	if (x.st_mtime != y.st_mtime)
		return x.st_mtime < y.st_mtime ? 1 : -1;
	return 0;
}

/* All .info files, newest first; to be given to globfree. */
static size_t list(glob_t *g)
{
	char *pattern = cached("*", ".info");

	memset(g, 0, sizeof(*g));
	if (glob(pattern, 0, NULL, g))
		g->gl_pathc = 0;
	if (g->gl_pathc)
		qsort(g->gl_pathv, g->gl_pathc, sizeof(*g->gl_pathv), by_age);
	free(pattern);
	return g->gl_pathc;
}

/* What lies beside an info. */
static void drop(const char *info, const char *suffix)
{
	char *path = xasprintf("%.*s%s", (int)strlen(info) - 5, info, suffix);

	unlink(path);
	free(path);
}

static void prune(void)
{
	glob_t g;

	for (size_t i = KEEP, n = list(&g); i < n; i++) {
		unlink(g.gl_pathv[i]);
		drop(g.gl_pathv[i], ".squashfs");
		drop(g.gl_pathv[i], ".packages");
	}
	globfree(&g);
}

void cache_put(const char *key, const char *image, const char *info,
	       const char *packages)
{
	char *list = cached(key, ".packages");
	char *to = cached(key, ".squashfs"), *facts = cached(key, ".info");
	char *dir = site_cache(), *bases = xasprintf("%s/bases", dir);

	site_mkdirs(bases);
	if (access(bases, W_OK)) {
		warn("%s: not cached:", bases);
	} else {
		/* the info last: without it the image does not count */
		share(image, to);
		cache_copy(packages, list);
		cache_copy(info, facts);
		prune();
	}
	free(list);
	free(bases);
	free(dir);
	free(facts);
	free(to);
}

char *cache_find(const char *recipe)
{
	char *key = NULL;
	const char *had;
	struct ini ini;
	glob_t g;

	for (size_t i = 0, n = list(&g); i < n && !key; i++) {
		if (ini_read(&ini, g.gl_pathv[i]))
			continue;
		had = ini_get(&ini, "base", "recipe");
		if (had && !strcmp(had, recipe) &&
		    ini_get(&ini, "base", "inputs"))
			key = xstrdup(ini_get(&ini, "base", "inputs"));
		ini_free(&ini);
	}
	globfree(&g);
	return key;
}
