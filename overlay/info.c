/* SPDX-License-Identifier: MIT */
/* info.c - overlay.info written and read, and the same facts printed. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "info.h"
#include "role.h"
#include "times.h"

static char *join(char **list)
{
	char *all = xstrdup("");

	for (size_t i = 0; list[i]; i++) {
		char *next = xasprintf("%s%s%s", all, i ? "," : "", list[i]);

		free(all);
		all = next;
	}
	return all;
}

void info_write(const char *path, const struct info *i, const struct role *r,
		const struct base *b, const char *inputs, const char *arguments)
{
	char *depends = join(r->depends);
	char *text = xasprintf("[overlay]\n"
			       "role = %s\nbase = %s\nbase-digest = %s\n"
			       "digest = %s\nsize = %" PRIu64 "\n"
			       "unpacked = %" PRIu64 "\ninodes = %" PRIu64 "\n"
			       "entries = %" PRIu64 "\ndeletes = %" PRIu64 "\n"
			       "grants = %s\ndepends = %s\ninputs = %s\n"
			       "arguments = %s\n",
			       r->name, b->name, b->digest, i->digest, i->size,
			       i->unpacked, i->inodes, i->entries, i->deletes,
			       role_grants_text(r->grants), depends, inputs,
			       arguments);

	outfile_put(path, 0644, text, strlen(text));
	free(text);
	free(depends);
}

static bool number(const struct ini *ini, const char *key, uint64_t *v)
{
	const char *s = ini_get(ini, "overlay", key);

	return s && !text_u64(text_span(s), v);
}

static bool digest(const struct ini *ini, const char *key,
		   char out[DIGEST_HEX + 1])
{
	const char *s = ini_get(ini, "overlay", key);

	return s && strlen(s) == DIGEST_HEX &&
	       !text_copy(out, DIGEST_HEX + 1, text_span(s));
}

int info_read(const char *path, struct info *i, char inputs[DIGEST_HEX + 1],
	      char base_digest[DIGEST_HEX + 1])
{
	struct ini ini;
	bool good;

	if (ini_read(&ini, path))
		return -ENOENT;
	good = number(&ini, "size", &i->size) &&
	       number(&ini, "unpacked", &i->unpacked) &&
	       number(&ini, "inodes", &i->inodes) &&
	       number(&ini, "entries", &i->entries) &&
	       number(&ini, "deletes", &i->deletes) &&
	       digest(&ini, "digest", i->digest) &&
	       digest(&ini, "inputs", inputs) &&
	       digest(&ini, "base-digest", base_digest);
	ini_free(&ini);
	return good ? 0 : -ENOENT;
}

void info_print(const struct info *i, const struct role *r,
		const struct base *b, const struct times *t, bool json)
{
	if (!json) {
		if (!t)
			printf("overlay %s: unchanged\n", r->name);
		else
			printf("overlay %s: %" PRIu64 " bytes, %" PRIu64
			       " entries, %" PRIu64 " deleted, %.12s\n",
			       r->name, i->size, i->entries, i->deletes,
			       i->digest);
		return;
	}
	/* names and digests hold nothing that JSON would have to escape */
	printf("{\"role\":\"%s\",\"base\":\"%s\",\"base-digest\":\"%s\","
	       "\"digest\":\"%s\",\"size\":%" PRIu64 ",\"unpacked\":%" PRIu64
	       ",\"inodes\":%" PRIu64 ",\"entries\":%" PRIu64
	       ",\"deletes\":%" PRIu64 ",\"unchanged\":%s",
	       r->name, b->name, b->digest, i->digest, i->size, i->unpacked,
	       i->inodes, i->entries, i->deletes, t ? "false" : "true");
	if (t)
		times_json(t);
	puts("}");
}
