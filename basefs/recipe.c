/* SPDX-License-Identifier: MIT */
/* recipe.c - bases/NAME/base.conf: what a base is made from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "format/env.h"
#include "host/alloc.h"
#include "host/budget.h"
#include "host/error.h"
#include "host/oci.h"
#include "recipe.h"
#include "sources.h"
#include "vendor.h"

static const char *get(const struct recipe *r, const char *key,
		       const char *otherwise)
{
	const char *v = ini_get(&r->conf, "base", key);

	return v && *v ? v : otherwise;
}

/* Values become arguments and lines of other programs' files. */
static void check_word(const struct recipe *r, const char *key, const char *v)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789.+-_:/=~%*";

	if (!*v || *v == '-' || v[strspn(v, ok)])
		die("%s: [base] %s: '%.80s' is no word for it", r->conf.path,
		    key, v);
}

static void check_words(const struct recipe *r, const char *key, char **list)
{
	for (size_t i = 0; list[i]; i++)
		check_word(r, key, list[i]);
}

/* A base boots, so it has a kernel, unless that is turned down. */
static void add_kernel(struct recipe *r)
{
	const char *kernel = get(r, "kernel", NULL);
	size_t n;

	for (n = 0; r->packages[n]; n++)
		if (!kernel && !strncmp(r->packages[n], "linux-image", 11))
			kernel = "none";
	if (kernel && !strcmp(kernel, "none"))
		return;
	r->packages = xrealloc(r->packages, n + 2, sizeof(*r->packages));
	r->packages[n] =
		kernel ? xstrdup(kernel)
		       : xasprintf("linux-image-%s", r->vendor->kernel
							     ? r->vendor->kernel
							     : r->arch);
	r->packages[n + 1] = NULL;
}

unsigned int recipe_level(const char *profile, const char *where)
{
	if (!strcmp(profile, "quick"))
		return 3;
	if (!strcmp(profile, "release"))
		return 15;
	die("%s: profile '%.40s': there are quick and release", where, profile);
}

static void set_profile(struct recipe *r, const char *profile)
{
	r->profile = profile ? profile : get(r, "profile", "quick");
	r->level =
		recipe_level(r->profile, profile ? "--profile" : r->conf.path);
}

/* What exists is packed as it is: no other key could have an effect. */
static void fill_from(struct recipe *r, const char *from)
{
	static const char *const keys[] = {"from", "arch", "profile",
					   "size-budget", NULL};

	ini_known(&r->conf, "base", keys);
	r->from = oci_below(from, r->dir);
	r->from_arch = get(r, "arch", NULL);
	if (r->from_arch)
		check_word(r, "arch", r->from_arch);
}

static void fill(struct recipe *r)
{
	static const char *const keys[] = {
		"suite",   "mirror", "components",  "packages",
		"variant", "arch",   "profile",	    "keyring",
		"kernel",  "vendor", "size-budget", NULL};

	ini_known(&r->conf, "base", keys);
	r->suite = ini_need(&r->conf, "base", "suite");
	r->vendor = vendor_of(get(r, "vendor", NULL), r->suite);
	if (!r->vendor)
		die("%s: [base] vendor: there are debian and ubuntu",
		    r->conf.path);
	r->variant = get(r, "variant", "minbase");
	r->arch = get(r, "arch", "amd64");
	r->keyring = get(r, "keyring", NULL);
	r->components = words(get(r, "components", "main"));
	r->packages = words(get(r, "packages", ""));
	add_kernel(r);
	check_word(r, "suite", r->suite);
	check_word(r, "variant", r->variant);
	check_word(r, "arch", r->arch);
	check_words(r, "components", r->components);
	check_words(r, "packages", r->packages);
	if (r->keyring && access(r->keyring, R_OK))
		die("%s: [base] keyring: %s:", r->conf.path, r->keyring);
}

void recipe_read(struct recipe *r, const struct site *s, const char *name,
		 const char *profile, bool may_miss)
{
	char *path = site_path(s, "bases/%s/base.conf", name);
	int err;

	memset(r, 0, sizeof(*r));
	r->name = name;
	r->dir = site_path(s, "bases/%s", name);
	err = ini_read(&r->conf, path);
	r->exists = !err;
	if (!err && get(r, "from", NULL)) {
		fill_from(r, get(r, "from", NULL));
	} else if (!err) {
		fill(r);
	} else if (err != -ENOENT && err != -ENOTDIR) {
		errno = -err;
		die("%s:", path);
	} else if (!may_miss) {
		die("base %s: no such base (no %s)", name, path);
	}
	set_profile(r, profile);
	r->budget = budget_read(&r->conf, "base");
	free(path);
}

static void add_archive(struct recipe *r, const char *uri, const char *suite,
			const char *tail)
{
	bool ours = !r->keyring && !access(r->vendor->keyring, R_OK);
	struct recipe_archive *a;
	char *line, *more;

	check_word(r, "mirror", uri);
	r->archives =
		xrealloc(r->archives, r->n_archives + 1, sizeof(*r->archives));
	a = &r->archives[r->n_archives++];
	a->uri = xasprintf("%.*s",
			   (int)(strlen(uri) - (uri[strlen(uri) - 1] == '/')),
			   uri);
	a->suite = xasprintf("%s%s", suite, tail);
	line = xasprintf("deb %s%s%s%s %s", ours ? "[signed-by=" : "",
			 ours ? r->vendor->keyring : "", ours ? "] " : "",
			 a->uri, a->suite);
	for (size_t i = 0; r->components[i]; i++) {
		more = xasprintf("%s %s", line, r->components[i]);
		free(line);
		line = more;
	}
	a->line = line;
}

/* mirror=: one that is called *security has SUITE-security. */
static void from_conf(struct recipe *r, char **uris)
{
	for (size_t i = 0; uris[i]; i++) {
		bool security = strstr(uris[i], "security");

		if (!i && security)
			die("%s: [base] mirror: the first must have the suite itself",
			    r->conf.path);
		add_archive(r, uris[i], r->suite, security ? "-security" : "");
	}
}

/* Suites that roll on get fixes in place. */
static bool rolls(const char *suite)
{
	static const char *const names[] = {"sid", "unstable", "testing",
					    "experimental", "rc-buggy"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(suite, names[i]))
			return true;
	return false;
}

void recipe_signers(const struct recipe *r)
{
	if (!r->keyring && r->vendor != vendor_of("debian", "") &&
	    access(r->vendor->keyring, R_OK))
		die("base %s: %s, who sign %s, is not here: install %s, or name a keyring=",
		    r->name, r->vendor->keyring, r->suite, r->vendor->package);
}

void recipe_archives(struct recipe *r)
{
	char **uris = words(get(r, "mirror", ""));
	bool is_debian = r->vendor == vendor_of("debian", "");
	struct sources s = {0};

	if (uris[0]) {
		from_conf(r, uris);
		return;
	}
	/* a machine that runs Debian knows mirrors of Debian */
	if (is_debian)
		sources_read(&s, "/etc");
	if (!s.main) {
		s.main = (char *)vendor_main(r->vendor, r->arch);
		s.security = (char *)vendor_security(r->vendor, r->arch);
		s.updates = true;
	}
	add_archive(r, s.main, r->suite, "");
	if (s.updates && !rolls(r->suite))
		add_archive(r, s.main, r->suite, "-updates");
	if (s.security && !rolls(r->suite))
		add_archive(r, s.security, r->suite, "-security");
}
