// SPDX-License-Identifier: MIT
/* build.c - what `slipway iso` and `slipway usb` have in common. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "custom.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"

#define TIMEOUT_MAX 86400

static uint64_t number(const struct opts *o, const char *name, const char *text,
		       uint64_t fallback, uint64_t max)
{
	uint64_t v = fallback;

	if (text && (text_u64(text_span(text), &v) || v > max))
		opts_usage(o, "--%s %s: expected a number up to %llu", name,
			   text, (unsigned long long)max);
	return v;
}

static enum media_variant variant_of(const struct build *b,
				     const struct opts *o)
{
	const char *name = b->variant ? b->variant : menu_variant(MEDIA_LIVE);
	enum media_variant v;

	for (v = MEDIA_LIVE; v <= MEDIA_INSTALLER; v++)
		if (!strcmp(name, menu_variant(v)))
			return v;
	opts_usage(o, "--variant %s: there are live, net, installer", name);
}

static void choose_roles(struct media *m, const char *only)
{
	const struct manifest *r = &m->r.m;
	char **names = words(only ? only : ""), **n;
	unsigned int i;

	m->with = xcalloc(r->n_roles + 1, sizeof(*m->with));
	for (i = 0; i < r->n_roles; i++)
		m->with[i] = !only;
	for (n = names; *n; n++) {
		m->with[release_role(&m->r, *n) - r->roles] = true;
		free(*n);
	}
	free(names);
}

static const char *role_entry(const struct media *m, const char *name)
{
	const struct manifest_role *role = release_role(&m->r, name);

	if (!m->with[role - m->r.m.roles])
		die("role %s: not on this medium; add it to --only", name);
	return xasprintf("role-%s", name);
}

/* The id of the entry that the menu takes when nobody chooses. */
static const char *default_entry(const struct media *m, const char *wanted)
{
	static const char *const ids[] = {"auto", "local", "memtest", "ipxe"};
	unsigned int i;

	if (!wanted && m->variant == MEDIA_INSTALLER)
		wanted = "installer";
	for (i = 0; wanted && i < sizeof(ids) / sizeof(ids[0]); i++)
		if (!strcmp(wanted, ids[i]))
			return xstrdup(wanted);
	if (wanted)
		return role_entry(m, wanted);
	if (m->r.m.default_role >= 0 || m->r.m.n_rules)
		return xstrdup("auto");
	for (i = 0; !m->with[i]; i++)
		;
	return xasprintf("role-%.*s", (int)m->r.m.roles[i].name.n,
			 m->r.m.roles[i].name.p);
}

char *build_image(const struct build *b, const struct opts *o,
		  struct site *site, struct media *m)
{
	char *to;

	memset(m, 0, sizeof(*m));
	m->variant = variant_of(b, o);
	m->append = b->append ? b->append : "";
	m->timeout = number(o, "timeout", b->timeout, 5, TIMEOUT_MAX);
	m->reserve = number(o, "reserve", b->reserve, CUSTOM_RESERVE_MIB,
			    CUSTOM_RESERVE_MAX);
	image_need();
	site_open(site, b->dir);
	m->site = site;
	release_open(&m->r, site);
	if (!m->r.m.n_roles)
		die("%s: no role is published", site->dir);
	choose_roles(m, b->only);
	m->fallback = default_entry(m, b->fallback);
	to = b->to ? xstrdup(b->to)
		   : xasprintf("%s-%s-%llu.iso", site->name,
			       menu_variant(m->variant),
			       (unsigned long long)m->r.m.serial);
	image_write(m, to);
	return to;
}

void build_end(struct media *m)
{
	release_close(&m->r);
	free(m->with);
	free((char *)m->fallback);
}

void build_print(const struct media *m, const char *path, bool json)
{
	struct json_object *o, *roles;
	char hex[DIGEST_HEX + 1];
	uint64_t size;

	if (!json) {
		puts(path);
		return;
	}
	hash_file_hex(path, hex, &size);
	o = json_object_new_object();
	roles = json_object_new_array();
	for (unsigned int i = 0; i < m->r.m.n_roles; i++)
		if (m->with[i])
			json_object_array_add(
				roles, json_object_new_string_len(
					       m->r.m.roles[i].name.p,
					       (int)m->r.m.roles[i].name.n));
	json_object_object_add(o, "path", json_object_new_string(path));
	json_object_object_add(
		o, "variant", json_object_new_string(menu_variant(m->variant)));
	json_object_object_add(o, "serial",
			       json_object_new_uint64(m->r.m.serial));
	json_object_object_add(o, "label", json_object_new_string(m->label));
	json_object_object_add(o, "size", json_object_new_uint64(size));
	json_object_object_add(o, "sha256", json_object_new_string(hex));
	json_object_object_add(o, "roles", roles);
	puts(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
