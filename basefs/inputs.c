/* SPDX-License-Identifier: MIT */
/* inputs.c - what a base is made from. */
#include <stdlib.h>
#include "host/alloc.h"
#include "inputs.h"
#include "reporter.h"

void inputs_recipe(struct inputset *s, const struct recipe *r)
{
	char *report = reporter_path(r->arch);

	inputset_open(s);
	inputset_file(s, "slipway-base", "/proc/self/exe");
	if (report)
		inputset_file(s, "slipway-report", report);
	free(report);
	inputset_text(s, "name", r->name);
	inputset_text(s, "profile", r->profile);
	inputset_tree(s, "", r->dir);
	if (r->keyring)
		inputset_file(s, r->keyring, r->keyring);
	for (size_t i = 0; i < r->n_archives; i++)
		inputset_text(s, "an archive's line", r->archives[i].line);
}

void inputs_archives(struct inputset *s, const struct recipe *r,
		     const struct release *releases, uint32_t epoch)
{
	char hex[DIGEST_HEX + 1], *name;

	for (size_t i = 0; releases && i < r->n_archives; i++) {
		digest_hex(releases[i].digest, hex);
		name = xasprintf("%s %s", r->archives[i].uri,
				 r->archives[i].suite);
		inputset_text(s, name, hex);
		free(name);
	}
	inputset_number(s, "SOURCE_DATE_EPOCH", epoch);
}
