// SPDX-License-Identifier: MIT
/*
 * publish.c - slipway publish: the publish tree and its signed manifest. All
 * that is immutable is put in place first; the manifest, renamed over the old
 * one, is what makes the release.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "past.h"
#include "prune.h"
#include "release.h"
#include "rollout.h"
#include "sign.h"
#include "targets.h"
#include "tree.h"
#include "verify.h"

static const char *dir, *only, *expires, *keep = "3", *to, *channel = "";
static bool dry, json, many, send_only;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"only", 0, "ROLE,...", "publish these roles only", NULL, &only},
	{"expires-days", 0, "DAYS", "until the manifest expires, 0: never",
	 NULL, &expires},
	{"keep", 0, "N", "releases whose files stay (default 3)", NULL, &keep},
	{"to", 0, "TARGET", "also there: DIR, HOST:PATH, rsync://, s3://",
	 &many, &to},
	{"channel", 0, "NAME", "for the machines of this channel only", NULL,
	 &channel},
	{"send", 0, NULL, "send the tree as it is, make no release", &send_only,
	 NULL},
	{"dry-run", 'n', NULL, "show boot.ipxe, change nothing", &dry, NULL},
	{"json", 0, NULL, "facts as JSON", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway publish",
	.usage = "[-C DIR] [--only ROLE,...] [--expires-days DAYS] [--keep N] "
		 "[--to TARGET]... [--channel NAME] [--send] [-n] [--json]",
	.about = "Write the publish tree and its signed manifest.",
	.opts = table,
};

/* Taken before the manifest is there: a serial may be lost, never reused. */
static void take_serial(const struct site *s, uint64_t serial)
{
	char *state = site_path(s, "state"), *path, *text;

	site_mkdirs(state);
	path = site_path(s, "state/serial");
	text = xasprintf("%llu\n", (unsigned long long)serial);
	outfile_put(path, 0644, text, strlen(text));
	free(text);
	free(path);
	free(state);
}

static char *print_manifest(struct release *r, size_t *size)
{
	char *text = xmalloc(MANIFEST_SIZE_MAX);
	static struct manifest again;
	struct fault f = {0};
	int n;

	if (r->m.floor > r->m.serial)
		die("%s: [site] floor = %llu is above the serial of this release, %llu",
		    r->site->conf.path, (unsigned long long)r->m.floor,
		    (unsigned long long)r->m.serial);
	n = manifest_print(&r->m, text, MANIFEST_SIZE_MAX);
	if (n < 0)
		die("manifest: larger than %u KiB", MANIFEST_SIZE_MAX >> 10);
	if (manifest_parse(&again, (struct span){text, n}, &f))
		die("manifest: machines would refuse it at byte %llu: %s",
		    (unsigned long long)f.where, f.why);
	*size = n;
	return text;
}

static void facts(const struct release *r, const char *tree)
{
	struct json_object *o;

	if (!json) {
		printf("published serial %llu: %u roles, %u layers in %s\n",
		       (unsigned long long)r->m.serial, r->m.n_roles,
		       r->m.n_layers, tree);
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "serial",
			       json_object_new_uint64(r->m.serial));
	json_object_object_add(o, "roles", json_object_new_int(r->m.n_roles));
	json_object_object_add(o, "layers", json_object_new_int(r->m.n_layers));
	json_object_object_add(o, "tree", json_object_new_string(tree));
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

/* Sign, check as a machine would, keep a copy, and only then show it. */
static void release_manifest(struct release *r, const char *tree)
{
	char *key = site_path(r->site, "keys/leaf.key");
	char *cert = site_path(r->site, "keys/leaf.crt");
	char *root = site_path(r->site, "keys/root.crt");
	char *old = site_path(r->site, "state/manifests");
	char *path = past_path(r->site, r->m.channel), *copy, *slash;
	size_t size, cms_size;
	char *text = print_manifest(r, &size);
	void *cms;

	sign_cms(key, cert, root, text, size, false, &cms, &cms_size);
	if (verify_tree(tree, root, cms, cms_size, NULL, NULL))
		die("%s: does not verify; the old manifest stays", tree);
	site_mkdirs(old);
	copy = xasprintf("%s/%llu.cms", old, (unsigned long long)r->m.serial);
	outfile_put(copy, 0644, cms, cms_size);
	slash = strrchr(path, '/');
	*slash = '\0';
	site_mkdirs(path);
	*slash = '/';
	outfile_put(path, 0644, cms, cms_size);
	free(copy);
	free(cms);
	free(text);
	free(path);
	free(old);
	free(root);
	free(cert);
	free(key);
}

static void publish(struct release *r, unsigned int keep_n)
{
	char *tree = site_path(r->site, "public");
	char *script = xasprintf("%s/boot%s%s.ipxe", tree, *channel ? "-" : "",
				 channel);
	/* refuses before anything is released */
	char *text = script_text(r);

	place_layers(r, tree);
	place_boots(r, tree);
	take_serial(r->site, r->m.serial);
	rollout_note(r);
	release_manifest(r, tree);
	if (!tree_holds(script, text, strlen(text)))
		prune_keep_script(r->site, script, keep_n);
	tree_put(script, text, strlen(text));
	prune(r->site, tree, keep_n);
	facts(r, tree);
	free(text);
	free(script);
	free(tree);
}

/* To all targets, what was published now or before. */
static int send(const struct site *site, char *const *list)
{
	char *tree = site_path(site, "public");
	char *path = xasprintf("%s/layers", tree);
	unsigned int failed;

	if (access(path, R_OK))
		die("%s: nothing is published yet (run 'slipway publish'):",
		    path);
	failed = targets_send(site, tree, list);
	free(path);
	free(tree);
	return failed ? EXIT_FAILED : EXIT_DONE;
}

static void show(struct release *r)
{
	char *text = script_text(r);

	info("would publish serial %llu of %u roles",
	     (unsigned long long)r->m.serial, r->m.n_roles);
	fputs(text, stdout);
	free(text);
}

int main(int argc, char **argv)
{
	static struct release r;
	struct site site;
	uint64_t n, days;
	char **list;

	if (opts_parse(&opts, argc, argv) != argc)
		opts_usage(&opts, "takes no operands");
	if (text_u64(text_span(keep), &n) || !n || n > 1000)
		opts_usage(&opts, "--keep %s: expected 1 to 1000", keep);
	if (expires && (text_u64(text_span(expires), &days) || days > 36500))
		opts_usage(&opts, "--expires-days %s: expected 0 to 36500",
			   expires);
	if (*channel && !site_name_ok(channel))
		opts_usage(&opts, "--channel %s: is not [A-Za-z0-9._+-]{1,128}",
			   channel);
	site_open(&site, dir);
	list = targets_list(&site, to);
	if (send_only) {
		if (!*list)
			die("%s: [publish] lacks 'to = ...', and no --to is given",
			    site.conf.path);
		site_lock(&site);
		return send(&site, list);
	}
	if (!dry)
		site_lock(&site);
	collect_release(&r, &site, only ? words(only) : NULL);
	r.m.channel = text_span(channel);
	r.m.serial = past_serial(&site) + 1;
	rollout_collect(&r, r.m.serial);
	if (expires)
		collect_expires(&r, days);
	if (dry) {
		show(&r);
		return EXIT_DONE;
	}
	publish(&r, n);
	return send(&site, list);
}
