// SPDX-License-Identifier: MIT
/* iniedit.c - change one value of an INI file and not a byte around it. */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/iniedit.h"
#include "host/outfile.h"

#define INI_MAX (1 << 20)

/* Where the edit goes: the bytes from..to are replaced. */
struct place {
	size_t from, to;
	bool section, key;
};

static bool is_section(const char *line, size_t n, const char *name)
{
	size_t len = strlen(name);

	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	if (n < 2 || line[0] != '[' || line[n - 1] != ']')
		return false;
	for (line++, n -= 2; n && isspace((unsigned char)*line); n--)
		line++;
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	return n == len && !memcmp(line, name, n);
}

static bool is_key(const char *line, size_t n, const char *key)
{
	const char *eq = memchr(line, '=', n);
	size_t len = strlen(key);

	n = eq ? (size_t)(eq - line) : 0;
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	return n == len && !memcmp(line, key, n);
}

/* A line that begins with a blank goes on with the one before, as in ini.c. */
static void find(struct place *p, const char *text, const char *section,
		 const char *key)
{
	bool inside = !*section, mine = false;
	const char *line, *next, *s;
	size_t n;

	for (line = text; *line; line = next) {
		n = strcspn(line, "\n");
		next = line + n + (line[n] == '\n');
		for (s = line; isblank((unsigned char)*s); s++)
			;
		if (*s == '[') {
			inside = is_section(s, n - (s - line), section);
			p->section |= inside;
		}
		if (*s == '\n' || !*s || *s == '#' || *s == ';')
			continue;
		if (s != line && *s != '[') {
			if (mine)
				p->to = next - text;
			else if (inside && !p->key)
				p->from = p->to = next - text;
			continue;
		}
		mine = inside && is_key(line, n, key);
		if (mine) {
			p->from = line - text;
			p->to = next - text;
			p->key = true;
		} else if (inside && !p->key) {
			p->from = p->to = next - text;
		}
	}
	if (!p->section && !p->key)
		p->from = p->to = strlen(text);
}

void iniedit_set(const char *path, const char *section, const char *key,
		 const char *value)
{
	struct place p = {.section = !*section};
	const char *end;
	char *text, *line, *out;
	struct stat st;
	size_t size;

	text = outfile_slurp(path, INI_MAX, &size);
	if (!text || stat(path, &st))
		die("%s: cannot read:", path);
	find(&p, text, section, key);
	end = p.from && text[p.from - 1] != '\n' ? "\n" : "";
	if (!value)
		line = xstrdup("");
	else if (p.section)
		line = xasprintf("%s%s = %s\n", end, key, value);
	else
		line = xasprintf("%s\n[%s]\n%s = %s\n", end, section, key,
				 value);
	if (value || p.key) {
		out = xasprintf("%.*s%s%s", (int)p.from, text, line,
				text + p.to);
		outfile_put(path, st.st_mode & 07777, out, strlen(out));
		free(out);
	}
	free(line);
	free(text);
}
