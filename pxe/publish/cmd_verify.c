// SPDX-License-Identifier: MIT
/*
 * cmd_verify.c - slipway verify: is a publish tree what machines would boot?
 */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>

#include "format/cms.h"
#include "format/manifest.h"
#include "format/policy.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/opts.h"
#include "host/outfile.h"
#include "host/site.h"
#include "verify.h"

static const char *dir, *root, *tls_roots, *signers;
static bool json;

static const struct opt table[] = {
	{"directory", 'C', "DIR", "the site (default: found from here)", NULL,
	 &dir},
	{"root", 0, "FILE", "trust anchor, PEM (default: keys/root.crt)", NULL,
	 &root},
	{"signers", 0, "N", "keys that must have signed (default: site.conf's)",
	 NULL, &signers},
	{"tls-roots", 0, "FILE", "roots for https (default: the system's)",
	 NULL, &tls_roots},
	{"json", 0, NULL, "one JSON object a line", &json, NULL},
	{0},
};

static const struct opts opts = {
	.prog = "slipway verify",
	.usage = "[-C DIR] [--root FILE] [--signers N] [--tls-roots FILE] "
		 "[--json] [TREE|URL]",
	.about = "Check a publish tree with the code that boots machines.",
	.opts = table,
};

static void told_json(const char *object, const struct fetch_error *e)
{
	struct json_object *o = json_object_new_object();
	char name[24];

	json_object_object_add(o, "object", json_object_new_string(object));
	json_object_object_add(o, "ok", json_object_new_boolean(!e));
	if (e) {
		json_object_object_add(
			o, "code",
			json_object_new_string(fetch_error_name(e, name)));
		json_object_object_add(o, "why",
				       json_object_new_string(e->text));
	}
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static void told(void *user, const char *object, const struct fetch_error *e)
{
	char name[24];

	if (json)
		told_json(object, e);
	else if (e)
		printf("bad  %s: %s\n", fetch_error_name(e, name), e->text);
	else
		printf("ok   %s\n", object);
}

/* Each channel of the tree in a folder has a manifest of its own. */
static unsigned int verify_channels(const char *tree, unsigned int n)
{
	const struct site here = {.dir = (char *)tree};
	char **name = site_list(&here, "channels", "manifest.cms"), *path;
	unsigned int bad = 0;
	size_t size;
	void *cms;

	for (; *name; name++) {
		path = xasprintf("%s/channels/%s/manifest.cms", tree, *name);
		cms = outfile_slurp(path, CMS_OVERHEAD_MAX + MANIFEST_SIZE_MAX,
				    &size);
		if (!cms)
			die("%s: cannot read:", path);
		if (!json)
			printf("channel %s\n", *name);
		bad += verify_tree(tree, root, n, cms, size, told, NULL);
		free(cms);
		free(path);
	}
	return bad;
}

int main(int argc, char **argv)
{
	int at = opts_parse(&opts, argc, argv);
	const char *tree = argv[at];
	struct site site;
	unsigned int bad;
	uint64_t n = 1;

	if (argc - at > 1)
		opts_usage(&opts, "expected one TREE or URL");
	if (!tree || !root) {
		site_open(&site, dir);
		if (!signers)
			signers = ini_get(&site.conf, "site", "signers");
	}
	if (signers &&
	    (text_u64(text_span(signers), &n) || !n || n > POLICY_SIGNERS_MAX))
		opts_usage(&opts, "signers %s: expected 1 to %d", signers,
			   POLICY_SIGNERS_MAX);
	if (!root)
		root = site_path(&site, "keys/root.crt");
	if (!tree)
		tree = site_path(&site, "public");
	if (strstr(tree, "://"))
		bad = verify_url(tree, root, n, tls_roots, told, NULL);
	else
		bad = verify_tree(tree, root, n, NULL, 0, told, NULL) +
		      verify_channels(tree, n);
	if (bad)
		warn("%s: %u bad", tree, bad);
	return bad ? EXIT_FAILED : EXIT_DONE;
}
