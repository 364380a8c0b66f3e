/* SPDX-License-Identifier: MIT */
/* make.c - one role's overlay, when it has to be made. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "host/alloc.h"
#include "host/budget.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/userns.h"
#include "build.h"
#include "captured.h"
#include "fromoci.h"
#include "inputs.h"
#include "lock.h"
#include "make.h"
#include "phase.h"
#include "pieces.h"
#include "plan.h"
#include "rebase.h"
#include "sources.h"
#include "times.h"
#include "work.h"

char **make_digests(const struct site *s, char **deps)
{
	char **list;
	size_t n = 0;

	while (deps[n])
		n++;
	list = xcalloc(n + 1, sizeof(*list));
	for (size_t k = 0; k < n; k++) {
		char *path =
			site_path(s, "build/overlays/%s/overlay.info", deps[k]);
		char inputs[DIGEST_HEX + 1], base[DIGEST_HEX + 1];
		struct info i;

		if (info_read(path, &i, inputs, base))
			die("overlay %s: not built: run 'slipway overlay %s'",
			    deps[k], deps[k]);
		list[k] = xstrdup(i.digest);
		free(path);
	}
	return list;
}

/* What lies there already. */
struct last {
	char *keys; /* overlay.keys */
	char base[DIGEST_HEX + 1];
	struct info info;
	bool there; /* and is what its info says */
	bool same;  /* and came from these very inputs */
};

static void last_read(struct last *l, const char *out, const char *key)
{
	char *path = xasprintf("%s/overlay.info", out);
	char *file = xasprintf("%s/overlay.cpio.gz", out);
	char inputs[DIGEST_HEX + 1], digest[DIGEST_HEX + 1];
	uint8_t raw[DIGEST_SIZE];
	uint64_t size;

	memset(l, 0, sizeof(*l));
	l->keys = xasprintf("%s/overlay.keys", out);
	if (!info_read(path, &l->info, inputs, l->base) &&
	    !hash_file(file, raw, &size)) {
		digest_hex(raw, digest);
		l->there = !strcmp(digest, l->info.digest);
		l->same = l->there && !strcmp(inputs, key);
	}
	free(path);
	free(file);
}

/* Why it is built, in one line, so that nobody has to guess. */
static void say_why(const char *name, const struct last *l, struct inputset *in,
		    bool force)
{
	char *why = force && l->same ? xstrdup("--force")
				     : inputset_why(in, l->keys);

	info("overlay %s: rebuilding: %s", name,
	     why ? why : "what was built is not there any more");
	free(why);
}

static void open_log(struct build *b)
{
	char *path = xasprintf("%s/build.log", b->out);

	b->log = open(path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC,
		      0644);
	if (b->log < 0)
		die("%s:", path);
	free(path);
}

static int within_budget(const struct role *r, const struct info *i)
{
	char *why = budget_why(i->size, r->budget);
	int err = why ? -1 : 0;

	if (why)
		warn("role %s: %s", r->name, why);
	free(why);
	return err;
}

static int build_and_commit(struct build *b, struct info *i,
			    struct inputset *in, const char *arguments)
{
	char *file = xasprintf("%s/overlay.cpio.gz", b->out);
	char *path = xasprintf("%s/overlay.info", b->out);
	char *keys = xasprintf("%s/overlay.keys", b->out);
	char inputs[DIGEST_HEX + 1];
	struct outfile o;
	int err;

	open_log(b);
	work_make(b);
	pieces_prepare(b);
	outfile_open(&o, file, 0644);
	err = build_overlay(b, &o, i);
	times_say(b->times);
	if (!b->keep && !rmdir(b->work))
		outfile_keep(b->work);
	if (!err)
		err = within_budget(b->role, i);
	if (err) {
		outfile_drop(&o);
		return EXIT_FAILED;
	}
	/* no info of an older overlay may lie beside the new one */
	if (unlink(path) && errno != ENOENT)
		die("%s:", path);
	pieces_commit(b);
	outfile_commit(&o);
	inputset_save(in, keys);
	inputset_key(in, inputs);
	info_write(path, i, b->role, b->base, inputs, arguments);
	close(b->log);
	free(file);
	free(path);
	free(keys);
	return EXIT_DONE;
}

static void fill(struct build *b, const struct make *m, const struct role *r,
		 const struct base *base)
{
	b->role = r;
	b->base = base;
	b->work = xasprintf("%s/work", b->out);
	b->root = xasprintf("%s/root", b->work);
	b->cache = work_cache();
	b->helpers = site_share("helpers");
	b->programs = site_programs();
	b->times = times_new();
	b->sources = sources_read(r);
	b->user = userns_inside();
	b->keep = m->keep;
	b->offline = m->offline;
	b->breaks = words(m->breaks ? m->breaks : "");
	b->shell_on_error = m->shell_on_error;
}

int make_role(const struct make *m, const char *name, const char *base_name,
	      char **deps)
{
	char inputs[DIGEST_HEX + 1], **below;
	struct build b = {.site = m->site, .deps = deps};
	struct inputset in;
	struct role r;
	struct base base;
	struct last last;
	struct info i;
	int ret;

	role_read(&r, m->site, name);
	if (r.foreign && base_name)
		r.base = base_name;
	if (m->from_oci)
		r.from_oci = m->from_oci;
	phase_check(&r);
	sources_read(&r);
	if (m->plan) {
		plan_print(&r, deps);
		return EXIT_DONE;
	}
	role_base(&base, m->site, r.base);
	b.out = site_path(m->site, "build/overlays/%s", name);
	below = make_digests(m->site, deps);
	fill(&b, m, &r, &base);
	if (m->rebase)
		rebase_prepare(&b);
	inputs_collect(&in, &r, &base, deps, below);
	if (m->no_lock)
		inputset_text(&in, "--no-lock", "");
	inputset_key(&in, inputs);
	last_read(&last, b.out, inputs);
	if (!m->force && last.same && !b.replay) {
		info_print(&last.info, &r, &base, NULL, m->json);
		return EXIT_DONE;
	}
	site_mkdirs(b.out);
	captured_open(&b, below);
	if (!b.replay)
		fromoci_open(&b);
	sources_fetch(&r, b.sources, b.cache, b.offline);
	if (b.rebase_from)
		info("overlay %s: rebasing onto base %s", name, base.name);
	else
		say_why(name, &last, &in, m->force);
	if (!m->no_lock && !b.replay)
		lock_open(&b);
	ret = build_and_commit(&b, &i, &in, m->arguments);
	if (ret == EXIT_DONE)
		rebase_keep(&b);
	if (ret == EXIT_DONE)
		info_print(&i, &r, &base, b.times, m->json);
	inputset_free(&in);
	return ret;
}

char **make_below(const struct site *s, const char *name)
{
	/* its own dependencies: the order without itself */
	char **deps = role_order(s, name);
	size_t n = 0;

	while (deps[n + 1])
		n++;
	deps[n] = NULL;
	return deps;
}

int make_order(const struct make *m, const char *name)
{
	char **order = role_order(m->site, name);
	struct role top;
	int ret = EXIT_DONE;

	role_read(&top, m->site, name);
	for (size_t i = 0; order[i] && ret == EXIT_DONE; i++) {
		char **deps = make_below(m->site, order[i]);
		struct make one = *m;

		if (order[i + 1]) {
			one.force = one.no_lock = one.rebase = false;
			one.from_oci = NULL;
		}
		ret = make_role(&one, order[i], top.base, deps);
		free(deps);
	}
	free(order);
	return ret;
}
