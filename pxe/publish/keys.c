// SPDX-License-Identifier: MIT
/*
 * keys.c - a site's certification authority: what is made, and what replaces
 * what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "certs.h"
#include "format/anchor.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "keys.h"

static char *file(const char *dir, const char *name, const char *end)
{
	return xasprintf("%s/%s%s", dir, name, end);
}

static bool there(const char *dir, const char *name, const char *end)
{
	char *path = file(dir, name, end);
	bool yes = !access(path, F_OK);

	free(path);
	return yes;
}

/* Nothing is overwritten: what a key was is needed to revoke it. */
static void keep_old(const char *from, const char *old, const char *name,
		     const char *end)
{
	unsigned int n = 1;
	char *to = NULL;

	do {
		free(to);
		to = xasprintf("%s/%s-%u%s", old, name, n++, end);
	} while (link(from, to) && errno == EEXIST);
	if (access(to, F_OK))
		die("%s: cannot be kept as %s:", from, to);
	free(to);
}

static void put_aside(const char *dir, const char *name, const char *end)
{
	char *from = file(dir, name, end), *old = file(dir, "old", "");

	if (there(dir, name, end)) {
		if (mkdir(old, 0700) && errno != EEXIST)
			die("%s: cannot create:", old);
		keep_old(from, old, name, end);
	}
	free(old);
	free(from);
}

static STACK_OF(X509) * read_certs(const char *dir, const char *name)
{
	char *path = file(dir, name, ".crt");
	STACK_OF(X509) *list = certs_read(path);

	free(path);
	return list;
}

static void write_pair(const char *dir, const char *name, EVP_PKEY *key,
		       STACK_OF(X509) * certs)
{
	char *key_path = file(dir, name, ".key");
	char *cert_path = file(dir, name, ".crt");

	put_aside(dir, name, ".key");
	put_aside(dir, name, ".crt");
	if (key)
		certs_write_key(key_path, key);
	else
		unlink(key_path); /* another key's; it is in old/ */
	certs_write(cert_path, certs);
	free(cert_path);
	free(key_path);
}

static unsigned int days_of(const struct keys_wish *w, unsigned int longest)
{
	return w->days ? w->days : longest;
}

void keys_root(const struct keys_wish *w)
{
	EVP_PKEY *key = certs_make_key(w->type, CERTS_ROOT);
	struct certs_spec spec = {.kind = CERTS_ROOT,
				  .site = w->site,
				  .what = "root",
				  .days = days_of(w, KEYS_ROOT_DAYS),
				  .key = key};
	STACK_OF(X509) *list = there(w->dir, "root", ".crt")
				       ? read_certs(w->dir, "root")
				       : sk_X509_new_null();

	if (sk_X509_num(list) == ANCHOR_ROOTS_MAX)
		die("%s/root.crt: holds two roots already; run 'slipway keys retire' "
		    "once no machine's initrd needs the older",
		    w->dir);
	sk_X509_insert(list, certs_issue(&spec), 0);
	write_pair(w->dir, "root", key, list);
	sk_X509_pop_free(list, X509_free);
	EVP_PKEY_free(key);
}

void keys_retire(const char *dir)
{
	STACK_OF(X509) *list = read_certs(dir, "root");
	char *path = file(dir, "root", ".crt");

	if (sk_X509_num(list) < 2)
		die("%s: holds one root, which is in use", path);
	put_aside(dir, "root", ".crt");
	X509_free(sk_X509_pop(list));
	certs_write(path, list);
	sk_X509_pop_free(list, X509_free);
	free(path);
}

/* The issuer's certificate and key, which must fit. */
static void read_issuer(const char *dir, const char *name,
			struct certs_spec *spec)
{
	char *path = file(dir, name, ".key");
	STACK_OF(X509) *list = read_certs(dir, name);

	spec->issuer = sk_X509_shift(list);
	sk_X509_pop_free(list, X509_free);
	if (access(path, R_OK))
		die("%s: needed to sign with; bring it here for this:", path);
	spec->issuer_key = certs_read_key(path);
	if (!X509_check_private_key(spec->issuer, spec->issuer_key))
		die("%s: is not the key of %s.crt", path, name);
	free(path);
}

static void free_issuer(struct certs_spec *spec)
{
	X509_free(spec->issuer);
	EVP_PKEY_free(spec->issuer_key);
}

void keys_intermediate(const struct keys_wish *w)
{
	EVP_PKEY *key = certs_make_key(w->type, CERTS_INTERMEDIATE);
	struct certs_spec spec = {.kind = CERTS_INTERMEDIATE,
				  .site = w->site,
				  .what = "intermediate",
				  .days = days_of(w, KEYS_INTERMEDIATE_DAYS),
				  .key = key};
	STACK_OF(X509) *list = sk_X509_new_null();

	read_issuer(w->dir, "root", &spec);
	sk_X509_push(list, certs_issue(&spec));
	write_pair(w->dir, "intermediate", key, list);
	free_issuer(&spec);
	sk_X509_pop_free(list, X509_free);
	EVP_PKEY_free(key);
}

static char *leaf_name(const char *name)
{
	return name ? xasprintf("leaf-%s", name) : xstrdup("leaf");
}

void keys_leaf(const struct keys_wish *w, const char *name, const char *request)
{
	bool between = there(w->dir, "intermediate", ".crt");
	EVP_PKEY *key = request ? certs_read_request(request)
				: certs_make_key(w->type, CERTS_LEAF);
	char *base = leaf_name(name);
	char *what =
		xasprintf("boot leaf%s%s", name ? " " : "", name ? name : "");
	struct certs_spec spec = {.kind = CERTS_LEAF,
				  .site = w->site,
				  .what = what,
				  .days = days_of(w, KEYS_LEAF_DAYS),
				  .key = key};
	STACK_OF(X509) *list = sk_X509_new_null();

	read_issuer(w->dir, between ? "intermediate" : "root", &spec);
	sk_X509_push(list, certs_issue(&spec));
	if (between) {
		X509_up_ref(spec.issuer);
		sk_X509_push(list, spec.issuer);
	}
	write_pair(w->dir, base, request ? NULL : key, list);
	free_issuer(&spec);
	sk_X509_pop_free(list, X509_free);
	EVP_PKEY_free(key);
	free(what);
	free(base);
}

void keys_make(const char *dir, const char *site, const char *type)
{
	const struct keys_wish w = {dir, site, type, 0};

	keys_root(&w);
	keys_leaf(&w, NULL, NULL);
}
