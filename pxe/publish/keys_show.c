// SPDX-License-Identifier: MIT
/*
 * keys_show.c - who signs whom, and for how long.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "certs.h"
#include "format/anchor.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "keys.h"

struct show {
	const char *dir;
	struct anchor anchor;
	unsigned int bad;
	struct json_object *list; /* NULL: text */
};

struct facts {
	const char *file;
	char *subject, *issuer, hex[DIGEST_HEX + 1];
	int days;
	bool has_key, revoked;
};

static const char *state_of(const struct facts *f)
{
	if (f->revoked)
		return "revoked";
	if (f->days < 0)
		return "expired";
	return f->days < KEYS_WARN_DAYS ? "expiring" : "good";
}

static void print_json(struct show *s, const struct facts *f)
{
	struct json_object *o = json_object_new_object();

	json_object_object_add(o, "file", json_object_new_string(f->file));
	json_object_object_add(o, "subject",
			       json_object_new_string(f->subject));
	json_object_object_add(o, "issuer", json_object_new_string(f->issuer));
	json_object_object_add(o, "key", json_object_new_string(f->hex));
	json_object_object_add(o, "days", json_object_new_int(f->days));
	json_object_object_add(o, "private",
			       json_object_new_boolean(f->has_key));
	json_object_object_add(o, "state", json_object_new_string(state_of(f)));
	json_object_array_add(s->list, o);
}

static void print(struct show *s, const struct facts *f)
{
	const char *state = state_of(f);

	if (s->list)
		print_json(s, f);
	else
		printf("%-16s %-8s %5d days  %.16s  %s, by %s%s\n", f->file,
		       state, f->days, f->hex, f->subject, f->issuer,
		       f->has_key ? "; key here" : "");
	if (!strcmp(state, "expiring"))
		warn("%s/%s: ends in %d days; make a new one: 'slipway keys %.*s'",
		     s->dir, f->file, f->days, (int)strcspn(f->file, ".-"),
		     f->file);
}

static bool key_of(const struct show *s, const char *name, X509 *cert)
{
	char *path =
		xasprintf("%s/%.*s.key", s->dir, (int)(strlen(name) - 4), name);
	bool fits = false;
	EVP_PKEY *key;

	if (!access(path, R_OK)) {
		key = certs_read_key(path);
		fits = X509_check_private_key(cert, key);
		EVP_PKEY_free(key);
	}
	free(path);
	return fits;
}

/* Of a leaf's file its own certificate; the one behind has a file itself. */
static void show_file(struct show *s, const char *name)
{
	char *path = xasprintf("%s/%s", s->dir, name);
	STACK_OF(X509) *list = certs_read(path);
	bool root = !strcmp(name, "root.crt");
	uint8_t key[DIGEST_SIZE];
	int i;

	for (i = 0; i < (root ? sk_X509_num(list) : 1); i++) {
		X509 *cert = sk_X509_value(list, i);
		struct facts f = {
			.file = name,
			.subject = certs_name(X509_get_subject_name(cert)),
			.issuer = certs_name(X509_get_issuer_name(cert)),
			.days = certs_days(cert),
			.has_key = key_of(s, name, cert),
		};

		certs_digest(cert, f.hex);
		digest_unhex((struct span){f.hex, DIGEST_HEX}, key);
		f.revoked = anchor_revokes(&s->anchor, key);
		s->bad += f.revoked || f.days < 0;
		print(s, &f);
		free(f.subject);
		free(f.issuer);
	}
	sk_X509_pop_free(list, X509_free);
	free(path);
}

static const char *const ranks[] = {"root", "intermediate", "leaf"};

/* From who is believed to who signs; -1: no certificate of ours. */
static int rank_of(const char *name)
{
	const char *dot = strrchr(name, '.');
	int i;

	if (!dot || strcmp(dot, ".crt"))
		return -1;
	for (i = 0; i < (int)ARRAY_SIZE(ranks); i++)
		if (!strncmp(name, ranks[i], strlen(ranks[i])))
			return i;
	return -1;
}

static int is_cert(const struct dirent *d)
{
	return rank_of(d->d_name) >= 0;
}

static int by_rank(const struct dirent **a, const struct dirent **b)
{
	int diff = rank_of((*a)->d_name) - rank_of((*b)->d_name);

	return diff ? diff : alphasort(a, b);
}

unsigned int keys_show(const char *dir, bool json)
{
	char *root = xasprintf("%s/root.crt", dir);
	size_t size;
	void *der = anchors_read(root, &size);
	struct show s = {.dir = dir};
	struct dirent **list;
	int i, n = scandir(dir, &list, is_cert, by_rank);

	if (n < 0)
		die("%s:", dir);
	anchor_read(&s.anchor, der, size, NULL);
	s.list = json ? json_object_new_array() : NULL;
	for (i = 0; i < n; i++) {
		show_file(&s, list[i]->d_name);
		free(list[i]);
	}
	if (json)
		puts(json_object_to_json_string_ext(s.list,
						    JSON_C_TO_STRING_PLAIN));
	else
		printf("%u revoked\n", s.anchor.n_revoked);
	json_object_put(s.list);
	free(list);
	free(der);
	free(root);
	return s.bad;
}
