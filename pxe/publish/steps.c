// SPDX-License-Identifier: MIT
/*
 * steps.c - a release in one step or in two. All that is immutable is put in
 * place first; the manifest, renamed over the old one, is what makes it.
 */
#include <stdlib.h>
#include <string.h>

#include "fetch/trust.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "past.h"
#include "prune.h"
#include "rollout.h"
#include "state.h"
#include "steps.h"
#include "verify.h"

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

/* The further signatures; under a name that is made of the text. */
static void place_signatures(const struct signing *g, const char *text,
			     size_t size)
{
	char rel[TRUST_PATH_MAX], *to, *path;
	unsigned int n;
	size_t cms_size;
	void *cms;

	if (g->wanted < 2)
		return;
	to = xasprintf("%s/signatures", g->tree);
	site_mkdirs(to);
	free(to);
	for (n = 2; n <= g->wanted; n++) {
		cms = signing_manifest(g, n - 1, text, size, &cms_size);
		trust_cosign_path((struct span){text, size}, n, rel);
		path = xasprintf("%s/%s", g->tree, rel);
		outfile_put(path, 0644, cms, cms_size);
		free(path);
		free(cms);
	}
}

static void show_manifest(const struct release *r, const void *cms, size_t size)
{
	char *path = past_path(r->site, r->m.channel);
	char *slash = strrchr(path, '/');

	*slash = '\0';
	site_mkdirs(path);
	*slash = '/';
	outfile_put(path, 0644, cms, size);
	free(path);
}

/* Sign, check as a machine would, keep a copy, and only then show it. */
static void release_manifest(struct release *r, const struct signing *g)
{
	char *old = site_path(r->site, "state/manifests"), *copy;
	size_t size, cms_size;
	char *text = print_manifest(r, &size);
	void *cms = signing_manifest(g, 0, text, size, &cms_size);

	place_signatures(g, text, size);
	prune_unsigned(r, g);
	if (verify_tree(g->tree, g->root, g->wanted, cms, cms_size, NULL, NULL))
		die("%s: does not verify; the old manifest stays", g->tree);
	site_mkdirs(old);
	copy = xasprintf("%s/%llu.cms", old, (unsigned long long)r->m.serial);
	outfile_put(copy, 0644, cms, cms_size);
	show_manifest(r, cms, cms_size);
	free(copy);
	free(cms);
	free(text);
	free(old);
}

/* The first of two steps: everything but what a key is needed for. */
static void ask(struct release *r, const struct signing *g)
{
	char *path = xasprintf("%s/manifest", g->ask), *text;
	size_t size;

	outfile_mkdir(g->ask, 0755);
	place_layers(r, g->tree);
	place_boots(r, g);
	state_take_serial(r->site, r->m.serial);
	text = print_manifest(r, &size);
	outfile_put(path, 0644, text, size);
	state_wait(r->site, text, size);
	outfile_keep(g->ask);
	info("serial %llu waits for %u signature%s: take %s to whoever signs,\n"
	     "  slipway keys sign %s\n"
	     "and when it is back: slipway publish --signature %s",
	     (unsigned long long)r->m.serial, g->wanted,
	     g->wanted > 1 ? "s" : "", g->ask, g->ask, g->ask);
	free(text);
	free(path);
}

/* The second: the same release again, to the letter, or none. */
static void resume(struct release *r, const struct signing *g)
{
	size_t size, n;
	char *waiting = state_waiting(r->site, &size), *text;

	place_layers(r, g->tree);
	text = print_manifest(r, &n);
	if (n != size || memcmp(text, waiting, n))
		die("serial %llu: what would be published is not what was to be signed; start again with --unsigned",
		    (unsigned long long)r->m.serial);
	place_boots(r, g);
	rollout_note(r);
	release_manifest(r, g);
	state_done(r->site);
	free(text);
	free(waiting);
}

static void at_once(struct release *r, const struct signing *g)
{
	place_layers(r, g->tree);
	place_boots(r, g);
	state_take_serial(r->site, r->m.serial);
	rollout_note(r);
	release_manifest(r, g);
}

void steps_begin(struct release *r, bool resumed)
{
	static struct manifest asked;
	uint64_t last = past_serial(r->site);
	struct span channel;
	struct fault f = {0};
	char *waiting;
	size_t size;

	if (!resumed) {
		r->m.serial = last + 1;
		return;
	}
	waiting = state_waiting(r->site, &size);
	if (manifest_parse(&asked, (struct span){waiting, size}, &f))
		die("state/unsigned: %s; start again with --unsigned", f.why);
	channel = asked.channel;
	if (channel.n != r->m.channel.n ||
	    memcmp(channel.p, r->m.channel.p, channel.n))
		die("serial %llu: waits for %s%.*s; say that again",
		    (unsigned long long)asked.serial,
		    channel.n ? "--channel " : "no channel", (int)channel.n,
		    channel.p);
	if (asked.serial != last)
		die("serial %llu: another was published since; start again with --unsigned",
		    (unsigned long long)asked.serial);
	r->m.serial = asked.serial;
	r->m.created = asked.created;
	r->m.expires = asked.expires;
	free(waiting);
}

bool steps_release(struct release *r, const struct signing *g)
{
	if (g->ask) {
		ask(r, g);
		return false;
	}
	if (g->answers)
		resume(r, g);
	else
		at_once(r, g);
	return true;
}
