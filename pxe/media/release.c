// SPDX-License-Identifier: MIT
/* release.c - the published release that a medium carries. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "release.h"

void release_open(struct release *r, const struct site *site)
{
	char *path = site_path(site, "public/manifest.cms");
	char *root = site_path(site, "keys/root.crt");

	memset(r, 0, sizeof(*r));
	r->site = site;
	if (!proven_open(&r->bytes, &r->m, path, root))
		die("%s: not published (run 'slipway publish'):", path);
	free(path);
	free(root);
}

void release_close(struct release *r)
{
	proven_free(&r->bytes);
}

const struct manifest_role *release_role(const struct release *r,
					 const char *name)
{
	int i = manifest_role(&r->m, text_span(name));
	char *all = xstrdup(""), *next;
	unsigned int k;

	if (i >= 0) {
		free(all);
		return &r->m.roles[i];
	}
	for (k = 0; k < r->m.n_roles; k++) {
		next = xasprintf("%s %.*s", all, (int)r->m.roles[k].name.n,
				 r->m.roles[k].name.p);
		free(all);
		all = next;
	}
	die("role %s: not published (there are:%s)", name, all);
}

char *release_layer(const struct release *r, unsigned int layer, char **index)
{
	const struct manifest_layer *m = &r->m.layers[layer];
	char want[DIGEST_HEX + 1], got[DIGEST_HEX + 1], *path;
	uint64_t size;

	digest_hex(m->digest, want);
	*index = site_path(r->site, "public/layers/%s.index", want);
	path = site_path(r->site, "public/layers/%s.%s", want,
			 m->kind == MANIFEST_BASE ? "squashfs" : "cpio.gz");
	hash_file_hex(path, got, &size);
	if (strcmp(want, got))
		die("%s: wrong digest (expected %.12s, got %.12s); run 'slipway publish'",
		    path, want, got);
	return path;
}

char *release_boot(const struct release *r, const struct manifest_role *role,
		   const char *file)
{
	struct span base = r->m.layers[role->base].name;
	char *path = site_path(r->site, "build/initrd/%.*s/%s", (int)base.n,
			       base.p, file);

	if (access(path, R_OK))
		die("%s: not built (run 'slipway initrd %.*s'):", path,
		    (int)base.n, base.p);
	return path;
}
