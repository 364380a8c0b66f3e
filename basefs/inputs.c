/* SPDX-License-Identifier: MIT */
/* inputs.c - the keys that say whether a base would come out the same. */
#include <stdlib.h>
#include "host/hash.h"
#include "inputs.h"
#include "reporter.h"

void inputs_recipe(const struct recipe *r, char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	char *report = reporter_path(r->arch);
	struct digest_ctx d;

	digest_init(&d);
	hash_add(&d, "slipway base inputs 1");
	hash_add_file(&d, "/proc/self/exe");
	if (report)
		hash_add_file(&d, report);
	free(report);
	hash_add(&d, r->name);
	hash_add(&d, r->profile);
	hash_add_tree(&d, r->dir);
	if (r->keyring)
		hash_add_file(&d, r->keyring);
	for (size_t i = 0; i < r->n_archives; i++)
		hash_add(&d, r->archives[i].line);
	digest_final(&d, digest);
	digest_hex(digest, out);
}

void inputs_key(const char *recipe, const struct release *releases, size_t n,
		uint32_t epoch, char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;

	digest_init(&d);
	hash_add(&d, recipe);
	hash_add_number(&d, epoch);
	for (size_t i = 0; i < n; i++)
		digest_update(&d, releases[i].digest, DIGEST_SIZE);
	digest_final(&d, digest);
	digest_hex(digest, out);
}
