// SPDX-License-Identifier: MIT
/* cases.c - every format, and how a rule is put to work. */
#include <string.h>

#include "cases.h"

const struct format *const cases_all[] = {
	&case_manifest, &case_cms,	&case_cpio,   &case_gzip,
	&case_sqsb,	&case_http,	&case_index,  &case_url,
	&case_redirect, &case_cmdline,	&case_lease,  &case_dns, &case_dnstcp,
	&case_policy,	&case_filelist, &case_modtab, &case_ovl,
	&case_text,	&case_pool,	&case_netconf, &case_news,
	&case_anchor,
};
const size_t cases_n = ARRAY_SIZE(cases_all);

static struct rng seeded(const struct format *fmt, uint64_t rule, uint64_t k)
{
	struct rng r = {fmt->name[0] + 256u * fmt->name[1]};

	r.state = rng_next(&r) ^ rule << 40 ^ k;
	return r;
}

void cases_good(const struct format *fmt, uint64_t k, struct bytes *b)
{
	struct rng r = seeded(fmt, 0, k);

	b->n = 0;
	fmt->good(b, k, &r);
}

void cases_bad(const struct format *fmt, size_t rule, uint64_t k,
	       struct bytes *b)
{
	const struct rule *rl = &fmt->rules[rule];
	struct rng r = seeded(fmt, rule + 1, k);

	b->n = 0;
	fmt->good(b, k, &r);
	if (rl->make)
		rl->make(b, k, &r);
	else
		bytes_edit(b, rng_next(&r), rl->from, rl->to);
}
