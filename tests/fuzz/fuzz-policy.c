// SPDX-License-Identifier: MIT
/* fuzz-policy.c - a policy that passes prints back the same, and says all. */
#include "format/policy.h"
#include "format/url.h"
#include "fuzz.h"

static size_t lines(const char *p, size_t n)
{
	size_t count = 0;

	while (n--)
		count += *p++ == '\n';
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char one[POLICY_SIZE_MAX], two[POLICY_SIZE_MAX];
	struct span text = {(const char *)data, size};
	struct policy p, again;
	struct fault f = {0};
	int err = policy_parse(&p, text, &f), n;

	if (err) {
		fuzz_refusal(err, &f, size);
		return 0;
	}
	NEED(text_name_ok(p.site) && fuzz_inside(p.site, text));
	NEED(p.n_urls <= POLICY_URLS_MAX);
	NEED(p.signers && p.signers <= POLICY_SIGNERS_MAX);
	for (unsigned int i = 0; i < p.n_urls; i++)
		NEED(url_template_ok(p.urls[i]));
	/* any order, but every line once: so as long, and as many */
	n = policy_print(&p, one, sizeof(one));
	NEED(n == (int)size && lines(one, n) == lines(text.p, size));
	NEED(!policy_parse(&again, (struct span){one, n}, NULL));
	NEED(policy_print(&again, two, sizeof(two)) == n);
	NEED(!memcmp(one, two, n));
	NEED(again.rescue == p.rescue && again.floor == p.floor &&
	     again.epoch == p.epoch && again.built == p.built &&
	     again.stale_refuse == p.stale_refuse &&
	     again.signers == p.signers);
	return 0;
}
