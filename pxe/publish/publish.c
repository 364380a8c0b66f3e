// SPDX-License-Identifier: MIT
/*
 * publish.c - slipway publish: the publish tree and its signed manifest.
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
#include "signing.h"
#include "steps.h"
#include "targets.h"
#include "tree.h"

static const char *dir, *only, *expires, *keep = "3", *to, *channel = "";
static const char *with, *unsigned_to, *signed_in;
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
	{"sign-with", 0, "KEY|URI|CMD", "who signs; may be repeated", &many,
	 &with},
	{"unsigned", 0, "DIR", "write what is to be signed, and wait", NULL,
	 &unsigned_to},
	{"signature", 0, "DIR,...", "finish with what was signed there", NULL,
	 &signed_in},
	{"dry-run", 'n', NULL, "show boot.ipxe, change nothing", &dry, NULL},
	{"json", 0, NULL, "facts as JSON", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway publish",
	.usage = "[-C DIR] [--only ROLE,...] [--expires-days DAYS] [--keep N] "
		 "[--to TARGET]... [--channel NAME] [--send] "
		 "[--sign-with KEY|URI|CMD]... [--unsigned DIR] "
		 "[--signature DIR,...] [-n] [--json]",
	.about = "Write the publish tree and its signed manifest.",
	.opts = table,
};

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

/* Returns whether there is a release now, and not one that waits. */
static bool publish(struct release *r, const struct signing *g,
		    unsigned int keep_n)
{
	char *script = xasprintf("%s/boot%s%s.ipxe", g->tree,
				 *channel ? "-" : "", channel);
	/* refuses before anything is released */
	char *text = script_text(r);
	bool done = steps_release(r, g);

	if (done) {
		if (!tree_holds(script, text, strlen(text)))
			prune_keep_script(r->site, script, keep_n);
		tree_put(script, text, strlen(text));
		prune(r->site, g->tree, keep_n);
		signing_warn(g);
		facts(r, g->tree);
	}
	free(text);
	free(script);
	return done;
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
	struct signing g;
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
	if (!!with + !!unsigned_to + !!signed_in > 1)
		opts_usage(
			&opts,
			"--sign-with, --unsigned and --signature: one of them");
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
	if (expires)
		collect_expires(&r, days);
	steps_begin(&r, signed_in);
	rollout_collect(&r, r.m.serial);
	if (dry) {
		show(&r);
		return EXIT_DONE;
	}
	signing_open(&g, &site, site_path(&site, "public"), with, unsigned_to,
		     signed_in ? words(signed_in) : NULL);
	return publish(&r, &g, n) ? send(&site, list) : EXIT_DONE;
}
