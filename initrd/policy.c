// SPDX-License-Identifier: MIT
/* policy.c - the rules and the anchor this initrd was packed with. */
#include "boot.h"
#include "console.h"
#include "file.h"

static int bad(struct boot *b, const char *path, const char *why)
{
	return fetch_fail(&b->error, CODE_POLICY, "%s: %s", path, why);
}

int policy_load(struct boot *b)
{
	struct fault f = {0};
	struct span text = {b->policy_text, 0};
	int n;

	n = file_read(POLICY_PATH, b->policy_text, sizeof(b->policy_text));
	if (n < 0)
		return bad(b, POLICY_PATH, strerror(-n));
	text.n = n;
	if (policy_parse(&b->policy, text, &f)) {
		/* half a policy must not decide what a failure may do */
		b->policy.rescue = false;
		return bad(b, POLICY_PATH, f.why ? f.why : "not readable");
	}
	n = file_read(POLICY_ROOT_PATH, b->root, sizeof(b->root));
	if (n <= 0)
		return bad(b, POLICY_ROOT_PATH,
			   n ? strerror(-n) : "empty trust anchor");
	b->root_size = n;
	console_say("initrd of site %.*s, %s", (int)b->policy.site.n,
		    b->policy.site.p,
		    b->policy.rescue ? "rescue policy" : "enforce policy");
	return 0;
}
