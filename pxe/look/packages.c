// SPDX-License-Identifier: MIT
/* packages.c - packages by dpkg's status file, accounts by /etc/passwd. */
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "format/text.h"
#include "host/alloc.h"

#define STATUS_MAX  (256u << 20)
#define ACCOUNT_MAX (1u << 20)

struct package {
	struct span name, version, arch;
	bool installed;
};

static void put_package(struct facts *f, const struct package *p)
{
	char *name, *version;

	if (!p->installed || !p->name.n)
		return;
	name = xasprintf("%.*s:%.*s", (int)p->name.n, p->name.p, (int)p->arch.n,
			 p->arch.p);
	version = xasprintf("%.*s", (int)p->version.n, p->version.p);
	facts_add(f, name, version);
	free(name);
	free(version);
}

static void package_line(struct package *p, struct span line)
{
	if (text_strip(&line, "Package: "))
		p->name = line;
	else if (text_strip(&line, "Version: "))
		p->version = line;
	else if (text_strip(&line, "Architecture: "))
		p->arch = line;
	else if (text_strip(&line, "Status: "))
		p->installed = span_is(line, "install ok installed") ||
			       span_is(line, "hold ok installed");
}

/* deb-control(5): stanzas between empty lines. */
void facts_packages(struct facts *f, const struct look *l)
{
	char *text = look_text(l, look_resolve(l, "var/lib/dpkg/status"),
			       STATUS_MAX);
	struct package p = {0};
	struct span rest, line;
	bool whole;

	if (text) {
		rest = text_span(text);
		while (text_line(&rest, &line, &whole)) {
			if (line.n) {
				package_line(&p, line);
				continue;
			}
			put_package(f, &p);
			memset(&p, 0, sizeof(p));
		}
		put_package(f, &p);
	}
	free(text);
	facts_sort(f);
}

static void accounts(struct facts *f, const struct look *l, const char *path,
		     const char *kind)
{
	char *text = look_text(l, look_resolve(l, path), ACCOUNT_MAX);
	struct span rest, line, name, value;
	char *fact, *what;
	bool whole;

	if (!text)
		return;
	rest = text_span(text);
	while (text_line(&rest, &line, &whole)) {
		text_cut(line, ':', &name, &value);
		fact = xasprintf("%s %.*s", kind, (int)name.n, name.p);
		what = xasprintf("%.*s", (int)value.n, value.n ? value.p : "");
		facts_add(f, fact, what);
		free(fact);
		free(what);
	}
	free(text);
}

void facts_accounts(struct facts *f, const struct look *l)
{
	accounts(f, l, "etc/passwd", "user");
	accounts(f, l, "etc/group", "group");
	facts_sort(f);
}
