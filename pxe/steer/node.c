// SPDX-License-Identifier: MIT
/*
 * node.c - slipway node: which machine has which role, and which image it is
 * pinned to. The rules are lines of site.conf, and stay a person's file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/iniedit.h"
#include "host/opts.h"
#include "host/site.h"

static const char *dir, *image;
static bool json, drop;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"image", 0, "IMAGE", "pin it to new, own, rSERIAL; none ends a pin",
	 NULL, &image},
	{"drop", 0, NULL, "take its rule out", &drop, NULL},
	{"json", 0, NULL, "facts as JSON, an object a line", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway node",
	.usage = "[-C DIR] [--image IMAGE] [--drop] [--json] "
		 "[MAC|UUID|SERIAL [ROLE]]",
	.about = "Show or set which machine has which role or image.",
	.opts = table,
};

static bool shaped(const char *id, const char *shape)
{
	for (; *shape; shape++, id++)
		if (*shape == 'x'
			    ? !strchr("0123456789abcdefABCDEF*?", *id) || !*id
			    : *id != *shape)
			return false;
	return !*id;
}

/* "mac 52:..", the key of its lines; letters as the manifest wants them. */
static char *rule_key(const char *id)
{
	bool mac = shaped(id, "xx:xx:xx:xx:xx:xx");
	bool uuid = shaped(id, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
	char *key, *c;

	if (!strncmp(id, "mac ", 4) || !strncmp(id, "uuid ", 5) ||
	    !strncmp(id, "serial ", 7))
		key = xstrdup(id);
	else
		key = xasprintf("%s %s",
				mac    ? "mac"
				: uuid ? "uuid"
				       : "serial",
				id);
	for (c = key; mac + uuid && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	c = strchr(key, ' ');
	if (!c[1] || strpbrk(c + 1, " ,=#;[\n") != NULL)
		opts_usage(
			&opts,
			"'%s': blanks, commas and '=[' cannot stand in a rule; '?' matches any character",
			id);
	return key;
}

static void print(const struct ini *conf, const struct ini_item *it)
{
	struct json_object *o;

	if (!json) {
		printf("%-8s %-40s %-16s %s:%u\n", it->section, it->key,
		       it->value, conf->path, it->line);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "section",
			       json_object_new_string(it->section));
	json_object_object_add(o, "machine", json_object_new_string(it->key));
	json_object_object_add(o, "value", json_object_new_string(it->value));
	json_object_object_add(o, "line", json_object_new_int((int)it->line));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static int list(const struct site *site, const char *key)
{
	const struct ini *conf = &site->conf;
	const struct ini_item *it;
	unsigned int n = 0;
	size_t i;

	for (i = 0; i < conf->n; i++) {
		it = &conf->items[i];
		if (strcmp(it->section, "machines") &&
		    strcmp(it->section, "pins"))
			continue;
		if (key && strcmp(it->key, key))
			continue;
		print(conf, it);
		n++;
	}
	if (key && !n)
		die("%s: no line of %s names it", key, conf->path);
	return EXIT_DONE;
}

static void check_role(const struct site *site, const char *role)
{
	char *path = site_path(site, "roles/%s/role.conf", role);
	struct ini ini;

	if (!site_name_ok(role) || ini_read(&ini, path))
		die("role %s: the site has none of that name (%s)", role, path);
	free(path);
}

static bool image_ok(const char *name)
{
	uint64_t v;

	return !strcmp(name, "new") || !strcmp(name, "own") ||
	       !strcmp(name, "none") ||
	       (name[0] == 'r' && !text_u64(text_span(name + 1), &v));
}

int main(int argc, char **argv)
{
	const char *role;
	struct site site;
	char *key;

	argv += opts_parse(&opts, argc, argv);
	role = argv[0] ? argv[1] : NULL;
	if (role && argv[2])
		opts_usage(&opts, "expected one machine and one ROLE");
	if ((image || drop) && !argv[0])
		opts_usage(&opts, "which machine?");
	if (image && !image_ok(image))
		opts_usage(&opts,
			   "--image %s: there are new, own, rSERIAL, none",
			   image);
	key = argv[0] ? rule_key(argv[0]) : NULL;
	site_open(&site, dir);
	if (!role && !image && !drop)
		return list(&site, key);
	site_lock(&site);
	if (role)
		check_role(&site, role);
	if (role || drop)
		iniedit_set(site.conf.path, "machines", key, role);
	if (image)
		iniedit_set(site.conf.path, "pins", key,
			    strcmp(image, "none") ? image : NULL);
	info("%s: with the next 'slipway publish'", key);
	return EXIT_DONE;
}
