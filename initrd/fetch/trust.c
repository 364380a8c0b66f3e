// SPDX-License-Identifier: MIT
/*
 * trust.c - may this machine use this manifest? The signature first; then
 * what it says is held against what the initrd and the command line ask for.
 */
#include <stdio.h>
#include "fetch/trust.h"
#include "format/cms.h"

#define TRUST_DAY	 86400u
#define TRUST_CLOCK_SANE (20ull * 365 * TRUST_DAY) /* after the build */

#define U(x) ((unsigned long long)(x))

static int trust_open(const struct trust *t, const void *cms, size_t size,
		      struct span *text, struct fetch_error *e)
{
	const char *hint = "";
	const void *content;
	struct fault f = {0};

	if (!cms_verify(cms, size, t->root, t->root_size, MANIFEST_SIZE_MAX,
			&content, &text->n, &f)) {
		text->p = content;
		return 0;
	}
	if (size && ((const char *)cms)[0] == '<')
		hint = " (looks like HTML: a captive portal?)";
	return fetch_fail(e, CODE_SIG, "manifest.cms: %s%s",
			  f.why ? f.why : "refused", hint);
}

static int trust_parse(struct manifest *m, struct span text,
		       struct fetch_error *e)
{
	struct fault f = {0};

	/* the magic before any other look: other things are signed too */
	if (text.n < strlen(MANIFEST_MAGIC) ||
	    memcmp(text.p, MANIFEST_MAGIC, strlen(MANIFEST_MAGIC)))
		return fetch_fail(e, CODE_MAN,
				  "manifest: signed, but no "
				  "manifest of a version known here");
	if (manifest_parse(m, text, &f))
		return fetch_fail(e, CODE_MAN, "manifest: offset %llu: %s",
				  U(f.where), f.why ? f.why : "refused");
	return 0;
}

static int trust_site(const struct trust *t, const struct manifest *m,
		      struct fetch_error *e)
{
	struct span want = t->policy->site;

	if (m->site.n == want.n && !memcmp(m->site.p, want.p, want.n))
		return 0;
	return fetch_fail(e, CODE_SITE,
			  "manifest: another site (expected "
			  "%.*s, got %.*s)",
			  (int)(want.n < 48 ? want.n : 48), want.p,
			  (int)(m->site.n < 48 ? m->site.n : 48), m->site.p);
}

/* A higher epoch starts the serials anew; see trust.h. */
static int trust_age(const struct trust *t, const struct manifest *m,
		     struct fetch_error *e)
{
	uint64_t floor = t->policy->floor;

	if (t->args && t->args->has_floor && t->args->floor > floor)
		floor = t->args->floor;
	if (m->epoch < t->policy->epoch)
		return fetch_fail(e, CODE_FLOOR,
				  "manifest: epoch too low "
				  "(expected at least %llu, got %llu)",
				  U(t->policy->epoch), U(m->epoch));
	if (m->epoch == t->policy->epoch && m->serial < floor)
		return fetch_fail(e, CODE_FLOOR,
				  "manifest: serial too low "
				  "(expected at least %llu, got %llu)",
				  U(floor), U(m->serial));
	if (t->args && t->args->has_serial && m->serial != t->args->serial)
		return fetch_fail(e, CODE_SERIAL,
				  "manifest: not the serial "
				  "asked for (expected %llu, got %llu)",
				  U(t->args->serial), U(m->serial));
	return 0;
}

static int trust_date(const struct trust *t, const struct manifest *m,
		      char warning[160], struct fetch_error *e)
{
	uint64_t built = t->policy->built, days;
	bool sane =
		t->now && t->now >= built && t->now - built <= TRUST_CLOCK_SANE;

	if (!m->expires || t->now <= m->expires)
		return 0;
	days = (t->now - m->expires) / TRUST_DAY;
	if (sane && t->policy->stale_refuse)
		return fetch_fail(e, CODE_EXPIRED,
				  "manifest: serial %llu "
				  "expired %llu days ago (expected at most "
				  "%llu, clock says %llu)",
				  U(m->serial), U(days), U(m->expires),
				  U(t->now));
	snprintf(warning, 160, "serial %llu expired %llu days ago%s",
		 U(m->serial), U(days),
		 sane ? "" : ", by a clock that is not believed");
	return 0;
}

int trust_manifest(const struct trust *t, const void *cms, size_t size,
		   struct manifest *m, struct span *text, char warning[160],
		   struct fetch_error *e)
{
	int ret;

	warning[0] = '\0';
	ret = trust_open(t, cms, size, text, e);
	if (!ret)
		ret = trust_parse(m, *text, e);
	if (!ret)
		ret = trust_site(t, m, e);
	if (!ret)
		ret = trust_age(t, m, e);
	if (!ret)
		ret = trust_date(t, m, warning, e);
	return ret;
}
