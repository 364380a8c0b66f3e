// SPDX-License-Identifier: MIT
/*
 * rollout.c - slipway rollout: how far what is built has gone, and whom it
 * would reach.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/iniedit.h"
#include "host/opts.h"
#include "preview.h"

static const char *dir, *share_text;
static bool json;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"share", 0, "N", "preview: as if the share were this", NULL,
	 &share_text},
	{"json", 0, NULL, "facts as JSON, an object a line", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway rollout",
	.usage = "[-C DIR] [--share N] [--json] "
		 "[ROLE [SHARE [RING...]] | preview HOSTS [ROLE]]",
	.about = "Show or set how many machines of a role get what is built.",
	.opts = table,
};

static unsigned int share_number(const char *text)
{
	uint64_t v;

	if (text_u64(text_span(text), &v) || v > MANIFEST_SHARE_ALL)
		opts_usage(&opts, "'%s': expected 0 to %d, halt or whole", text,
			   MANIFEST_SHARE_ALL);
	return v;
}

static void print_role(const struct site *site, const struct manifest *m,
		       unsigned int role)
{
	struct span name = m->roles[role].name;
	char *key = xasprintf("%.*s", (int)name.n, name.p);
	const char *set = ini_get(&site->conf, "rollout", key);
	struct json_object *o = json_object_new_object();
	unsigned int i;

	json_object_object_add(o, "role", json_object_new_string(key));
	json_object_object_add(o, "set",
			       json_object_new_string(set ? set : "whole"));
	if (!json)
		printf("%-16s set %s", key, set ? set : "whole");
	for (i = 0; i < m->n_images; i++) {
		if (m->images[i].of != role)
			continue;
		name = m->images[i].name;
		if (!json)
			printf(", published %.*s %u", (int)name.n, name.p,
			       m->images[i].share);
		json_object_object_add(
			o, "image",
			json_object_new_string_len(name.p, (int)name.n));
		json_object_object_add(
			o, "share",
			json_object_new_int((int)m->images[i].share));
	}
	puts(json ? json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN)
		  : "");
	json_object_put(o);
	free(key);
}

static int list(const struct site *site, const char *only)
{
	const struct manifest *m = preview_open(site);
	int role = only ? manifest_role(m, text_span(only)) : 0;
	unsigned int i;

	if (role < 0)
		die("role %s: is not published", only);
	for (i = role; i < m->n_roles; i++) {
		print_role(site, m, i);
		if (only)
			break;
	}
	return EXIT_DONE;
}

static int set(const struct site *site, char **argv)
{
	const char *role = *argv++, *word = *argv++;
	char *conf = site_path(site, "roles/%s/role.conf", role), *value, *was;
	struct ini ini;

	if (!site_name_ok(role) || ini_read(&ini, conf))
		die("role %s: the site has none of that name (%s)", role, conf);
	site_lock(site);
	if (!strcmp(word, "whole")) {
		iniedit_set(site->conf.path, "rollout", role, NULL);
		info("role %s: whole with the next 'slipway publish'", role);
		return EXIT_DONE;
	}
	if (!strcmp(word, "halt"))
		word = "0";
	value = xasprintf("%u", share_number(word));
	for (; *argv; argv++) {
		if (!ini_get(&site->conf, "rings", *argv))
			die("%s: [rings] has no '%s'", site->conf.path, *argv);
		was = value;
		value = xasprintf("%s %s", was, *argv);
		free(was);
	}
	iniedit_set(site->conf.path, "rollout", role, value);
	info("role %s: %s of %d with the next 'slipway publish'", role, value,
	     MANIFEST_SHARE_ALL);
	return EXIT_DONE;
}

static int preview(const struct site *site, char **argv)
{
	int share = share_text ? (int)share_number(share_text) : -1;

	if (!argv[0] || (argv[1] && argv[2]))
		opts_usage(&opts, "expected preview HOSTS [ROLE]");
	if (share >= 0 && !argv[1])
		opts_usage(&opts, "--share needs a ROLE");
	preview_hosts(preview_open(site), argv[0], argv[1], share, json);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct site site;

	argv += opts_parse(&opts, argc, argv);
	site_open(&site, dir);
	if (argv[0] && !strcmp(argv[0], "preview"))
		return preview(&site, argv + 1);
	if (argv[0] && argv[1])
		return set(&site, argv);
	return list(&site, argv[0]);
}
