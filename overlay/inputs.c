/* SPDX-License-Identifier: MIT */
/* inputs.c - says whether an overlay would come out the same again. */
#include <stdlib.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/oci.h"
#include "inputs.h"
#include "role.h"

static void add_named(struct inputset *s, const char *kind, const char *name,
		      const char *value)
{
	char *full = xasprintf("%s %s", kind, name);

	inputset_text(s, full, value);
	free(full);
}

static void add_image(struct inputset *s, const char *src)
{
	char *path = oci_file(src), *name = xasprintf("image %s", src);
	struct stat st;

	if (stat(path, &st))
		die("%s:", path);
	if (S_ISDIR(st.st_mode)) {
		inputset_text(s, name, "");
		inputset_tree(s, "image/", path);
	} else {
		inputset_file(s, name, path);
	}
	free(name);
	free(path);
}

void inputs_collect(struct inputset *s, const struct role *r,
		    const struct base *b, char **deps, char **digests)
{
	char *helpers;

	inputset_open(s);
	inputset_file(s, "slipway-overlay", "/proc/self/exe");
	add_named(s, "base", b->name, b->digest);
	inputset_number(s, "SOURCE_DATE_EPOCH", b->epoch);
	for (size_t i = 0; deps[i]; i++)
		add_named(s, "overlay", deps[i], digests[i]);
	inputset_tree(s, "", r->dir);
	if (r->from_oci)
		add_image(s, r->from_oci);
	helpers = site_share("helpers");
	if (helpers)
		inputset_tree(s, "helpers/", helpers);
	free(helpers);
}
