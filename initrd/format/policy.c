/* SPDX-License-Identifier: MIT */
/* policy.c - the site's rules, baked into the initrd. */
#include "format/policy.h"
#include "format/url.h"

enum policy_key {
	POLICY_SITE,
	POLICY_EPOCH,
	POLICY_FLOOR,
	POLICY_BUILT,
	POLICY_MODE,
	POLICY_STALE,
	POLICY_KERNEL,
	POLICY_URL,
	POLICY_ROLE,
	POLICY_REPORT,
	POLICY_UPPER,
	POLICY_SIGNERS,
	POLICY_KEYS
};

static const char *const policy_words[POLICY_KEYS] = {
	"site",	  "epoch", "floor", "built",  "mode",  "stale",
	"kernel", "url",   "role",  "report", "upper", "signers"};

#define POLICY_REQUIRED                                                        \
	(1u << POLICY_SITE | 1u << POLICY_EPOCH | 1u << POLICY_FLOOR |         \
	 1u << POLICY_BUILT | 1u << POLICY_MODE | 1u << POLICY_STALE)

static int policy_name(struct span *out, struct span v)
{
	if (!text_name_ok(v))
		return -EBADMSG;
	*out = v;
	return 0;
}

static int policy_choice(bool *out, struct span v, const char *yes,
			 const char *no)
{
	*out = span_is(v, yes);
	return *out || span_is(v, no) ? 0 : -EBADMSG;
}

static int policy_url(struct policy *p, struct span v)
{
	if (p->n_urls == POLICY_URLS_MAX)
		return -EOVERFLOW;
	if (!url_template_ok(v))
		return -EBADMSG;
	p->urls[p->n_urls++] = v;
	return 0;
}

/* One is what a policy without this line asks for: one text a policy. */
static int policy_signers(struct policy *p, struct span v)
{
	uint64_t n;
	int err = text_u64(v, &n);

	if (err || n < 2 || n > POLICY_SIGNERS_MAX)
		return err ? err : -EBADMSG;
	p->signers = (unsigned int)n;
	return 0;
}

static int policy_set(struct policy *p, enum policy_key key, struct span v)
{
	switch (key) {
	case POLICY_SITE:
		return policy_name(&p->site, v);
	case POLICY_EPOCH:
		return text_u64(v, &p->epoch);
	case POLICY_FLOOR:
		return text_u64(v, &p->floor);
	case POLICY_BUILT:
		return text_u64(v, &p->built);
	case POLICY_MODE:
		return policy_choice(&p->rescue, v, "rescue", "enforce");
	case POLICY_STALE:
		return policy_choice(&p->stale_refuse, v, "refuse", "warn");
	case POLICY_KERNEL:
		return policy_name(&p->kernel, v);
	case POLICY_URL:
		return policy_url(p, v);
	case POLICY_ROLE:
		return policy_name(&p->role, v);
	case POLICY_REPORT:
		p->report = v;
		return url_report_ok(v) ? 0 : -EBADMSG;
	case POLICY_UPPER:
		return policy_choice(&p->upper_disk, v, "disk", "memory");
	case POLICY_SIGNERS:
		return policy_signers(p, v);
	default:
		return -ENOTSUP;
	}
}

static int policy_line(struct policy *p, unsigned int *seen, struct span line)
{
	unsigned int key;
	struct span word;

	if (!text_field(&line, &word))
		return -EBADMSG;
	for (key = 0; key < POLICY_KEYS; key++)
		if (span_is(word, policy_words[key]))
			break;
	if (key == POLICY_KEYS)
		return -ENOTSUP;
	if (*seen & 1u << key && key != POLICY_URL)
		return -EBADMSG;
	*seen |= 1u << key;
	return policy_set(p, key, line);
}

int policy_parse(struct policy *p, struct span text, struct fault *f)
{
	struct span rest = text, line;
	unsigned int seen = 0;
	bool whole;
	int err;

	memset(p, 0, sizeof(*p));
	p->signers = 1;
	if (text.n > POLICY_SIZE_MAX)
		return fault_set(f, -EOVERFLOW, "policy too long", text.n);
	if (!text_strip(&rest, POLICY_MAGIC))
		return fault_set(f, -EBADMSG, "not a policy", 0);
	while (text_line(&rest, &line, &whole)) {
		err = whole && text_printable(line)
			      ? policy_line(p, &seen, line)
			      : -EBADMSG;
		if (err)
			return fault_set(f, err,
					 err == -ENOTSUP ? "unknown key"
							 : "bad policy line",
					 line.p - text.p);
	}
	if ((seen & POLICY_REQUIRED) != POLICY_REQUIRED)
		return fault_set(f, -EBADMSG, "policy lacks a line", text.n);
	return 0;
}

static void policy_put(struct text_out *o, enum policy_key key, struct span v)
{
	if (!v.n)
		return;
	text_put_str(o, policy_words[key]);
	text_put_str(o, " ");
	text_put(o, v);
	text_put_str(o, "\n");
}

static void policy_put_u64(struct text_out *o, enum policy_key key, uint64_t v)
{
	text_put_str(o, policy_words[key]);
	text_put_str(o, " ");
	text_put_u64(o, v);
	text_put_str(o, "\n");
}

int policy_print(const struct policy *p, char *buf, size_t size)
{
	struct text_out o = {.buf = buf, .size = size};
	unsigned int i;

	if (p->n_urls > POLICY_URLS_MAX || p->signers > POLICY_SIGNERS_MAX)
		return -EOVERFLOW;
	text_put_str(&o, POLICY_MAGIC);
	policy_put(&o, POLICY_SITE, p->site);
	policy_put_u64(&o, POLICY_EPOCH, p->epoch);
	policy_put_u64(&o, POLICY_FLOOR, p->floor);
	policy_put_u64(&o, POLICY_BUILT, p->built);
	policy_put(&o, POLICY_MODE,
		   text_span(p->rescue ? "rescue" : "enforce"));
	policy_put(&o, POLICY_STALE,
		   text_span(p->stale_refuse ? "refuse" : "warn"));
	policy_put(&o, POLICY_KERNEL, p->kernel);
	for (i = 0; i < p->n_urls; i++)
		policy_put(&o, POLICY_URL, p->urls[i]);
	policy_put(&o, POLICY_ROLE, p->role);
	policy_put(&o, POLICY_REPORT, p->report);
	if (p->upper_disk)
		policy_put(&o, POLICY_UPPER, text_span("disk"));
	if (p->signers > 1)
		policy_put_u64(&o, POLICY_SIGNERS, p->signers);
	return o.n > POLICY_SIZE_MAX ? -EOVERFLOW : text_put_end(&o);
}
