// SPDX-License-Identifier: MIT
/*
 * signing.c - how one publish gets its signatures.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "certs.h"
#include "format/cms.h"
#include "format/manifest.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/site.h"
#include "keys.h"
#include "signing.h"
#include "tree.h"

static int is_leaf_key(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 9 && !strncmp(d->d_name, "leaf-", 5) &&
	       !strcmp(d->d_name + n - 4, ".key");
}

static void add(struct signing *g, const char *spec, const char *keys)
{
	if (g->n == g->wanted)
		return;
	sign_with(&g->signers[g->n++], spec, keys);
}

static void add_own(struct signing *g, const char *keys)
{
	char *path = xasprintf("%s/leaf.key", keys);
	struct dirent **list;
	int i, n;

	if (!access(path, R_OK))
		add(g, path, keys);
	n = scandir(keys, &list, is_leaf_key, alphasort);
	for (i = 0; i < n; i++) {
		free(path);
		path = xasprintf("%s/%s", keys, list[i]->d_name);
		if (!access(path, R_OK))
			add(g, path, keys);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	free(path);
}

static void add_lines(struct signing *g, const char *with, const char *keys)
{
	char *text = xstrdup(with), *at = text, *line;

	while ((line = strsep(&at, "\n")))
		if (*line)
			add(g, line, keys);
	free(text);
}

static unsigned int wanted(const struct site *site)
{
	const char *text = ini_get(&site->conf, "site", "signers");
	uint64_t v = 1;

	if (text &&
	    (text_u64(text_span(text), &v) || !v || v > POLICY_SIGNERS_MAX))
		die("%s: [site] signers = %s: expected 1 to %d",
		    site->conf.path, text, POLICY_SIGNERS_MAX);
	return (unsigned int)v;
}

void signing_open(struct signing *g, const struct site *site, const char *tree,
		  const char *with, const char *ask, char **answers)
{
	char *keys = site_path(site, "keys");

	memset(g, 0, sizeof(*g));
	g->tree = tree;
	g->root = site_path(site, "keys/root.crt");
	g->wanted = wanted(site);
	g->ask = ask;
	g->answers = answers;
	if (answers) {
		while (answers[g->n])
			g->n++;
	} else if (with) {
		add_lines(g, with, keys);
	} else if (!ask) {
		add_own(g, keys);
	}
	if (!ask && g->n < g->wanted)
		die("%s: asks for %u signers, there are %u (keys/leaf.key, keys/leaf-*.key, --sign-with, --signature)",
		    site->conf.path, g->wanted, g->n);
	free(keys);
}

void signing_warn(const struct signing *g)
{
	STACK_OF(X509) * certs;
	unsigned int i;
	int days;

	for (i = 0; !g->answers && i < g->n; i++) {
		if (!g->signers[i].cert)
			continue;
		certs = certs_read(g->signers[i].cert);
		days = certs_days(sk_X509_value(certs, 0));
		if (days < KEYS_WARN_DAYS)
			warn("%s: %s %d days; iPXE minds: run 'slipway keys leaf'",
			     g->signers[i].cert,
			     days < 0 ? "ended, in" : "ends in", days);
		sk_X509_pop_free(certs, X509_free);
	}
}

static char *in_folder(const struct signing *g, const char *dir,
		       const char *path, const char *end)
{
	return xasprintf("%s%s%s", dir, path + strlen(g->tree), end);
}

static void ask_for(const struct signing *g, const char *path)
{
	char *to = in_folder(g, g->ask, path, ""), *slash;

	slash = strrchr(to, '/');
	*slash = '\0';
	site_mkdirs(to);
	*slash = '/';
	tree_link(path, to);
	free(to);
}

/* From whichever folder has one: one signature is enough for a boot file. */
static void *answer_for(const struct signing *g, const char *path,
			const void *data, size_t size, size_t *sig_size)
{
	const char *why = NULL;
	char **dir, *from;
	void *sig;

	for (dir = g->answers; *dir; dir++) {
		from = in_folder(g, *dir, path, ".sig");
		sig = outfile_slurp(from, CMS_OVERHEAD_MAX, sig_size);
		if (sig)
			why = sign_check(g->root, sig, *sig_size, data, size,
					 true);
		if (sig && why)
			die("%s: machines would refuse it: %s", from, why);
		if (sig)
			return sig;
		free(from);
	}
	die("%s: not signed in %s; sign that folder with 'slipway keys sign'",
	    path, g->answers[0]);
}

void *signing_file(const struct signing *g, const char *path, const void *data,
		   size_t size, size_t *sig_size)
{
	void *sig;

	if (g->ask) {
		ask_for(g, path);
		return NULL;
	}
	if (g->answers)
		return answer_for(g, path, data, size, sig_size);
	sign_cms(&g->signers[0], g->root, data, size, true, &sig, sig_size);
	return sig;
}

void *signing_manifest(const struct signing *g, unsigned int i,
		       const char *text, size_t size, size_t *cms_size)
{
	const char *why;
	char *path;
	void *cms;

	if (!g->answers) {
		sign_cms(&g->signers[i], g->root, text, size, false, &cms,
			 cms_size);
		return cms;
	}
	path = xasprintf("%s/manifest.cms", g->answers[i]);
	cms = outfile_slurp(path, MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX,
			    cms_size);
	if (!cms)
		die("%s: cannot read; sign that folder with 'slipway keys sign':",
		    path);
	why = sign_check(g->root, cms, *cms_size, text, size, false);
	if (why)
		die("%s: not a signature of this release: %s", path, why);
	free(path);
	return cms;
}
