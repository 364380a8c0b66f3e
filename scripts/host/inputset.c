// SPDX-License-Identifier: MIT
/*
 * inputset.c - what something was built from.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/inputset.h"
#include "host/outfile.h"

#define FILE_MAX (64u << 20)

void inputset_open(struct inputset *s)
{
	s->f = open_memstream(&s->text, &s->size);
	if (!s->f)
		die("memory:");
}

void inputset_free(struct inputset *s)
{
	fclose(s->f);
	free(s->text);
}

static void add(struct inputset *s, const char *name, struct digest_ctx *d)
{
	char hex[DIGEST_HEX + 1];
	uint8_t digest[DIGEST_SIZE];

	hash_add(d, name);
	digest_final(d, digest);
	digest_hex(digest, hex);
	fprintf(s->f, "%s ", hex);
	/* a line break in a name would be a line of its own */
	for (const char *c = name; *c; c++)
		putc((unsigned char)*c < 0x20 || *c == 0x7f ? '?' : *c, s->f);
	putc('\n', s->f);
}

void inputset_text(struct inputset *s, const char *name, const char *text)
{
	struct digest_ctx d;

	digest_init(&d);
	hash_add(&d, text);
	add(s, name, &d);
}

void inputset_number(struct inputset *s, const char *name, uint64_t v)
{
	struct digest_ctx d;

	digest_init(&d);
	hash_add_number(&d, v);
	add(s, name, &d);
}

void inputset_file(struct inputset *s, const char *name, const char *path)
{
	struct digest_ctx d;

	digest_init(&d);
	hash_add_file(&d, path);
	add(s, name, &d);
}

struct walk {
	struct inputset *s;
	const char *prefix;
};

static void entry(void *user, const char *path, const FTSENT *e)
{
	const struct walk *w = user;
	char *name = xasprintf("%s%s", w->prefix, *path ? path + 1 : ".");
	struct digest_ctx d;

	digest_init(&d);
	hash_add_entry(&d, e);
	add(w->s, name, &d);
	free(name);
}

void inputset_tree(struct inputset *s, const char *prefix, const char *dir)
{
	struct walk w = {s, prefix};

	hash_walk(dir, entry, &w);
}

void inputset_key(struct inputset *s, char out[DIGEST_HEX + 1])
{
	uint8_t digest[DIGEST_SIZE];
	struct digest_ctx d;

	fflush(s->f);
	digest_init(&d);
	digest_update(&d, s->text, s->size);
	digest_final(&d, digest);
	digest_hex(digest, out);
}

void inputset_save(struct inputset *s, const char *path)
{
	fflush(s->f);
	outfile_put(path, 0644, s->text, s->size);
}

static bool has_name(const char *line, const char *name, size_t len)
{
	return *line && !strncmp(line + DIGEST_HEX + 1, name, len) &&
	       line[DIGEST_HEX + 1 + len] == '\n';
}

/* The line of @text that has the name that @line has, or NULL. @next is where
 * it most likely is: behind the one that was found before. */
static const char *find(const char *text, const char **next, const char *line)
{
	const char *name = line + DIGEST_HEX + 1;
	size_t len = strcspn(name, "\n");

	if (has_name(*next, name, len))
		text = *next;
	while (*text && !has_name(text, name, len))
		text = strchr(text, '\n') + 1;
	if (!*text)
		return NULL;
	*next = strchr(text, '\n') + 1;
	return text;
}

static bool whole(const char *text)
{
	for (; *text; text = strchr(text, '\n') + 1)
		if (strcspn(text, "\n") < DIGEST_HEX + 2 ||
		    !strchr(text, '\n') || text[DIGEST_HEX] != ' ')
			return false;
	return true;
}

struct why {
	char *first;
	unsigned int more;
};

static void note(struct why *w, const char *line, const char *what)
{
	const char *name = line + DIGEST_HEX + 1;

	if (w->first)
		w->more++;
	else
		w->first = xasprintf("%.*s %s", (int)strcspn(name, "\n"), name,
				     what);
}

/* Lines of @text that @other has not, or has otherwise. */
static void compare(struct why *w, const char *text, const char *other,
		    bool gone)
{
	const char *next = other;

	for (; *text; text = strchr(text, '\n') + 1) {
		const char *at = find(other, &next, text);

		if (!at)
			note(w, text, gone ? "is gone" : "is new");
		else if (!gone && strncmp(at, text, DIGEST_HEX))
			note(w, text, "changed");
	}
}

char *inputset_why(struct inputset *s, const char *path)
{
	char *old = outfile_slurp(path, FILE_MAX, NULL), *text;
	struct why w = {0};

	fflush(s->f);
	if (!old || !whole(old)) {
		free(old);
		return xstrdup("first build");
	}
	compare(&w, s->text, old, false);
	compare(&w, old, s->text, true);
	free(old);
	if (!w.more)
		return w.first;
	text = xasprintf("%s, and %u more", w.first, w.more);
	free(w.first);
	return text;
}
