// SPDX-License-Identifier: MIT
/*
 * signatures.c - the further signatures of a manifest, onto media. A site may
 * come to ask for more than it does now: all that there are go along.
 */
#include <stdlib.h>
#include <unistd.h>

#include "format/digest.h"
#include "host/alloc.h"
#include "signatures.h"

char *signatures_find(const char *tree, struct span text, unsigned int n,
		      char **rel)
{
	char hex[DIGEST_HEX + 1], *name, *path;
	uint8_t digest[DIGEST_SIZE];

	digest_of(text.p, text.n, digest);
	digest_hex(digest, hex);
	name = xasprintf("signatures/%s.%u.cms", hex, n);
	path = xasprintf("%s/%s", tree, name);
	if (!access(path, R_OK)) {
		*rel = name;
		return path;
	}
	free(path);
	free(name);
	return NULL;
}

void signatures_add(struct archive *a, const char *tree, struct span text)
{
	char *rel, *path, *name;
	unsigned int n;

	for (n = 2; (path = signatures_find(tree, text, n, &rel)); n++) {
		if (n == 2)
			archive_dir(a, "tree/signatures");
		name = xasprintf("tree/%s", rel);
		archive_file(a, name, path);
		free(name);
		free(path);
		free(rel);
	}
}
