// SPDX-License-Identifier: MIT
/*
 * target_rsync.c - a tree to an rsync server, or to a host by ssh. rsync writes
 * beside a file and renames it; what was cut off it keeps, and goes on with.
 */
#include <stdlib.h>
#include <string.h>

#include "format/digest.h"
#include "host/alloc.h"
#include "targets.h"

#define WORDS_MAX 40

/* From @from in the tree into the folder @into of the target. */
static bool run(const struct target *t, const char *const *how,
		const char *from, const char *into)
{
	const char *more = ini_get(t->conf, "publish", "rsync-options");
	char **extra = words(more ? more : ""), **w;
	const char *argv[WORDS_MAX] = {"rsync"};
	const char *slash = t->to[strlen(t->to) - 1] == '/' ? "" : "/";
	char *source = xasprintf("%s/%s", t->tree, from);
	char *dest = xasprintf("%s%s%s", t->to, slash, into);
	size_t n = 1;
	bool good;

	for (; *how; how++)
		argv[n++] = *how;
	for (w = extra; *w && n < WORDS_MAX - 4; w++)
		argv[n++] = *w;
	argv[n++] = "--";
	argv[n++] = source;
	argv[n] = dest;
	good = targets_run(t, argv, NULL);
	for (w = extra; *w; w++)
		free(*w);
	free(extra);
	free(source);
	free(dest);
	return good;
}

/* Names are digests: size and time tell what is there. NICs share archives by
 * hard links (-H). */
static bool folder(const struct target *t, const char *name)
{
	static const char *const how[] = {"-rtH", "--chmod=D755,F644",
					  "--partial-dir=.slipway-partial",
					  NULL};

	return run(t, how, name, "");
}

/* Two manifests of one second have one size. */
static bool file(const struct target *t, const char *name)
{
	static const char *const how[] = {"-rtIR", "--chmod=D755,F644", NULL};
	char *from = xasprintf("./%s", name);
	bool good = run(t, how, from, "");

	free(from);
	return good;
}

/* R: may be removed, P: may not. Whole names of ours, and what is in them. */
static char *rule(const char *kind, const char *name, const char *what)
{
	char hex[DIGEST_HEX * (sizeof(TARGETS_HEX) - 1) + 1] = "";
	size_t i;

	for (i = 0; i < DIGEST_HEX; i++)
		memcpy(hex + i * (sizeof(TARGETS_HEX) - 1), TARGETS_HEX,
		       sizeof(TARGETS_HEX));
	return xasprintf("--filter=%s /%s/%s%s", kind, name,
			 strcmp(name, "channels") && *kind == 'R' ? hex : "",
			 what);
}

static bool prune(const struct target *t, const char *name)
{
	const bool channels = !strcmp(name, "channels");
	char *rules[] = {
		rule("R", name, channels ? "*/manifest.cms" : ""),
		rule("R", name, channels ? "*/" : ".*"),
		rule("R", name, channels ? "*/manifest.cms" : "/**"),
		rule("P", name, "**"),
	};
	const char *how[] = {"-rtH",   "--delete", "--chmod=D755,F644",
			     rules[0], rules[1],   rules[2],
			     rules[3], NULL};
	bool good = run(t, how, name, "");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rules); i++)
		free(rules[i]);
	return good;
}

const struct target_way target_rsync = {folder, file, prune};
