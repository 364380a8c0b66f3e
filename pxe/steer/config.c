// SPDX-License-Identifier: MIT
/* config.c - slipway config: which file and line a value came from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/site.h"

static const char *dir;
static bool json;
static unsigned int shown;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"json", 0, NULL, "facts as JSON, an object a line", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway config",
	.usage = "[-C DIR] [--json] [[SECTION.]KEY]",
	.about = "Show each value of the site with its file and line.",
	.opts = table,
};

static bool wanted(const struct ini_item *it, const char *what)
{
	char *full = xasprintf("%s.%s", it->section, it->key);
	bool is = !what || !strcmp(it->key, what) || !strcmp(full, what);

	free(full);
	return is;
}

/* A later line of a key outranks this one. */
static bool outranked(const struct ini *ini, size_t at)
{
	size_t i;

	for (i = at + 1; i < ini->n; i++)
		if (!strcmp(ini->items[i].section, ini->items[at].section) &&
		    !strcmp(ini->items[i].key, ini->items[at].key))
			return true;
	return false;
}

static void print(const struct ini *ini, size_t at)
{
	const struct ini_item *it = &ini->items[at];
	/* machine rules are all asked, in their order */
	bool dead = strcmp(it->section, "machines") &&
		    strcmp(it->section, "pins") && outranked(ini, at);
	struct json_object *o;

	shown++;
	if (!json) {
		printf("%s:%u: [%s] %s = %s%s\n", ini->path, it->line,
		       it->section, it->key, it->value,
		       dead ? " (outranked below)" : "");
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "file", json_object_new_string(ini->path));
	json_object_object_add(o, "line", json_object_new_int((int)it->line));
	json_object_object_add(o, "section",
			       json_object_new_string(it->section));
	json_object_object_add(o, "key", json_object_new_string(it->key));
	json_object_object_add(o, "value", json_object_new_string(it->value));
	json_object_object_add(o, "used", json_object_new_boolean(!dead));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static void print_file(const struct ini *ini, const char *what)
{
	size_t i;

	for (i = 0; i < ini->n; i++)
		if (wanted(&ini->items[i], what))
			print(ini, i);
}

static void print_folder(const struct site *site, const char *sub,
			 const char *file, const char *what)
{
	char **name = site_list(site, sub, file), *path;
	struct ini ini;

	for (; *name; name++) {
		path = site_path(site, "%s/%s/%s", sub, *name, file);
		if (ini_read(&ini, path))
			die("%s: cannot read", path);
		print_file(&ini, what);
		ini_free(&ini);
		free(path);
	}
}

int main(int argc, char **argv)
{
	struct site site;

	argv += opts_parse(&opts, argc, argv);
	if (argv[0] && argv[1])
		opts_usage(&opts, "expected one KEY");
	site_open(&site, dir);
	print_file(&site.conf, argv[0]);
	print_folder(&site, "bases", "base.conf", argv[0]);
	print_folder(&site, "roles", "role.conf", argv[0]);
	if (argv[0] && !shown)
		die("%s: set nowhere in %s", argv[0], site.dir);
	return EXIT_DONE;
}
