// SPDX-License-Identifier: MIT
/*
 * cmd_keys.c - slipway keys: make, show, replace and revoke a site's keys, and
 * sign with them where they are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certs.h"
#include "enroll.h"
#include "format/text.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/site.h"
#include "keys.h"
#include "keys_sign.h"

static const char *dir, *folder, *type = "ecdsa-p256", *days, *name, *request,
				 *key, *cert;
static const char *also, *ovmf;
static bool json, detached, more;

#define OPT_SITE                                                               \
	{"directory", 'C', "DIR", "the site (default: found from here)",       \
	 NULL,	      &dir},                                                   \
	{                                                                      \
		"keys", 0, "DIR", "the folder of keys (default: the site's)",  \
			NULL, &folder                                          \
	}
#define OPT_TYPE                                                               \
	{"key", 0, "TYPE", "ecdsa-p256 (default) or rsa-3072", NULL, &type},   \
	{                                                                      \
		"days", 0, "N", "until it ends (default: the longest)", NULL,  \
			&days                                                  \
	}

static const struct opt plain_opts[] = {OPT_SITE, {0}};
static const struct opt make_opts[] = {OPT_SITE, OPT_TYPE, {0}};
static const struct opt leaf_opts[] = {
	OPT_SITE,
	OPT_TYPE,
	{"name", 0, "NAME", "one of several signers: leaf-NAME", NULL, &name},
	{"request", 0, "FILE", "certify the key of this PKCS#10 request", NULL,
	 &request},
	{0},
};
static const struct opt show_opts[] = {
	OPT_SITE,
	{"json", 0, NULL, "facts as JSON", &json, NULL},
	{0},
};
static const struct opt enroll_opts[] = {
	OPT_SITE,
	{"also", 0, "FILE", "one more certificate for db; may be repeated",
	 &more, &also},
	{"ovmf", 0, "FILE", "also OVMF's variable store with the keys in", NULL,
	 &ovmf},
	{0},
};
static const struct opt sign_opts[] = {
	OPT_SITE,
	{"key", 0, "FILE|URI", "private key (default: leaf.key)", NULL, &key},
	{"cert", 0, "FILE", "its certificate (default: beside it, .crt)", NULL,
	 &cert},
	{"detached", 0, NULL, "from input to output, without the content",
	 &detached, NULL},
	{0},
};

static char *keys_dir(void)
{
	struct site site;

	if (folder)
		return xstrdup(folder);
	site_open(&site, dir);
	return site_path(&site, "keys");
}

/* "NAME root" of the anchor, or the site's own where there is none yet. */
static char *site_name(const char *keys)
{
	char *path = xasprintf("%s/root.crt", keys), *text;
	struct site site;
	STACK_OF(X509) * list;
	size_t n;

	if (!folder || access(path, R_OK)) {
		site_open(&site, dir);
		return xstrdup(site.name);
	}
	list = certs_read(path);
	text = certs_name(X509_get_subject_name(sk_X509_value(list, 0)));
	n = strlen(text);
	if (n > 5 && !strcmp(text + n - 5, " root"))
		text[n - 5] = '\0';
	sk_X509_pop_free(list, X509_free);
	free(path);
	return text;
}

static struct keys_wish wish(const struct opts *o, unsigned int longest)
{
	struct keys_wish w = {.dir = keys_dir(), .type = type};
	uint64_t n = 0;

	if (days && (text_u64(text_span(days), &n) || !n || n > longest))
		opts_usage(o, "--days %s: expected 1 to %u", days, longest);
	w.days = (unsigned int)n;
	w.site = site_name(w.dir);
	return w;
}

static int do_show(const struct opts *o, char **args)
{
	unsigned int bad = keys_show(keys_dir(), json);

	if (bad)
		warn("%u have ended or are revoked", bad);
	return bad ? EXIT_FAILED : EXIT_DONE;
}

static int do_root(const struct opts *o, char **args)
{
	struct keys_wish w = wish(o, 2 * KEYS_ROOT_DAYS);

	keys_root(&w);
	info("made %s/root.key; next: 'slipway initrd' and publish with the old leaf\n"
	     "until every machine has that initrd, then 'slipway keys leaf' and\n"
	     "'slipway keys retire'; root.key belongs offline",
	     w.dir);
	return EXIT_DONE;
}

static int do_retire(const struct opts *o, char **args)
{
	keys_retire(keys_dir());
	info("next: 'slipway initrd', 'slipway publish'");
	return EXIT_DONE;
}

static int do_intermediate(const struct opts *o, char **args)
{
	struct keys_wish w = wish(o, 2 * KEYS_INTERMEDIATE_DAYS);

	keys_intermediate(&w);
	info("next: 'slipway keys leaf', 'slipway publish'; root.key may go offline");
	return EXIT_DONE;
}

static int do_leaf(const struct opts *o, char **args)
{
	struct keys_wish w = wish(o, KEYS_LEAF_DAYS);

	if (name && !site_name_ok(name))
		opts_usage(o, "--name %s: not [A-Za-z0-9._+-]{1,128}", name);
	keys_leaf(&w, name, request);
	info("next: 'slipway publish'");
	return EXIT_DONE;
}

static int do_revoke(const struct opts *o, char **args)
{
	char *keys = keys_dir();

	if (!*args)
		opts_usage(o, "expected CERTIFICATE or DIGEST");
	for (; *args; args++)
		keys_revoke(keys, *args);
	info("next: 'slipway keys leaf' if it was in use, then 'slipway initrd' and\n"
	     "'slipway publish': machines refuse it from their next initrd on");
	return EXIT_DONE;
}

static int do_enroll(const struct opts *o, char **args)
{
	char *keys = keys_dir(), *to = xasprintf("%s/secureboot", keys);

	enroll_make(to, site_name(keys), also);
	if (ovmf)
		enroll_ovmf(to, ovmf);
	info("%s/enroll on a FAT file system enrolls them at a machine in setup mode;\n"
	     "next: 'slipway uki ROLE'; PK.key and KEK.key belong offline",
	     to);
	return EXIT_DONE;
}

static int do_sign(const struct opts *o, char **args)
{
	struct signer s;

	if (!key)
		key = xasprintf("%s/leaf.key", keys_dir());
	sign_with(&s, key, folder ? folder : ".");
	if (cert)
		s.cert = xstrdup(cert);
	if (s.how == SIGN_COMMAND)
		opts_usage(
			o,
			"--key %s: expected a file ending in .key or a pkcs11: URI",
			key);
	if (*args && (args[1] || detached))
		opts_usage(o, "expected one DIR, or none and standard input");
	if (*args)
		keys_sign_folder(&s, *args);
	else
		keys_sign_stream(&s, detached);
	return EXIT_DONE;
}

static const struct verb {
	struct opts opts;
	int (*run)(const struct opts *o, char **args);
	bool operands;
} verbs[] = {
	{{"slipway keys show", "[-C DIR|--keys DIR] [--json]",
	  "Who signs whom, and for how long.", show_opts},
	 do_show,
	 false},
	{{"slipway keys root", "[-C DIR|--keys DIR] [--key TYPE] [--days N]",
	  "Make a root, beside the one that is there.", make_opts},
	 do_root,
	 false},
	{{"slipway keys retire", "[-C DIR|--keys DIR]",
	  "Drop the older of two roots.", plain_opts},
	 do_retire,
	 false},
	{{"slipway keys intermediate",
	  "[-C DIR|--keys DIR] [--key TYPE] [--days N]",
	  "Make an intermediate, so that the root may stay away.", make_opts},
	 do_intermediate,
	 false},
	{{"slipway keys leaf",
	  "[-C DIR|--keys DIR] [--key TYPE] [--days N] [--name NAME] "
	  "[--request FILE]",
	  "Make the key that signs releases, or certify one.", leaf_opts},
	 do_leaf,
	 false},
	{{"slipway keys revoke", "[-C DIR|--keys DIR] CERTIFICATE|DIGEST...",
	  "Have machines believe a key no more.", plain_opts},
	 do_revoke,
	 true},
	{{"slipway keys sign",
	  "[-C DIR|--keys DIR] [--key FILE|URI] [--cert FILE] "
	  "[--detached] [DIR]",
	  "Sign what 'slipway publish --unsigned DIR' wrote, or the input.",
	  sign_opts},
	 do_sign,
	 true},
	{{"slipway keys enroll",
	  "[-C DIR|--keys DIR] [--also FILE] ... [--ovmf FILE]",
	  "Make Secure Boot keys, and what enrolls them.", enroll_opts},
	 do_enroll,
	 false},
};

static const struct opt no_opts[] = {{0}};
static const struct opts opts = {
	.prog = "slipway keys",
	.usage =
		"show|root|retire|intermediate|leaf|revoke|sign|enroll [ARGUMENT...]",
	.about = "Make, show, replace and revoke a site's keys.",
	.opts = no_opts,
};

int main(int argc, char **argv)
{
	size_t i;
	int at;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++) {
		const struct verb *v = &verbs[i];

		if (strcmp(argv[1], strrchr(v->opts.prog, ' ') + 1))
			continue;
		at = opts_parse(&v->opts, argc - 1, argv + 1) + 1;
		if (at != argc && !v->operands)
			opts_usage(&v->opts, "takes no operands");
		return v->run(&v->opts, argv + at);
	}
	at = opts_parse(&opts, argc, argv);
	opts_usage(&opts,
		   at < argc ? "%s: no such thing to do"
			     : "expected what to do%s",
		   at < argc ? argv[at] : "");
}
