// SPDX-License-Identifier: MIT
/*
 * pkgrepo.c - an archive of the packages that a lock names.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/env.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/pkgrepo.h"
#include "host/spawn.h"

#define HELPER "/usr/lib/apt/apt-helper"

/* As apt names what it has fetched. */
static char *deb_name(const struct pkg *p)
{
	char *version = xcalloc(3, strlen(p->version) + 1), *to = version,
	     *name;

	for (const char *c = p->version; *c; c++)
		if (*c == ':')
			to = stpcpy(to, "%3a");
		else
			*to++ = *c;
	name = xasprintf("%s_%s_%s.deb", p->name, version, p->arch);
	free(version);
	return name;
}

static bool has_digest(const char *path, const char *sha256)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];
	uint64_t size;

	if (hash_file(path, digest, &size))
		return false;
	digest_hex(digest, hex);
	return !strcmp(hex, sha256);
}

/* apt's downloader knows the machine's proxies and certificates. */
static bool download(const char *uri, const struct pkg *p, const char *to)
{
	size_t n = strlen(uri);
	char *url = xasprintf("%.*s/%s", (int)(n - (n && uri[n - 1] == '/')),
			      uri, p->filename);
	char *digest = xasprintf("SHA256:%s", p->sha256);
	const char *const argv[] = {HELPER,
				    "-oAcquire::Retries=2",
				    "-oAcquire::http::Timeout=20",
				    "-oAcquire::https::Timeout=20",
				    "-oAPT::Sandbox::User=root",
				    "download-file",
				    url,
				    to,
				    digest,
				    NULL};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct spawn s = {.argv = argv, .in = -1, .out = null, .err = null};
	bool good = !spawn_run(&s) && has_digest(to, p->sha256);

	close(null);
	if (!good)
		unlink(to);
	free(url);
	free(digest);
	return good;
}

static void fetch(const struct pkgrepo *r, const struct pkg *p)
{
	char *name = deb_name(p), *path = xasprintf("%s/%s", r->debs, name);
	char *part = xasprintf("%s/.%s.part", r->debs, name);
	size_t i = 0;

	if (!has_digest(path, p->sha256)) {
		while (!r->offline && r->uris[i] &&
		       !download(r->uris[i], p, part))
			i++;
		if (r->offline || !r->uris[i])
			die("%s: package %s %s of its lock: not in %s, %s; lock again, or name an archive that keeps it (snapshot.debian.org) as mirror",
			    r->what, p->name, p->version, r->debs,
			    r->offline ? "and --offline asks nobody"
				       : "and no mirror has it any more");
		if (rename(part, path))
			die("%s:", path);
	}
	free(part);
	free(path);
	free(name);
}

void pkgrepo_fetch(const struct pkgrepo *r)
{
	for (size_t i = 0; i < r->lock->n; i++)
		fetch(r, &r->lock->list[i]);
}

static char *control(const char *path)
{
	const char *const argv[] = {"dpkg-deb", "-f", path, NULL};
	struct spawn s = {.argv = argv, .in = -1, .err = -1};
	int status;
	char *text = spawn_output(&s, &status);

	if (status)
		die("%s: dpkg-deb cannot read it", path);
	return text;
}

static void index_one(FILE *f, const struct pkgrepo *r, const struct pkg *p,
		      const char *dir, const char *at)
{
	char *name = deb_name(p), *path = xasprintf("%s/%s", r->debs, name);
	/* a '%' in a name would be decoded on the way */
	char *plain = xasprintf("%s/%s.deb", dir, p->sha256);
	char *seen = xasprintf("%s/%s", at, name), *text = control(path);
	size_t n = strlen(text);
	uint64_t size;
	uint8_t digest[DIGEST_SIZE];

	while (n && text[n - 1] == '\n')
		n--;
	if (hash_file(path, digest, &size))
		die("%s:", path);
	fprintf(f,
		"%.*s\nFilename: ./%s.deb\nSize: %" PRIu64 "\nSHA256: %s\n\n",
		(int)n, text, p->sha256, size, p->sha256);
	if (symlink(seen, plain) && errno != EEXIST)
		die("%s:", plain);
	free(text);
	free(seen);
	free(plain);
	free(path);
	free(name);
}

/* Without it apt asks for every way to compress the index, and again. */
static void put_release(const char *index, const char *dir)
{
	char *path = xasprintf("%s/Release", dir), *text;
	char hex[DIGEST_HEX + 1];
	uint64_t size;

	hash_file_hex(index, hex, &size);
	text = xasprintf("SHA256:\n %s %" PRIu64 " Packages\n", hex, size);
	outfile_put(path, 0644, text, strlen(text));
	free(text);
	free(path);
}

void pkgrepo_make(const struct pkgrepo *r, const char *dir, const char *at)
{
	char *path = xasprintf("%s/Packages", dir), *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("memory:");
	for (size_t i = 0; i < r->lock->n; i++)
		index_one(f, r, &r->lock->list[i], dir, at);
	fclose(f);
	outfile_put(path, 0644, text, size);
	put_release(path, dir);
	free(text);
	free(path);
}

static char **add_uri(char **uris, const char *text, size_t len)
{
	size_t n = 0;

	while (uris && uris[n]) {
		if (strlen(uris[n]) == len && !strncmp(uris[n], text, len))
			return uris;
		n++;
	}
	uris = xrealloc(uris, n + 2, sizeof(*uris));
	uris[n] = xasprintf("%.*s", (int)len, text);
	uris[n + 1] = NULL;
	return uris;
}

char **pkgrepo_uris(char **uris, const char *text)
{
	static const char *const schemes[] = {"http://", "https://",
					      "file:", "copy:"};

	for (const char *at = text; at && *at;) {
		size_t len = strcspn(at, " \t\n");

		if (*at == '#') {
			at += strcspn(at, "\n");
			continue;
		}
		for (size_t i = 0; i < ARRAY_SIZE(schemes); i++)
			if (!strncmp(at, schemes[i], strlen(schemes[i])))
				uris = add_uri(uris, at, len);
		at += len ? len : 1;
	}
	return uris ? uris : xcalloc(1, sizeof(*uris));
}
