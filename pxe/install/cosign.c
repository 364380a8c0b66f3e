// SPDX-License-Identifier: MIT
/* cosign.c - the further signatures of a manifest, with a release. */
#include <stdlib.h>

#include "cosign.h"

int cosign_check(void *c, const void *p, size_t size, struct fetch_error *e)
{
	struct cosign *s = c;
	const struct trust t = {.root = s->root,
				.root_size = s->root_size,
				.signers = &s->signers};

	return trust_cosign(&t, p, size, s->text, e);
}

static int next(struct cosign *c, bool maybe, cosign_get get, void *from,
		struct fetch_error *e)
{
	struct cosign_file f = {0};
	char rel[TRUST_PATH_MAX];
	unsigned int n = c->signers.n;
	int err;

	trust_cosign_path(c->text, n + 1, rel);
	err = get(from, rel, maybe, c, &f, e);
	if (err)
		free(f.p);
	else
		c->files[n - 1] = f;
	return err;
}

int cosign_need(struct cosign *c, unsigned int n, cosign_get get, void *from,
		struct fetch_error *e)
{
	int err = 0;

	while (!err && c->signers.n < n)
		err = next(c, false, get, from, e);
	return err;
}

/* Some servers answer 403 for what is not there, and some a page. */
static bool absent(const struct fetch_error *e)
{
	return e->code == CODE_SIG ||
	       (e->code == CODE_FETCH && e->status < 500);
}

int cosign_rest(struct cosign *c, cosign_get get, void *from,
		struct fetch_error *e)
{
	int err = 0;

	while (!err && c->signers.n < POLICY_SIGNERS_MAX)
		err = next(c, true, get, from, e);
	return err && absent(e) ? 0 : err;
}

void cosign_free(struct cosign *c)
{
	unsigned int i;

	for (i = 0; i + 1 < c->signers.n; i++)
		free(c->files[i].p);
}
