// SPDX-License-Identifier: MIT
/*
 * keys_sign.c - sign on the machine that has the key.
 */
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/manifest.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "keys_sign.h"
#include "tree.h"

#define STREAM_MAX ((size_t)1 << 30)

static void sign_file(const struct signer *s, const char *path, const char *to,
		      bool detached)
{
	struct tree_map m;
	size_t size;
	void *out;

	tree_map(&m, path);
	sign_raw(s, m.p, m.size, detached, &out, &size);
	outfile_put(to, 0644, out, size);
	tree_unmap(&m);
	free(out);
}

static bool is_signature(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && !strcmp(dot, ".sig");
}

static unsigned int sign_boots(const struct signer *s, const char *dir)
{
	char *boot = xasprintf("%s/boot", dir), *sig;
	char *const roots[] = {boot, NULL};
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	unsigned int n = 0;
	FTSENT *e;

	while (tree && (e = fts_read(tree))) {
		if (e->fts_info != FTS_F || is_signature(e->fts_name))
			continue;
		sig = xasprintf("%s.sig", e->fts_path);
		sign_file(s, e->fts_path, sig, true);
		n++;
		free(sig);
	}
	if (tree)
		fts_close(tree);
	free(boot);
	return n;
}

/* What is shown is what is signed: the one who signs answers for it. */
static void show(const char *path)
{
	static struct manifest m;
	struct fault f = {0};
	size_t size;
	char *text = outfile_slurp(path, MANIFEST_SIZE_MAX, &size);

	if (!text)
		die("%s: cannot read:", path);
	if (manifest_parse(&m, (struct span){text, size}, &f))
		die("%s: not a manifest: %s", path, f.why);
	info("signing serial %llu of site %.*s: %u roles, %u layers",
	     (unsigned long long)m.serial, (int)m.site.n, m.site.p, m.n_roles,
	     m.n_layers);
	free(text);
}

void keys_sign_folder(const struct signer *s, const char *dir)
{
	char *from = xasprintf("%s/manifest", dir);
	char *to = xasprintf("%s.cms", from);
	unsigned int n;

	show(from);
	sign_file(s, from, to, false);
	n = sign_boots(s, dir);
	info("signed the manifest and %u boot files in %s", n, dir);
	free(to);
	free(from);
}

void keys_sign_stream(const struct signer *s, bool detached)
{
	size_t n = 0, room = 1 << 16, size;
	char *data = xmalloc(room);
	ssize_t got;
	void *out;

	while ((got = read(0, data + n, room - n)) > 0) {
		n += (size_t)got;
		if (n > STREAM_MAX)
			die("standard input: larger than 1 GiB");
		if (n == room)
			data = xrealloc(data, room *= 2, 1);
	}
	if (got < 0)
		die("standard input:");
	sign_raw(s, data, n, detached, &out, &size);
	if (write(1, out, size) != (ssize_t)size)
		die("standard output:");
	free(out);
	free(data);
}
