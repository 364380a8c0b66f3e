/* SPDX-License-Identifier: MIT */
/* inputs.c - says whether an overlay would come out the same again. */
#include <stdlib.h>
#include <sys/stat.h>
#include "host/error.h"
#include "host/hash.h"
#include "host/oci.h"
#include "inputs.h"
#include "role.h"

static void add_image(struct digest_ctx *d, const char *src)
{
	char *path = oci_file(src);
	struct stat st;

	if (stat(path, &st))
		die("%s:", path);
	hash_add(d, src);
	if (S_ISDIR(st.st_mode))
		hash_add_tree(d, path);
	else
		hash_add_file(d, path);
	free(path);
}

void inputs_key(const struct role *r, const struct base *b, char **deps,
		char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;
	char *helpers;

	digest_init(&d);
	hash_add(&d, "slipway overlay inputs 1");
	hash_add_file(&d, "/proc/self/exe");
	hash_add(&d, b->digest);
	hash_add_number(&d, b->epoch);
	for (size_t i = 0; deps[i]; i++)
		hash_add(&d, deps[i]);
	hash_add_tree(&d, r->dir);
	if (r->from_oci)
		add_image(&d, r->from_oci);
	helpers = site_share("helpers");
	if (helpers)
		hash_add_tree(&d, helpers);
	free(helpers);
	digest_final(&d, digest);
	digest_hex(digest, out);
}
