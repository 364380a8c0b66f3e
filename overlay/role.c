/* SPDX-License-Identifier: MIT */
/* role.c - reads role.conf, orders dependencies, finds the base. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "format/sqsb.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/budget.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/oci.h"
#include "host/outfile.h"
#include "role.h"

#define PACKAGES_MAX   (1u << 20)
#define ROLE_STACK_MAX 16 /* as many overlays as a manifest's role has */

static const char *const grant_names[] = {"devnodes", "setid", "caps"};

unsigned int role_grants(const char *text, const char *where)
{
	unsigned int grants = 0;
	char **w = words(text);

	for (size_t i = 0; w[i]; i++) {
		size_t g = 0;

		while (g < ARRAY_SIZE(grant_names) &&
		       strcmp(w[i], grant_names[g]))
			g++;
		if (g == ARRAY_SIZE(grant_names))
			die("%s: grants: '%s' is none of devnodes, setid, caps",
			    where, w[i]);
		grants |= 1u << g;
	}
	free(w);
	return grants;
}

const char *role_grants_text(unsigned int grants)
{
	static const char *const text[] = {
		"",	"devnodes",	 "setid",      "devnodes,setid",
		"caps", "devnodes,caps", "setid,caps", "devnodes,setid,caps",
	};

	return text[grants & 7];
}

/*
 * A word of packages= becomes an argument of apt-get: it may not be an
 * option, nor one of the globs and suffixes that apt understands.
 */
static bool package_ok(const char *s)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789+-.:=~";
	size_t n = strlen(s);

	if (n < 2 || n > 200 || strspn(s, set) != n)
		return false;
	if (s[n - 1] == '-')
		return false;
	return strchr("abcdefghijklmnopqrstuvwxyz0123456789", s[0]);
}

static void check_names(const struct role *r, const char *key, char **list)
{
	for (size_t i = 0; list[i]; i++)
		if (!site_name_ok(list[i]))
			die("%s: %s: '%s' is not a role's name", r->conf.path,
			    key, list[i]);
}

static void role_check(struct role *r)
{
	static const char *const keys[] = {
		"base",	  "depends",	 "provides",	"conflicts", "packages",
		"grants", "size-budget", "should-fail", "from-oci",  NULL};
	ini_known(&r->conf, "role", keys);
	for (size_t i = 0; r->packages[i]; i++)
		if (!package_ok(r->packages[i]))
			die("%s: packages: '%s' is not a package's name",
			    r->conf.path, r->packages[i]);
	check_names(r, "depends", r->depends);
	check_names(r, "provides", r->provides);
	check_names(r, "conflicts", r->conflicts);
	if (!site_name_ok(r->base))
		die("%s: base: '%s' is not a base's name", r->conf.path,
		    r->base);
	r->budget = budget_read(&r->conf, "role");
}

/* The file of that name beside role.conf: words, comments after '#'. */
static void packages_file(struct role *r)
{
	char *path = xasprintf("%s/packages", r->dir), *save, *line, **more;
	char *text = outfile_slurp(path, PACKAGES_MAX, NULL);
	size_t n = 0;

	if (!text && errno != ENOENT)
		die("%s:", path);
	while (r->packages[n])
		n++;
	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		line[strcspn(line, "#")] = '\0';
		more = words(line);
		for (size_t i = 0; more[i]; i++) {
			r->packages =
				xrealloc(r->packages, n + 2, sizeof(*more));
			r->packages[n++] = more[i];
			r->packages[n] = NULL;
		}
		free(more);
	}
	free(text);
	free(path);
}

static const char *get_or_empty(const struct ini *ini, const char *key)
{
	const char *v = ini_get(ini, "role", key);

	return v ? v : "";
}

void role_read(struct role *r, const struct site *s, const char *name)
{
	char *path;
	size_t n;
	int err;

	memset(r, 0, sizeof(*r));
	if (!site_name_ok(name))
		die("%s: not a role's name", name);
	r->name = xstrdup(name);
	r->dir = site_role_dir(s, name);
	if (!r->dir)
		die("roles/%s: no such role (no role.conf there, in roles-path= or among the stock roles)",
		    name);
	n = strlen(s->dir);
	r->foreign = strncmp(r->dir, s->dir, n) || r->dir[n] != '/';
	path = xasprintf("%s/role.conf", r->dir);
	err = ini_read(&r->conf, path);
	if (err) {
		errno = -err;
		die("%s:", path);
	}
	free(path);
	r->base = ini_need(&r->conf, "role", "base");
	r->depends = words(get_or_empty(&r->conf, "depends"));
	r->provides = words(get_or_empty(&r->conf, "provides"));
	r->conflicts = words(get_or_empty(&r->conf, "conflicts"));
	r->packages = words(get_or_empty(&r->conf, "packages"));
	packages_file(r);
	r->grants = role_grants(get_or_empty(&r->conf, "grants"), r->conf.path);
	r->from_oci = ini_get(&r->conf, "role", "from-oci");
	if (r->from_oci)
		r->from_oci = oci_below(r->from_oci, r->dir);
	role_check(r);
}

/* Dates in an overlay end where the base's own begin, so that two builds of
 * one role carry the same. */
static uint64_t base_epoch(const struct base *b)
{
	const char *env = getenv("SOURCE_DATE_EPOCH");
	const char *created = ini_get(&b->info, "base", "created");
	struct sqsb sb;
	struct fault f = {0};
	uint8_t head[SQSB_SIZE];
	struct stat st;
	uint64_t v;
	FILE *in;

	if (env) {
		if (text_u64(text_span(env), &v) || v > UINT32_MAX)
			die("SOURCE_DATE_EPOCH: '%s' is not a date", env);
		return v;
	}
	if (created && !text_u64(text_span(created), &v) && v <= UINT32_MAX)
		return v;
	in = fopen(b->image, "re");
	if (!in || fstat(fileno(in), &st) ||
	    fread(head, 1, sizeof(head), in) != sizeof(head))
		die("%s:", b->image);
	fclose(in);
	if (sqsb_parse(&sb, head, sizeof(head), st.st_size, &f))
		die("%s: %s", b->image, f.why);
	return sb.mtime;
}

void role_base(struct base *b, const struct site *s, const char *name)
{
	char *path = site_path(s, "build/bases/%s/base.info", name);
	char digest[DIGEST_HEX + 1];
	uint64_t size;
	int err;

	memset(b, 0, sizeof(*b));
	b->name = xstrdup(name);
	b->image = site_path(s, "build/bases/%s/base.squashfs", name);
	err = ini_read(&b->info, path);
	if (err == -ENOENT || err == -ENOTDIR)
		die("base %s: not built yet: run 'slipway base %s' first", name,
		    name);
	if (err) {
		errno = -err;
		die("%s:", path);
	}
	free(path);
	hash_file_hex(b->image, digest, &size);
	if (strcmp(digest, ini_need(&b->info, "base", "digest")))
		die("base %s: image and base.info differ: run 'slipway base "
		    "%s --force'",
		    name, name);
	memcpy(b->digest, digest, sizeof(digest));
	b->epoch = base_epoch(b);
}

/* One role whose dependencies are being looked at. */
struct frame {
	struct role role;
	size_t next;
};

static bool listed(char **list, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(list[i], name))
			return true;
	return false;
}

static void enter(struct frame *stack, size_t depth, const struct site *s,
		  const char *name)
{
	for (size_t i = 0; i < depth; i++)
		if (!strcmp(stack[i].role.name, name))
			die("roles/%s/role.conf: depends: cycle: '%s' needs "
			    "'%s', which needs it",
			    stack[depth - 1].role.name,
			    stack[depth - 1].role.name, name);
	if (depth == ROLE_STACK_MAX)
		die("role %s: more than %d roles deep", stack[0].role.name,
		    ROLE_STACK_MAX);
	role_read(&stack[depth].role, s, name);
	stack[depth].next = 0;
	if (stack[depth].role.foreign)
		stack[depth].role.base = stack[0].role.base;
	if (strcmp(stack[depth].role.base, stack[0].role.base))
		die("role %s: base is %s, but '%s' stands on %s",
		    stack[depth].role.name, stack[depth].role.base,
		    stack[0].role.name, stack[0].role.base);
}

static bool is_role(const struct site *s, const char *name)
{
	char *dir = site_name_ok(name) ? site_role_dir(s, name) : NULL;

	free(dir);
	return dir;
}

static bool has(char **list, const char *name)
{
	for (; *list; list++)
		if (!strcmp(*list, name))
			return true;
	return false;
}

/* Do two roles of one stack exclude each other? */
static void check_pair(const struct role *a, const struct role *b)
{
	for (size_t i = 0; a->conflicts[i]; i++)
		if (!strcmp(a->conflicts[i], b->name) ||
		    has(b->provides, a->conflicts[i]))
			die("role %s: conflicts: '%s' is %s role %s; take one out of depends=",
			    a->name, a->conflicts[i],
			    strcmp(a->conflicts[i], b->name) ? "provided by"
							     : "the",
			    b->name);
	for (size_t i = 0; a->provides[i]; i++)
		if (has(b->provides, a->provides[i]))
			die("role %s: provides: '%s' is provided by role %s too; take one out of depends=",
			    a->name, a->provides[i], b->name);
}

/* What role @r needs and no role is named, another of them must provide. */
static void check_provided(const struct site *s, const struct role *r,
			   const struct role *all, size_t n)
{
	for (size_t i = 0; r->depends[i]; i++) {
		size_t k = 0;

		while (k < n && !has(all[k].provides, r->depends[i]))
			k++;
		if (k == n && !is_role(s, r->depends[i]))
			die("role %s: depends: no role '%s', and none of its roles provides it",
			    r->name, r->depends[i]);
	}
}

static void check_stack(const struct site *s, const struct role *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		check_provided(s, &all[i], all, n);
		for (size_t k = 0; k < n; k++)
			if (i != k)
				check_pair(&all[i], &all[k]);
	}
}

char **role_order(const struct site *s, const char *name)
{
	struct frame stack[ROLE_STACK_MAX];
	char **order = xcalloc(ROLE_STACK_MAX + 1, sizeof(*order));
	struct role all[ROLE_STACK_MAX];
	size_t depth = 0, n = 0;

	enter(stack, depth++, s, name);
	while (depth) {
		struct frame *f = &stack[depth - 1];
		const char *dep = f->role.depends[f->next];

		if (dep) {
			f->next++;
			if (!listed(order, n, dep) && is_role(s, dep))
				enter(stack, depth++, s, dep);
			continue;
		}
		if (n == ROLE_STACK_MAX)
			die("role %s: more than %d overlays", name,
			    ROLE_STACK_MAX);
		all[n] = f->role;
		order[n++] = f->role.name;
		depth--;
	}
	check_stack(s, all, n);
	return order;
}
