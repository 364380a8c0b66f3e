// SPDX-License-Identifier: MIT
/*
 * ramdisk.c - slipway ramdisk: a kernel and one initrd with base and role
 * inside. The initrd is the published one; in front of it stands an archive
 * with the publish tree of this role, which /init proves as it would prove
 * what a server sends (initrd/medium.c).
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "release.h"
#include "signatures.h"

static const char *dir, *to = ".";
static bool json;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"output", 'o', "DIR", "where they go (default: here)", NULL, &to},
	{"json", 0, NULL, "the facts as one JSON object", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway ramdisk",
	.usage = "[-C DIR] [-o DIR] [--json] ROLE",
	.about = "Make a kernel and one initrd with base and role inside.",
	.opts = table,
};

static const char *name_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static void add_layer(struct archive *a, const struct release *r,
		      unsigned int layer)
{
	char *index, *path = release_layer(r, layer, &index);
	char *name = xasprintf("tree/layers/%s", name_of(path));
	char *index_name = xasprintf("tree/layers/%s", name_of(index));

	archive_file(a, name, path);
	archive_file(a, index_name, index);
	free(index_name);
	free(name);
	free(index);
	free(path);
}

static void add_tree(struct archive *a, const struct release *r,
		     const struct manifest_role *role)
{
	char *line = xasprintf("%.*s\n", (int)role->name.n, role->name.p);
	char *public = site_path(r->site, "public");
	unsigned int i;

	archive_dir(a, "tree");
	archive_data(a, "tree/role", line, strlen(line));
	archive_data(a, "tree/manifest.cms", r->bytes.cms, r->bytes.cms_size);
	signatures_add(a, public, r->bytes.text);
	free(public);
	archive_dir(a, "tree/layers");
	add_layer(a, r, role->base);
	for (i = 0; i < role->n_overlays; i++)
		add_layer(a, r, role->overlays[i]);
	archive_end(a);
	free(line);
}

/* The kernel as it is; its bytes are no archive, but copied like one. */
static char *write_kernel(const struct release *r,
			  const struct manifest_role *role)
{
	char *from = release_boot(r, role, "vmlinuz");
	char *path = xasprintf("%s/vmlinuz", to);
	struct outfile o;
	struct archive a = {.out = &o};

	outfile_open(&o, path, 0644);
	archive_append(&a, from);
	outfile_commit(&o);
	free(from);
	return path;
}

static char *write_initrd(const struct release *r,
			  const struct manifest_role *role)
{
	char *from = release_boot(r, role, "initrd.img");
	char *path = xasprintf("%s/initrd.img", to);
	struct outfile o;
	struct archive a = {.out = &o, .mtime = (unsigned int)r->m.created};

	outfile_open(&o, path, 0644);
	add_tree(&a, r, role);
	archive_append(&a, from);
	outfile_commit(&o);
	free(from);
	return path;
}

static void print_json(const char *role, uint64_t serial, const char *kernel,
		       const char *initrd)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "role", json_object_new_string(role));
	json_object_object_add(o, "serial",
			       json_object_new_int64((int64_t)serial));
	json_object_object_add(o, "kernel", json_object_new_string(kernel));
	json_object_object_add(o, "initrd", json_object_new_string(initrd));
	puts(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	const struct manifest_role *role;
	char *kernel, *initrd;
	struct release r;
	struct site site;

	if (argc - at != 1)
		opts_usage(&opts, "expected one role");
	site_open(&site, dir);
	release_open(&r, &site);
	role = release_role(&r, argv[at]);
	site_mkdirs(to);
	initrd = write_initrd(&r, role);
	kernel = write_kernel(&r, role);
	if (json)
		print_json(argv[at], r.m.serial, kernel, initrd);
	else
		printf("%s\n%s\n", kernel, initrd);
	free(kernel);
	free(initrd);
	release_close(&r);
	return EXIT_DONE;
}
