// SPDX-License-Identifier: MIT
/*
 * collect.c - what the site has built, read for one release.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "format/filelist.h"
#include "format/url.h"
#include "host/alloc.h"
#include "host/budget.h"
#include "host/error.h"
#include "host/hash.h"
#include "drivers.h"

#define DAY	     86400
#define EXPIRES_DAYS 400
#define DAYS_MAX     36500

/* The number at @key of [site], or @fallback. */
static uint64_t site_number(const struct site *s, const char *key,
			    uint64_t fallback)
{
	const char *text = ini_get(&s->conf, "site", key);
	uint64_t v;

	if (!text)
		return fallback;
	if (text_u64(text_span(text), &v))
		die("%s: [site] %s = %s: expected a plain number", s->conf.path,
		    key, text);
	return v;
}

static uint64_t info_number(const struct ini *ini, const char *section,
			    const char *key)
{
	const char *text = ini_need(ini, section, key);
	uint64_t v;

	if (text_u64(text_span(text), &v))
		die("%s: %s = %s: not a number", ini->path, key, text);
	return v;
}

static void info_digest(const struct ini *ini, const char *section,
			const char *key, uint8_t out[DIGEST_SIZE])
{
	const char *text = ini_need(ini, section, key);

	if (digest_unhex(text_span(text), out))
		die("%s: %s = %s: not a digest", ini->path, key, text);
}

/* Facts that another verb left, or death naming that verb. */
static void read_info(struct ini *ini, char *path, const char *build)
{
	int err = ini_read(ini, path);

	if (err) {
		errno = -err;
		die("%s: not built (run '%s'):", path, build);
	}
	free(path);
}

/* It was within when it was built; the budget may be another one by now. */
static void check_budget(const struct ini *conf, const char *kind,
			 const char *name, const char *file)
{
	uint64_t budget = budget_read(conf, kind);
	struct stat st;
	char *why;

	if (!budget || stat(file, &st))
		return;
	why = budget_why(st.st_size, budget);
	if (why)
		die("%s %s: %s", kind, name, why);
}

static void base_budget(const struct release *r, const char *base,
			const char *file)
{
	char *path = site_path(r->site, "bases/%s/base.conf", base);
	struct ini conf;

	/* one that was imported has none */
	if (!ini_read(&conf, path)) {
		check_budget(&conf, "base", base, file);
		ini_free(&conf);
	}
	free(path);
}

static struct manifest_layer *add_layer(struct release *r, char *path)
{
	if (r->m.n_layers == MANIFEST_LAYERS_MAX)
		die("%s: more than %d layers in one manifest", path,
		    MANIFEST_LAYERS_MAX);
	r->layer_path[r->m.n_layers] = path;
	return &r->m.layers[r->m.n_layers++];
}

static int find_layer(const struct release *r, const char *path)
{
	unsigned int i;

	for (i = 0; i < r->m.n_layers; i++)
		if (!strcmp(r->layer_path[i], path))
			return i;
	return -1;
}

static unsigned int need_base(struct release *r, const char *base)
{
	char *path = site_path(r->site, "build/bases/%s/base.squashfs", base);
	char *build = xasprintf("slipway base %s", base);
	int at = find_layer(r, path);
	struct manifest_layer *l;
	struct ini ini;

	if (at < 0) {
		read_info(&ini,
			  site_path(r->site, "build/bases/%s/base.info", base),
			  build);
		at = r->m.n_layers;
		l = add_layer(r, path);
		l->kind = MANIFEST_BASE;
		l->name = text_span(xstrdup(base));
		info_digest(&ini, "base", "digest", l->digest);
		ini_free(&ini);
		base_budget(r, base, path);
	}
	free(build);
	return at;
}

static unsigned int need_overlay(struct release *r, const char *role,
				 unsigned int base)
{
	char *path =
		site_path(r->site, "build/overlays/%s/overlay.cpio.gz", role);
	char *build = xasprintf("slipway overlay %s", role);
	int at = find_layer(r, path);
	struct manifest_layer *l;
	struct ini ini;

	if (at < 0) {
		read_info(&ini,
			  site_path(r->site, "build/overlays/%s/overlay.info",
				    role),
			  build);
		at = r->m.n_layers;
		l = add_layer(r, path);
		l->kind = MANIFEST_OVERLAY;
		l->name = text_span(xstrdup(role));
		info_digest(&ini, "overlay", "digest", l->digest);
		info_digest(&ini, "overlay", "base-digest", l->base);
		l->unpacked = info_number(&ini, "overlay", "unpacked");
		l->inodes = info_number(&ini, "overlay", "inodes");
		ini_free(&ini);
	}
	if (!digest_equal(r->m.layers[at].base, r->m.layers[base].digest))
		die("overlay %s: captured against another base than the one built now; run '%s'",
		    role, build);
	free(build);
	return at;
}

static void add_grants(struct manifest_role *role, const struct ini *conf)
{
	static const struct {
		const char *name;
		unsigned int bit;
	} known[] = {{"devnodes", MANIFEST_GRANT_DEVNODES},
		     {"setid", MANIFEST_GRANT_SETID},
		     {"caps", MANIFEST_GRANT_CAPS}};
	const char *text = ini_get(conf, "role", "grants");
	char **list = words(text ? text : ""), **g;
	size_t i;

	for (g = list; *g; g++) {
		for (i = 0; i < ARRAY_SIZE(known); i++)
			if (!strcmp(known[i].name, *g))
				break;
		if (i == ARRAY_SIZE(known))
			die("%s: grants = %s: there are devnodes, setid, caps",
			    conf->path, *g);
		role->grants |= known[i].bit;
	}
}

static void read_role(const struct site *s, const char *name, struct ini *conf)
{
	char *dir = site_role_dir(s, name);
	char *path = dir ? xasprintf("%s/role.conf", dir)
			 : site_path(s, "roles/%s/role.conf", name);
	int err = ini_read(conf, path);

	free(dir);
	if (err) {
		errno = -err;
		die("role %s: %s:", name, path);
	}
	free(path);
}

/* The overlays of @name and, before it, of what it depends on, once each. */
static void add_overlays(struct release *r, struct manifest_role *role,
			 const char *name, unsigned int depth)
{
	unsigned int at, i;
	struct ini conf;
	const char *deps;
	char **list, **d;

	if (depth > MANIFEST_OVERLAYS_MAX)
		die("role %s: depends on itself, or too deeply", name);
	read_role(r->site, name, &conf);
	deps = ini_get(&conf, "role", "depends");
	list = words(deps ? deps : "");
	for (d = list; *d; d++) {
		/* what no folder is named after, another role provides: the
		 * build has seen to that */
		char *dir = site_role_dir(r->site, *d);

		if (dir)
			add_overlays(r, role, *d, depth + 1);
		free(dir);
	}
	add_grants(role, &conf);
	at = need_overlay(r, name, role->base);
	check_budget(&conf, "role", name, r->layer_path[at]);
	ini_free(&conf);
	for (i = 0; i < role->n_overlays; i++)
		if (role->overlays[i] == at)
			return;
	if (role->n_overlays == MANIFEST_OVERLAYS_MAX)
		die("role %s: more than %d overlays", name,
		    MANIFEST_OVERLAYS_MAX);
	role->overlays[role->n_overlays++] = at;
}

/* The list of the folder's files; its digest is the name of the folder. */
static void name_boot(struct release_boot *b)
{
	const char *const files[] = {b->vmlinuz, b->initrd, b->core, b->info};
	static const char *const names[] = {"vmlinuz", "initrd.img",
					    "core.img", "drivers.info"};
	char line[1024 + DIGEST_HEX + 32], *text = xstrdup(FILELIST_MAGIC);
	uint8_t digest[DIGEST_SIZE];
	struct filelist_item it;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files) && files[i]; i++) {
		char *old = text;
		int n, err = hash_file(files[i], it.digest, &it.size);

		errno = -err;
		if (err)
			die("%s:", files[i]);
		snprintf(it.path, sizeof(it.path), "%s", names[i]);
		n = filelist_print(line, sizeof(line), &it);
		text = xasprintf("%s%.*s", old, n, line);
		free(old);
	}
	digest_of(text, strlen(text), digest);
	digest_hex(digest, b->hex);
	b->files = text;
}

/* Whoever has the manifest knows the kernel and the initrd of a base. */
static void bind_boot(struct release *r, unsigned int base,
		      const struct release_boot *b)
{
	struct manifest_layer *l = &r->m.layers[base];

	l->has_boot = true;
	if (digest_unhex(text_span(b->hex), l->boot))
		die("boot files of %s: no digest", b->base);
}

/* Kernel and initrd of @base. */
static unsigned int need_boot(struct release *r, const char *base)
{
	struct release_boot *b;
	unsigned int i;

	for (i = 0; i < r->n_boots; i++)
		if (!strcmp(r->boots[i].base, base))
			return i;
	b = &r->boots[r->n_boots++];
	b->base = xstrdup(base);
	b->vmlinuz = site_path(r->site, "build/initrd/%s/vmlinuz", base);
	b->initrd = site_path(r->site, "build/initrd/%s/initrd.img", base);
	if (access(b->vmlinuz, R_OK) || access(b->initrd, R_OK))
		die("initrd of base %s: not built (run 'slipway initrd %s'):",
		    base, base);
	drivers_collect(b, r->site);
	name_boot(b);
	return i;
}

static void add_role(struct release *r, const char *name)
{
	struct manifest_role *role = &r->m.roles[r->m.n_roles];
	struct ini conf;
	const char *base;

	if (r->m.n_roles == MANIFEST_ROLES_MAX)
		die("role %s: more than %d roles", name, MANIFEST_ROLES_MAX);
	read_role(r->site, name, &conf);
	base = ini_need(&conf, "role", "base");
	role->name = text_span(xstrdup(name));
	role->base = need_base(r, base);
	r->role_boot[r->m.n_roles] = need_boot(r, base);
	bind_boot(r, role->base, &r->boots[r->role_boot[r->m.n_roles++]]);
	add_overlays(r, role, name, 0);
	ini_free(&conf);
}

/* [machines] lines, "mac 52:54:00:* = web", in the order they stand in. */
static void add_rules(struct release *r)
{
	static const char *const keys[] = {"mac", "uuid", "serial"};
	const struct ini *conf = &r->site->conf;
	struct manifest_rule *rule;
	const struct ini_item *it;
	char **w;
	size_t i, k;
	int role;

	for (i = 0; i < conf->n; i++) {
		it = &conf->items[i];
		if (strcmp(it->section, "machines"))
			continue;
		w = words(it->key);
		for (k = 0; k < ARRAY_SIZE(keys) && w[0]; k++)
			if (!strcmp(keys[k], w[0]))
				break;
		if (!w[0] || k == ARRAY_SIZE(keys) || !w[1] || w[2])
			die("%s:%u: expected 'mac|uuid|serial PATTERN = ROLE'",
			    conf->path, it->line);
		role = manifest_role(&r->m, text_span(it->value));
		if (role < 0)
			die("%s:%u: no role '%s' is published", conf->path,
			    it->line, it->value);
		if (r->m.n_rules == MANIFEST_RULES_MAX)
			die("%s: more than %d machine rules", conf->path,
			    MANIFEST_RULES_MAX);
		rule = &r->m.rules[r->m.n_rules++];
		rule->key = k;
		rule->pattern = text_span(w[1]);
		rule->role = role;
	}
}

static void add_mirrors(struct release *r)
{
	const char *text = ini_get(&r->site->conf, "site", "mirrors");
	char **list = words(text ? text : ""), **u;
	struct fault f = {0};
	struct url url;

	for (u = list; *u; u++) {
		if (url_parse(&url, text_span(*u), &f))
			die("%s: mirrors: %s: %s", r->site->conf.path, *u,
			    f.why);
		if (r->m.n_mirrors == MANIFEST_MIRRORS_MAX)
			die("%s: more than %d mirrors", r->site->conf.path,
			    MANIFEST_MIRRORS_MAX);
		r->m.mirrors[r->m.n_mirrors++] = text_span(*u);
	}
}

void collect_expires(struct release *r, uint64_t days)
{
	if (days > DAYS_MAX)
		die("%s: expires-days: above %d", r->site->conf.path, DAYS_MAX);
	r->m.expires = days ? r->m.created + days * DAY : 0;
}

void collect_release(struct release *r, const struct site *site,
		     char *const *only)
{
	char **all = site_list(site, "roles", "role.conf");
	uint64_t days = site_number(site, "expires-days", EXPIRES_DAYS);
	char *const *name;

	memset(r, 0, sizeof(*r));
	r->site = site;
	r->m.site = text_span(site->name);
	r->m.epoch = site_number(site, "epoch", 1);
	r->m.floor = site_number(site, "floor", 1);
	r->m.min_init = 1;
	r->m.created = time(NULL);
	collect_expires(r, days);
	r->m.default_role = -1;
	if (!*all)
		die("%s/roles: no role to publish", site->dir);
	for (name = only ? only : (char *const *)all; *name; name++)
		add_role(r, *name);
	if (site->default_role)
		r->m.default_role =
			manifest_role(&r->m, text_span(site->default_role));
	if (site->default_role && r->m.default_role < 0 && !only)
		die("%s: default-role = %s: no such role", site->conf.path,
		    site->default_role);
	if (r->m.default_role < 0)
		r->m.default_role = -1;
	add_rules(r);
	add_mirrors(r);
}
