// SPDX-License-Identifier: MIT
/*
 * disk.c - slipway disk: the image of a disk that starts a published release,
 * as the installer would leave it.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "convert.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/progress.h"
#include "release.h"
#include "runinstaller.h"
#include "signatures.h"
#include "target.h"

static const char *dir, *to, *format = "raw", *size_text = "4G", *layout;
static const char *percent_text = "50", *sector_text = "512", *upper;
static const char *console, *append, *timeout = "5";
static bool json, run_installer;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"output", 'o', "FILE", "the image (default: ROLE.FORMAT)", NULL, &to},
	{"format", 0, "FORMAT", "raw, qcow2, vmdk, vhd or oci (default raw)",
	 NULL, &format},
	{"size", 0, "SIZE", "of the disk (default 4G)", NULL, &size_text},
	{"sector-size", 0, "N", "512 or 4096 (default 512)", NULL,
	 &sector_text},
	{"layout", 0, "FILE", "partitions, in sfdisk's language", NULL,
	 &layout},
	{"persistent-percent", 0, "N", "of what is left (default 50, 0: none)",
	 NULL, &percent_text},
	{"upper", 0, "LABEL", "writable layer on LABEL=PERSISTENT, not in RAM",
	 NULL, &upper},
	{"console", 0, "LIST", "consoles (default 'ttyS0,115200 tty0')", NULL,
	 &console},
	{"append", 0, "WORDS", "more words for the kernel", NULL, &append},
	{"timeout", 0, "N", "seconds of the menu (default 5)", NULL, &timeout},
	{"run-installer", 0, NULL, "have the role installer do it, in QEMU",
	 &run_installer, NULL},
	{"json", 0, NULL, "the facts as one JSON object", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway disk",
	.usage = "[-C DIR] [-o FILE] [--format FORMAT] [--size SIZE] "
		 "[--sector-size N] [--layout FILE] [--persistent-percent N] "
		 "[--upper LABEL] [--console LIST] [--append WORDS] "
		 "[--timeout N] [--run-installer] [--json] ROLE...",
	.about = "Make a disk image that starts a published release.",
	.opts = table,
};

static uint64_t number(const char *name, const char *text, uint64_t max)
{
	uint64_t v;

	if (text_u64(text_span(text), &v) || v > max)
		opts_usage(&opts, "--%s %s: not a number up to %llu", name,
			   text, (unsigned long long)max);
	return v;
}

static void add_layer(struct load *l, const struct release *r, unsigned int i)
{
	char *index, *path = release_layer(r, i, &index);
	char *name = xasprintf("layers/%s", strrchr(path, '/') + 1);
	char *index_name = xasprintf("layers/%s", strrchr(index, '/') + 1);
	char hex[DIGEST_HEX + 1];

	digest_hex(r->m.layers[i].digest, hex);
	load_add(l, path, name, hex);
	digest_hex(r->m.layers[i].index, hex);
	load_add(l, index, index_name, hex);
	free(index_name);
	free(name);
	free(index);
	free(path);
}

/* Layers that several roles share are there once. */
static void add_roles(struct load *l, const struct release *r,
		      const char *const *names)
{
	bool need[MANIFEST_LAYERS_MAX] = {0};
	const struct manifest_role *role, *first = NULL;
	unsigned int i, k;

	for (i = 0; i < l->n_roles; i++) {
		role = release_role(r, names[i]);
		first = first ? first : role;
		if (role->base != first->base)
			die("roles %s and %s: of two bases; one disk has one kernel",
			    names[0], names[i]);
		need[role->base] = true;
		for (k = 0; k < role->n_overlays; k++)
			need[role->overlays[k]] = true;
	}
	for (i = 0; i < r->m.n_layers; i++)
		if (need[i])
			add_layer(l, r, i);
}

static void add_boot(struct load *l, const struct release *r,
		     const struct manifest_role *role)
{
	static const char *const names[] = {"files", "vmlinuz", "initrd.img"};
	const struct manifest_layer *base = &r->m.layers[role->base];
	char hex[DIGEST_HEX + 1], *path;
	unsigned int i;

	if (!base->has_boot)
		die("base %.*s: published without its kernel (run 'slipway publish')",
		    (int)base->name.n, base->name.p);
	digest_hex(base->boot, hex);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		path = site_path(r->site, "public/boot/%s/%s", hex, names[i]);
		if (access(path, R_OK))
			die("%s: not published (run 'slipway publish'):", path);
		load_add(l, path, names[i], i ? NULL : hex);
		free(path);
	}
}

static void add_signatures(struct load *l, const struct release *r)
{
	char *public = site_path(r->site, "public"), *rel, *path;
	unsigned int n;

	for (n = 2; (path = signatures_find(public, r->bytes.text, n, &rel));
	     n++) {
		load_add(l, path, rel, NULL);
		free(path);
		free(rel);
	}
	free(public);
}

static void gather(struct load *l, const struct release *r, char **names,
		   unsigned int n)
{
	const struct manifest_role *role = release_role(r, names[0]);
	char *manifest = site_path(r->site, "public/manifest.cms");

	*l = (struct load){
		.serial = r->m.serial,
		.time = r->m.created,
		.site = r->site->name,
		.n_roles = n,
		.roles = (const char *const *)names,
	};
	load_add(l, manifest, "manifest.cms", NULL);
	add_signatures(l, r);
	add_roles(l, r, l->roles);
	add_boot(l, r, role);
	free(manifest);
}

/* One release, one set of UUIDs: the image is its inputs and nothing else. */
static void seed_of(uint8_t seed[DIGEST_SIZE], const struct load *l)
{
	struct digest_ctx ctx;
	unsigned int i;

	digest_init(&ctx);
	for (i = 0; i < l->n; i++)
		digest_update(&ctx, l->files[i].hex, DIGEST_HEX);
	for (i = 0; i < l->n_roles; i++)
		digest_update(&ctx, l->roles[i], strlen(l->roles[i]) + 1);
	digest_final(&ctx, seed);
}

static void say(void *user, const char *what, unsigned int i, unsigned int n)
{
	if (isatty(STDERR_FILENO))
		info("%u of %u: %s", i, n, what);
}

static void print_json(const struct load *l, const char *path)
{
	struct json_object *o = json_object_new_object();
	struct json_object *roles = json_object_new_array();
	unsigned int i;

	for (i = 0; i < l->n_roles; i++)
		json_object_array_add(roles,
				      json_object_new_string(l->roles[i]));
	json_object_object_add(o, "image", json_object_new_string(path));
	json_object_object_add(o, "format", json_object_new_string(format));
	json_object_object_add(o, "serial", json_object_new_int64(l->serial));
	json_object_object_add(o, "roles", roles);
	puts(json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}

static void write_raw(struct target *t, const char *path)
{
	struct parts p;

	t->path = path;
	if (truncate(path, t->size))
		die("%s:", path);
	target_check(t);
	target_write(t, &p);
}

/* A stick with the installer and the role, then what it makes of a disk. */
static void write_installed(struct target *t, const struct release *r,
			    const char *path, char *role)
{
	char *names[] = {"installer", role};
	char *stick = xasprintf("%s.stick", path), *log;
	char *text = xasprintf(RUNINSTALLER_WORDS "%s%s%s%s", role,
			       t->plan->persistent, t->menu->timeout,
			       append ? " slipway.install.append=" : "",
			       append ? append : "",
			       console ? " slipway.install.console=" : "",
			       console ? console : "");
	struct load_menu menu = {"ttyS0,115200", NULL, text, 0};
	struct target s = *t;
	struct load l;

	gather(&l, r, names, 2);
	s.load = &l;
	s.menu = &menu;
	s.size = l.size * 3 + PARTS_MIN;
	s.size -= s.size % 4096;
	outfile_put(stick, 0600, "", 0);
	outfile_cleanup(stick);
	write_raw(&s, stick);
	if (truncate(path, t->size))
		die("%s:", path);
	log = xasprintf("%s.log", to);
	runinstaller(stick, path, log);
	unlink(stick);
	outfile_keep(stick);
	load_free(&l);
	free(log);
	free(text);
	free(stick);
}

static bool one_word(const char *text)
{
	return !text || !strchr(text, ' ');
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	struct parts_plan plan = {.persistent = 50};
	struct load_menu menu = {0};
	struct target t = {.plan = &plan, .menu = &menu, .step = say};
	struct release r;
	struct outfile o;
	struct load l;
	struct site site;

	if (at == argc)
		opts_usage(&opts, "expected a role");
	if (!convert_known(format))
		opts_usage(&opts,
			   "--format %s: there are raw, qcow2, vmdk, vhd, oci",
			   format);
	if (text_size(text_span(size_text), &t.size))
		opts_usage(&opts, "--size %s: not a size", size_text);
	if (run_installer &&
	    (argc - at > 1 || layout || upper || strcmp(sector_text, "512") ||
	     !one_word(append) || !one_word(console)))
		opts_usage(
			&opts,
			"--run-installer takes one role, no --layout, --upper or --sector-size, and one word to append and as console");
	plan.layout = layout;
	plan.persistent = number("persistent-percent", percent_text, 90);
	t.sector = number("sector-size", sector_text, 4096);
	t.size -= t.size % 4096;
	menu = (struct load_menu){console ? console : "ttyS0,115200 tty0",
				  upper, append,
				  number("timeout", timeout, 3600)};
	site_open(&site, dir);
	release_open(&r, &site);
	gather(&l, &r, argv + at, argc - at);
	seed_of(plan.seed, &l);
	if (!to)
		to = xasprintf("%s.%s", argv[at], format);
	t.load = &l;
	outfile_open(&o, to, 0644);
	if (run_installer)
		write_installed(&t, &r, o.tmp, argv[at]);
	else
		write_raw(&t, o.tmp);
	convert_to(format, &o, l.time);
	if (json)
		print_json(&l, to);
	else
		puts(to);
	load_free(&l);
	release_close(&r);
	return EXIT_DONE;
}
