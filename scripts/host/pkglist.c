// SPDX-License-Identifier: MIT
/*
 * pkglist.c - packages and their versions, as a list in a file.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/pkglist.h"

#define FILE_MAX (16u << 20)

static struct pkg *add(struct pkglist *l)
{
	l->list = xrealloc(l->list, l->n + 1, sizeof(*l->list));
	memset(&l->list[l->n], 0, sizeof(*l->list));
	return &l->list[l->n++];
}

static int by_name(const void *a, const void *b)
{
	const struct pkg *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : strcmp(x->arch, y->arch);
}

const struct pkg *pkglist_find(const struct pkglist *l, const char *name,
			       const char *arch)
{
	struct pkg key = {.name = (char *)name, .arch = (char *)arch};

	return l->n ? bsearch(&key, l->list, l->n, sizeof(key), by_name) : NULL;
}

/* One stanza of a control file, the fields that matter here. */
struct stanza {
	struct span name, arch, version, status, sha256, filename, size;
};

/* Takes the next stanza off @rest; false at the end. */
static bool next_stanza(struct span *rest, struct stanza *s)
{
	struct span line;
	bool whole, any = false;

	memset(s, 0, sizeof(*s));
	while (text_line(rest, &line, &whole)) {
		if (!line.n && any)
			return true;
		any |= line.n;
		if (text_strip(&line, "Package: "))
			s->name = line;
		else if (text_strip(&line, "Architecture: "))
			s->arch = line;
		else if (text_strip(&line, "Version: "))
			s->version = line;
		else if (text_strip(&line, "Status: "))
			s->status = line;
		else if (text_strip(&line, "SHA256: "))
			s->sha256 = line;
		else if (text_strip(&line, "Filename: "))
			s->filename = line;
		else if (text_strip(&line, "Installed-Size: "))
			s->size = line;
	}
	return any;
}

static char *word(struct span s)
{
	return xasprintf("%.*s", (int)s.n, s.p);
}

/* A word of a list's line: no blank, nothing a terminal would obey. */
static bool word_ok(const char *s)
{
	for (const char *c = s; *c; c++)
		if (*c <= 0x20 || *c >= 0x7f || *c == '"' || *c == '\\')
			return false;
	return *s;
}

void pkglist_status(struct pkglist *l, const char *text)
{
	struct span rest = text_span(text ? text : "");
	struct stanza s;

	memset(l, 0, sizeof(*l));
	while (next_stanza(&rest, &s)) {
		char *status = word(s.status);
		struct pkg *p;

		if (s.name.n && s.arch.n && s.version.n &&
		    strstr(status, " ok installed")) {
			p = add(l);
			p->name = word(s.name);
			p->arch = word(s.arch);
			p->version = word(s.version);
			p->sha256 = xstrdup("-");
			p->filename = xstrdup("-");
			text_u64(s.size, &p->installed);
			if (!word_ok(p->name) || !word_ok(p->arch) ||
			    !word_ok(p->version))
				die("dpkg's status: '%.80s' is no package",
				    p->name);
		}
		free(status);
	}
	if (l->n)
		qsort(l->list, l->n, sizeof(*l->list), by_name);
}

void pkglist_new(struct pkglist *l, struct pkglist *all,
		 const struct pkglist *old)
{
	memset(l, 0, sizeof(*l));
	for (size_t i = 0; i < all->n; i++) {
		const struct pkg *p =
			pkglist_find(old, all->list[i].name, all->list[i].arch);

		if (!p || strcmp(p->version, all->list[i].version))
			*add(l) = all->list[i];
	}
	free(all->list);
	memset(all, 0, sizeof(*all));
}

void pkglist_show(struct pkglist *l, const char *text)
{
	struct span rest = text_span(text);
	struct stanza s;

	while (next_stanza(&rest, &s)) {
		char *name = word(s.name), *arch = word(s.arch);
		struct pkg *p = (struct pkg *)pkglist_find(l, name, arch);

		if (p && s.sha256.n == 64 && s.filename.n &&
		    s.version.n == strlen(p->version) &&
		    !memcmp(s.version.p, p->version, s.version.n)) {
			free(p->sha256);
			free(p->filename);
			p->sha256 = word(s.sha256);
			p->filename = word(s.filename);
		}
		free(name);
		free(arch);
	}
}

const char **pkglist_args(const struct pkglist *l)
{
	const char **argv = xcalloc(l->n + 4, sizeof(*argv));
	size_t n = 0;

	argv[n++] = "apt-cache";
	argv[n++] = "show";
	for (size_t i = 0; i < l->n; i++) {
		const struct pkg *p = &l->list[i];

		argv[n++] = strcmp(p->arch, "all")
				    ? xasprintf("%s:%s=%s", p->name, p->arch,
						p->version)
				    : xasprintf("%s=%s", p->name, p->version);
	}
	return argv;
}

static bool sha256_ok(const char *s)
{
	return strlen(s) == 64 && strspn(s, "0123456789abcdef") == 64;
}

/* A name becomes part of a path, a file name of an address. */
static bool line_ok(const struct pkg *p)
{
	return word_ok(p->name) && word_ok(p->arch) && word_ok(p->version) &&
	       word_ok(p->filename) && !strchr(p->name, '/') &&
	       !strchr(p->arch, '/') && !strchr(p->version, '/') &&
	       !strstr(p->filename, "..") && p->filename[0] != '/' &&
	       (sha256_ok(p->sha256) || !strcmp(p->sha256, "-"));
}

static void read_line(struct pkglist *l, char *line, const char *path,
		      unsigned int n)
{
	char *word[5], *save = NULL;
	uint64_t date;
	size_t k = 0;

	for (char *w = strtok_r(line, " \t", &save); w && k < 5;
	     w = strtok_r(NULL, " \t", &save))
		word[k++] = w;
	if (k == 2 && !strcmp(word[0], "date") &&
	    !text_u64(text_span(word[1]), &date) && date <= UINT32_MAX) {
		l->date = date;
		return;
	}
	if (k == 5) {
		struct pkg p = {word[0], word[1], word[2], word[3], word[4], 0};

		if (line_ok(&p)) {
			*add(l) =
				(struct pkg){xstrdup(word[0]), xstrdup(word[1]),
					     xstrdup(word[2]), xstrdup(word[3]),
					     xstrdup(word[4]), 0};
			return;
		}
	}
	die("%s:%u: not NAME ARCH VERSION SHA256 FILENAME", path, n);
}

int pkglist_read(struct pkglist *l, const char *path)
{
	char *text = outfile_slurp(path, FILE_MAX, NULL), *line, *rest = text;
	unsigned int n = 0;

	memset(l, 0, sizeof(*l));
	if (!text && errno == ENOENT)
		return -ENOENT;
	if (!text)
		die("%s:", path);
	while ((line = strsep(&rest, "\n"))) {
		n++;
		if (*line && *line != '#')
			read_line(l, line, path, n);
	}
	if (l->n)
		qsort(l->list, l->n, sizeof(*l->list), by_name);
	free(text);
	return 0;
}

void pkglist_write(const struct pkglist *l, const char *path)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		die("memory:");
	if (l->date)
		fprintf(f, "date %u\n", l->date);
	for (size_t i = 0; i < l->n; i++)
		fprintf(f, "%s %s %s %s %s\n", l->list[i].name, l->list[i].arch,
			l->list[i].version, l->list[i].sha256,
			l->list[i].filename);
	fclose(f);
	outfile_put(path, 0644, text, size);
	free(text);
}

void pkglist_lockable(const struct pkglist *l, const char *what)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->list[i].sha256, "-"))
			die("%s: package %s %s: no archive has it, so it cannot be locked: install it from one, or bring it as a source with its digest",
			    what, l->list[i].name, l->list[i].version);
}
