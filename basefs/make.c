/* SPDX-License-Identifier: MIT */
/* make.c - one base, when it has to be made. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "host/alloc.h"
#include "host/budget.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/spawn.h"
#include "bootstrap.h"
#include "cache.h"
#include "facts.h"
#include "foreign.h"
#include "inputs.h"
#include "lock.h"
#include "make.h"
#include "oci.h"

static void check_budget(const struct recipe *r, int image)
{
	struct stat st;
	char *why;

	if (fstat(image, &st))
		die("base %s:", r->name);
	why = budget_why(st.st_size, r->budget);
	if (why)
		die("base %s: %s", r->name, why);
}

/* Pack from whatever source into the image, and write down what it is. */
static void pack(struct work *w, struct facts *f, struct from *from)
{
	char *what = xasprintf("base %s", w->recipe.name);
	struct image im;
	struct outfile o;

	outfile_open(&o, w->image, 0644);
	image_open(&im, what, o.tmp, w->recipe.level, w->jobs, w->epoch);
	if (from) {
		from_feed(from, &im);
	} else {
		struct bootstrap b = {.recipe = &w->recipe,
				      .work = w->scratch,
				      .log = w->log,
				      .locked = w->lock ? lock_place(w) : NULL,
				      .epoch = w->epoch};

		bootstrap_run(&b, &im);
	}
	image_close(&im);
	check_budget(&w->recipe, o.fd);
	f->created = w->dated ? w->epoch : im.newest;
	outfile_commit(&o);
	lock_packages(w, f->created);
	facts_write(f, w->image, w->info);
	free(what);
}

int make_from(struct work *w, struct from *from)
{
	struct facts f = {.name = w->recipe.name,
			  .source = from_word(from),
			  .suite = w->recipe.suite,
			  .profile = w->recipe.profile};

	from_open(from, w->recipe.from_arch, w->scratch);
	if (from->kind == FROM_OCI) {
		f.arch = from->oci.arch;
		f.image = from->oci.image;
		f.layers = oci_ids(&from->oci);
	}
	pack(w, &f, from);
	facts_print(w->info, "", false, w->json);
	return EXIT_DONE;
}

/* A mirror that cannot be asked must not stop work on what it gave before. */
static bool offline(const struct work *w, const char *recipe, const char *why)
{
	char *key = NULL;
	const char *was;
	struct ini ini;
	bool ok = false;

	if (w->force)
		return false;
	if (!ini_read(&ini, w->info)) {
		was = ini_get(&ini, "base", "recipe");
		if (was && !strcmp(was, recipe))
			key = xstrdup(ini_need(&ini, "base", "inputs"));
		ini_free(&ini);
	}
	ok = key && facts_same(w->info, w->image, key);
	if (!ok) {
		free(key);
		key = cache_find(recipe);
		ok = key && cache_get(key, w->image, w->info, w->packages);
	}
	if (ok)
		lock_spdx(w);
	if (ok)
		warn("%s; going on with what was built before", why);
	free(key);
	return ok;
}

static struct release *releases(const struct work *w, char **why)
{
	const struct recipe *r = &w->recipe;
	struct release *list = xcalloc(r->n_archives, sizeof(*list));

	for (size_t i = 0; i < r->n_archives; i++) {
		const struct recipe_archive *a = &r->archives[i];

		if (release_fetch(&list[i], a->uri, a->suite, w->scratch,
				  why)) {
			free(list);
			return NULL;
		}
	}
	return list;
}

/* Nobody is asked. */
static struct release *no_release(char **why)
{
	*why = xstrdup("--offline: mirrors are not asked");
	return NULL;
}

/* A lock says all that a mirror could. */
static struct release *no_need(void)
{
	return xcalloc(1, sizeof(struct release));
}

/* Why it is built, in one line, so that nobody has to guess. */
static void say_why(const struct work *w, struct inputset *in)
{
	char *why = inputset_why(in, w->keys);

	info("base %s: rebuilding: %s", w->recipe.name,
	     why	? why
	     : w->force ? "--force"
			: "what was built is not there any more");
	free(why);
}

int make_build(struct work *w)
{
	char recipe[DIGEST_HEX + 1], key[DIGEST_HEX + 1], *why;
	struct inputset in;
	struct facts f = {.name = w->recipe.name,
			  .source = "mmdebstrap",
			  .suite = w->recipe.suite,
			  .arch = w->recipe.arch,
			  .profile = w->recipe.profile,
			  .inputs = key,
			  .recipe = recipe};
	struct release *r;
	const char *note = NULL;

	recipe_signers(&w->recipe);
	foreign_check(&w->recipe);
	inputs_recipe(&in, &w->recipe);
	inputset_key(&in, recipe);
	if (w->no_lock)
		inputset_text(&in, "--no-lock", "");
	lock_open(w);
	r = w->lock	 ? no_need()
	    : w->offline ? no_release(&why)
			 : releases(w, &why);
	if (!r && !offline(w, recipe, why))
		die("base %s: %s%s", w->recipe.name, why,
		    w->offline ? ", and this recipe was not built before" : "");
	if (!r) {
		facts_print(w->info, " (offline)", true, w->json);
		return EXIT_DONE;
	}
	if (!w->dated)
		w->epoch = r[0].date;
	w->dated = true;
	inputs_archives(&in, &w->recipe, w->lock ? NULL : r, w->epoch);
	inputset_key(&in, key);
	free(r);
	if (!w->force && facts_same(w->info, w->image, key))
		note = "";
	else if (!w->force && cache_get(key, w->image, w->info, w->packages))
		note = " (cached)";
	if (note && *note)
		lock_spdx(w);
	if (!note) {
		spawn_need("mmdebstrap", "mmdebstrap");
		say_why(w, &in);
		info("base %s: mmdebstrap %s, log in %s", w->recipe.name,
		     w->recipe.suite, w->log);
		pack(w, &f, NULL);
		cache_put(key, w->image, w->info, w->packages);
	}
	inputset_save(&in, w->keys);
	inputset_free(&in);
	facts_print(w->info, note ? note : "", note, w->json);
	return EXIT_DONE;
}
