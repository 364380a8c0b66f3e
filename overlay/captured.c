/* SPDX-License-Identifier: MIT */
/* captured.c - a role that was captured instead of written. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "captured.h"

static char *file_of(const struct role *r, const char *name)
{
	return xasprintf("%s/%s", r->dir, name);
}

static bool has(const struct role *r, const char *name)
{
	char *path = file_of(r, name);
	bool there = !access(path, F_OK);

	free(path);
	return there;
}

static bool conf(const struct role *r, struct ini *ini)
{
	static const char *const keys[] = {"base", "below", NULL};
	char *path = file_of(r, "captured.conf");
	int err = ini_read(ini, path);

	if (err && err != -ENOENT) {
		errno = -err;
		die("%s:", path);
	}
	free(path);
	if (!err)
		ini_known(ini, "captured", keys);
	return !err;
}

char *captured_base(const struct role *r)
{
	char *base = NULL;
	struct ini ini;

	if (conf(r, &ini)) {
		base = xstrdup(ini_need(&ini, "captured", "base"));
		ini_free(&ini);
	}
	return base;
}

/* Nothing but the capture can be in the overlay, so nothing else may be there
 * to be forgotten. */
static void check_alone(const struct role *r)
{
	static const char *const names[] = {"hooks", "files", "nodes",
					    "files.modes"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (has(r, names[i]))
			die("%s/%s: a captured role is its captured.cpio.gz and no more: put it in a role that depends on this one",
			    r->dir, names[i]);
	if (r->packages[0] || r->from_oci)
		die("%s: %s: a captured role is its captured.cpio.gz and no more",
		    r->conf.path, r->from_oci ? "from-oci" : "packages");
}

void captured_open(struct build *b, char **below)
{
	const struct role *r = b->role;
	const char *base, *text;
	struct ini ini;
	size_t n = 0;
	char **was;

	if (b->replay || !conf(r, &ini))
		return;
	check_alone(r);
	base = ini_need(&ini, "captured", "base");
	if (strcmp(base, b->base->digest))
		die("role %s: captured on another build of base %s (%.12s, now %.12s): 'slipway overlay --rebase %s' carries it over where it can, or capture it anew",
		    r->name, b->base->name, base, b->base->digest, r->name);
	text = ini_get(&ini, "captured", "below");
	was = words(text ? text : "");
	while (was[n] && below[n] && !strcmp(was[n], below[n]))
		n++;
	if (was[n] || below[n])
		die("role %s: captured above another build of overlay %s: capture it anew",
		    r->name, b->deps[n] ? b->deps[n] : "(one more)");
	b->replay = file_of(r, "captured.cpio.gz");
	ini_free(&ini);
}

void captured_note(const char *dir, const char *base, char **below)
{
	char *path = xasprintf("%s/captured.conf", dir);
	char *text = xasprintf("[captured]\nbase = %s\nbelow =", base), *more;

	for (size_t i = 0; below[i]; i++) {
		more = xasprintf("%s %s", text, below[i]);
		free(text);
		text = more;
	}
	more = xasprintf("%s\n", text);
	outfile_put(path, 0644, more, strlen(more));
	free(more);
	free(text);
	free(path);
}
