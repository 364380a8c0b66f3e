// SPDX-License-Identifier: MIT
/* role.c - slipway role: which base and overlays a role has. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/iniedit.h"
#include "host/opts.h"
#include "host/site.h"

static const char *dir, *base, *overlays;
static bool json;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"base", 0, "BASE", "the base it is built against", NULL, &base},
	{"overlays", 0, "ROLE,...",
	 "whose overlays lie below its own; '': none", NULL, &overlays},
	{"json", 0, NULL, "facts as JSON, an object a line", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway role",
	.usage = "[-C DIR] [--base BASE] [--overlays ROLE,...] [--json] [ROLE]",
	.about = "Show or set which base and overlays a role has.",
	.opts = table,
};

static void read_role(const struct site *site, const char *role,
		      struct ini *conf)
{
	char *path = site_path(site, "roles/%s/role.conf", role);

	if (!site_name_ok(role) || ini_read(conf, path))
		die("role %s: the site has none of that name (%s)", role, path);
	free(path);
}

static void print(const struct site *site, const char *role)
{
	const char *b, *deps, *grants;
	struct json_object *o;
	struct ini conf;

	read_role(site, role, &conf);
	b = ini_get(&conf, "role", "base");
	deps = ini_get(&conf, "role", "depends");
	grants = ini_get(&conf, "role", "grants");
	if (!json) {
		printf("%-16s base %s, overlays %s%s%s%s%s\n", role,
		       b ? b : "-", deps ? deps : "", deps ? " " : "", role,
		       grants ? ", grants " : "", grants ? grants : "");
		ini_free(&conf);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "role", json_object_new_string(role));
	json_object_object_add(o, "base", json_object_new_string(b ? b : ""));
	json_object_object_add(o, "below",
			       json_object_new_string(deps ? deps : ""));
	json_object_object_add(o, "grants",
			       json_object_new_string(grants ? grants : ""));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
	ini_free(&conf);
}

static void check_overlays(const struct site *site, const char *role)
{
	char **w = words(overlays);
	struct ini conf;

	for (; *w; w++) {
		if (!strcmp(*w, role))
			opts_usage(&opts, "a role lies on its own overlay");
		read_role(site, *w, &conf);
		ini_free(&conf);
	}
}

static void check_base(const struct site *site)
{
	char *path = site_path(site, "bases/%s/base.conf", base);
	struct ini conf;

	if (!site_name_ok(base) || ini_read(&conf, path))
		die("base %s: the site has none of that name (%s)", base, path);
	ini_free(&conf);
	free(path);
}

static int set(const struct site *site, const char *role)
{
	struct ini conf;

	read_role(site, role, &conf);
	site_lock(site);
	if (base)
		check_base(site);
	if (overlays)
		check_overlays(site, role);
	if (base)
		iniedit_set(conf.path, "role", "base", base);
	if (overlays)
		iniedit_set(conf.path, "role", "depends",
			    *overlays ? overlays : NULL);
	info("role %s: build it again with 'slipway overlay %s', then 'slipway publish'",
	     role, role);
	return EXIT_DONE;
}

int main(int argc, char **argv)
{
	struct site site;
	char **all;

	argv += opts_parse(&opts, argc, argv);
	if (argv[0] && argv[1])
		opts_usage(&opts, "expected one ROLE");
	if ((base || overlays) && !argv[0])
		opts_usage(&opts, "which ROLE?");
	site_open(&site, dir);
	if (base || overlays)
		return set(&site, argv[0]);
	if (argv[0]) {
		print(&site, argv[0]);
		return EXIT_DONE;
	}
	for (all = site_list(&site, "roles", "role.conf"); *all; all++)
		print(&site, *all);
	return EXIT_DONE;
}
