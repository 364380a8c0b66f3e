// SPDX-License-Identifier: MIT
/*
 * trust.c - may this machine use this manifest? The signature first; then
 * what it says is held against what the initrd and the command line ask for.
 */
#include <stdio.h>
#include <sys/mman.h>
#include "fetch/cage.h"
#include "fetch/trust.h"
#include "format/cms.h"
#include "format/cmschain.h"

#define TRUST_DAY	 86400u
#define TRUST_CLOCK_SANE (20ull * 365 * TRUST_DAY) /* after the build */

#define U(x) ((unsigned long long)(x))

#define TRUST_WHY 64

/* What the cage is asked: this, the root, the message; what it answers. */
struct trust_question {
	uint32_t root_size;
};
struct trust_answer {
	int ret;
	uint32_t at, size; /* of the content, in the message */
	char why[TRUST_WHY];
};

/* In the cage: the largest parser of all, on bytes from anywhere. */
static int trust_check(void *in, size_t n, void *out, size_t max)
{
	const struct trust_question *q = in;
	const uint8_t *root = (const uint8_t *)(q + 1), *msg;
	struct trust_answer a = {0};
	struct fault f = {0};
	const void *content;
	struct span text;
	size_t size;

	if (n < sizeof(*q) || q->root_size > n - sizeof(*q) || max < sizeof(a))
		return -EINVAL;
	msg = root + q->root_size;
	n -= sizeof(*q) + q->root_size;
	a.ret = cms_verify(msg, n, root, q->root_size, MANIFEST_SIZE_MAX,
			   &content, &size, &f);
	if (!a.ret)
		a.ret = cmschain_verify(msg, n, root, q->root_size, &text, &f);
	if (!a.ret) {
		a.at = (uint32_t)(text.p - (const char *)msg);
		a.size = (uint32_t)text.n;
	}
	if (f.why)
		strncpy(a.why, f.why, sizeof(a.why) - 1);
	memcpy(out, &a, sizeof(a));
	return sizeof(a);
}

static int trust_ask(const struct trust *t, const void *cms, size_t size,
		     struct trust_answer *a, struct fetch_error *e)
{
	const size_t n = sizeof(struct trust_question) + t->root_size + size;
	const struct trust_question q = {.root_size = (uint32_t)t->root_size};
	uint8_t *in;
	int ret;

	if (n > CAGE_IN_MAX)
		return fetch_fail(e, CODE_SIG, "manifest.cms: too large");
	in = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		  -1, 0);
	if (in == MAP_FAILED)
		return fetch_fail(e, CODE_MEM, "manifest.cms: %s",
				  strerror(errno));
	memcpy(in, &q, sizeof(q));
	if (t->root_size)
		memcpy(in + sizeof(q), t->root, t->root_size);
	memcpy(in + sizeof(q) + t->root_size, cms, size);
	ret = cage_once(trust_check, in, n, a, sizeof(*a), "manifest.cms", e);
	munmap(in, n);
	if (ret == -EPROTO)
		return ret;
	if (ret != sizeof(*a) || a->at > size || a->size > size - a->at)
		return fetch_fail(e, CODE_CAGE,
				  "manifest.cms: the process that checks it "
				  "answered nonsense");
	a->why[TRUST_WHY - 1] = '\0';
	return 0;
}

/*
 * A cage that was taken over could call anything good. So what it calls good
 * is looked at here, by the small way first; then the large parser sees bytes
 * that the site's own keys have signed.
 */
static int trust_again(const struct trust *t, const void *cms, size_t size,
		       const struct trust_answer *a, struct span *text,
		       uint8_t key[DIGEST_SIZE], struct fetch_error *e)
{
	const void *content;
	struct fault f = {0};
	size_t n;

	if (cmschain_verify(cms, size, t->root, t->root_size, text, &f) ||
	    cms_verify(cms, size, t->root, t->root_size, MANIFEST_SIZE_MAX,
		       &content, &n, &f))
		return fetch_fail(e, CODE_CAGE,
				  "manifest.cms: the process that checks it "
				  "lied: %s",
				  f.why ? f.why : "refused");
	cms_signer(key);
	cms_release();
	if (text->n != a->size || n != a->size ||
	    text->p != (const char *)cms + a->at)
		return fetch_fail(e, CODE_CAGE,
				  "manifest.cms: the process that checks it "
				  "lied: other content");
	return 0;
}

static int trust_open(const struct trust *t, const void *cms, size_t size,
		      struct span *text, uint8_t key[DIGEST_SIZE],
		      struct fetch_error *e)
{
	const char *hint = "";
	struct trust_answer a;
	int ret = trust_ask(t, cms, size, &a, e);

	if (ret)
		return ret;
	if (!a.ret)
		return trust_again(t, cms, size, &a, text, key, e);
	if (size && ((const char *)cms)[0] == '<')
		hint = " (looks like HTML: a captive portal?)";
	return fetch_fail(e, CODE_SIG, "manifest.cms: %s%s",
			  a.why[0] ? a.why : "refused", hint);
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

/* A mirror may not give one channel's machines another's release. */
static int trust_channel(const struct trust *t, const struct manifest *m,
			 struct fetch_error *e)
{
	const struct span none = {"none", 4};
	struct span want = t->args->channel, got = m->channel;

	if (want.n == got.n && (!want.n || !memcmp(want.p, got.p, want.n)))
		return 0;
	want = want.n ? want : none;
	got = got.n ? got : none;
	return fetch_fail(e, CODE_SITE,
			  "manifest: another channel (expected "
			  "%.*s, got %.*s)",
			  (int)(want.n < 48 ? want.n : 48), want.p,
			  (int)(got.n < 48 ? got.n : 48), got.p);
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

bool trust_clock(uint64_t now, uint64_t built)
{
	return now && now >= built && now - built <= TRUST_CLOCK_SANE;
}

static int trust_date(const struct trust *t, const struct manifest *m,
		      char warning[160], struct fetch_error *e)
{
	bool sane = trust_clock(t->now, t->policy->built);
	uint64_t days;

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
	uint8_t key[DIGEST_SIZE];
	int ret;

	warning[0] = '\0';
	ret = trust_open(t, cms, size, text, key, e);
	if (!ret)
		ret = trust_parse(m, *text, e);
	if (!ret)
		ret = trust_site(t, m, e);
	if (!ret && t->args)
		ret = trust_channel(t, m, e);
	if (!ret)
		ret = trust_age(t, m, e);
	if (!ret)
		ret = trust_date(t, m, warning, e);
	if (!ret && t->signers) {
		t->signers->n = 1;
		memcpy(t->signers->keys[0], key, DIGEST_SIZE);
	}
	return ret;
}

void trust_cosign_path(struct span text, unsigned int n,
		       char path[TRUST_PATH_MAX])
{
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];

	digest_of(text.p, text.n, digest);
	digest_hex(digest, hex);
	snprintf(path, TRUST_PATH_MAX, "signatures/%s.%u.cms", hex, n);
}

int trust_cosign(const struct trust *t, const void *cms, size_t size,
		 struct span text, struct fetch_error *e)
{
	struct trust_signers *s = t->signers;
	uint8_t key[DIGEST_SIZE];
	struct span other;
	unsigned int i;
	int ret = trust_open(t, cms, size, &other, key, e);

	if (ret)
		return ret;
	if (other.n != text.n || memcmp(other.p, text.p, text.n))
		return fetch_fail(e, CODE_SIG, "signature %u: of another text",
				  s->n + 1);
	for (i = 0; i < s->n; i++)
		if (digest_equal(s->keys[i], key))
			return fetch_fail(e, CODE_SIG,
					  "signature %u: by the key of "
					  "signature %u",
					  s->n + 1, i + 1);
	if (s->n == POLICY_SIGNERS_MAX)
		return fetch_fail(e, CODE_SIG, "signature %u: one too many",
				  s->n + 1);
	memcpy(s->keys[s->n++], key, DIGEST_SIZE);
	return 0;
}
