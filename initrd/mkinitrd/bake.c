// SPDX-License-Identifier: MIT
/*
 * bake.c - the site's rules and its trust anchor, as an initrd carries them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/policy.h"
#include "format/url.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "bake.h"

static uint64_t number(const struct site *s, const char *key, uint64_t fallback)
{
	const char *text = ini_get(&s->conf, "site", key);
	uint64_t v = fallback;

	if (text && text_u64(text_span(text), &v))
		die("%s: %s '%s' is not a number", s->conf.path, key, text);
	return v;
}

/* "memory" unless the site says "disk". */
static bool upper_disk(const struct site *s)
{
	const char *text = ini_get(&s->conf, "site", "upper");

	if (text && strcmp(text, "disk") && strcmp(text, "memory"))
		die("%s: upper '%s' is neither memory nor disk", s->conf.path,
		    text);
	return text && !strcmp(text, "disk");
}

/* "warn" unless the site says "refuse". */
static bool stale_refuse(const struct site *s)
{
	const char *text = ini_get(&s->conf, "site", "stale");

	if (!text || !strcmp(text, "warn"))
		return false;
	if (strcmp(text, "refuse"))
		die("%s: stale '%s' is neither warn nor refuse", s->conf.path,
		    text);
	return true;
}

static void add_url(const struct site *s, struct policy *p, const char *text)
{
	if (p->n_urls == POLICY_URLS_MAX)
		die("%s: more than %d addresses", s->conf.path,
		    POLICY_URLS_MAX);
	if (!url_template_ok(text_span(text)))
		die("%s: url '%s' is not an http or https address", s->conf.path, text);
	p->urls[p->n_urls++] = text_span(text);
}

static void add_urls(const struct site *s, struct policy *p)
{
	const char *mirrors = ini_get(&s->conf, "site", "mirrors");
	char **list = words(mirrors ? mirrors : "");

	add_url(s, p, s->url);
	for (char **m = list; *m; m++)
		if (strcmp(*m, s->url))
			add_url(s, p, *m);
	free(list); /* the words live on in the policy */
}

static void add_report(const struct site *s, struct policy *p)
{
	const char *text = ini_get(&s->conf, "site", "report");

	if (!text)
		return;
	if (!url_report_ok(text_span(text)))
		die("%s: report '%s' is not an http or https address, a path or off",
		    s->conf.path, text);
	p->report = text_span(text);
}

char *bake_policy(const struct site *s, const char *kernel, uint64_t built,
		  bool rescue, size_t *size)
{
	struct policy p = {
		.site = text_span(s->name),
		.epoch = number(s, "epoch", 1),
		.floor = number(s, "floor", 0),
		.built = built,
		.rescue = rescue,
		.stale_refuse = stale_refuse(s),
		.upper_disk = upper_disk(s),
		.kernel = text_span(kernel),
		.signers = (unsigned int)number(s, "signers", 1),
	};
	char *text = xmalloc(POLICY_SIZE_MAX);
	int len;

	if (!p.signers || p.signers > POLICY_SIGNERS_MAX)
		die("%s: signers: expected 1 to %d", s->conf.path,
		    POLICY_SIGNERS_MAX);
	add_urls(s, &p);
	add_report(s, &p);
	len = policy_print(&p, text, POLICY_SIZE_MAX);
	if (len < 0)
		die("%s: too much for the initrd's policy", s->conf.path);
	*size = len;
	return text;
}

void *bake_root(const struct site *s, size_t *size)
{
	char *path = site_path(s, "keys/root.crt");
	void *der;

	if (access(path, R_OK))
		die("%s: cannot read the trust anchor:", path);
	der = anchors_read(path, size);
	free(path);
	return der;
}
