// SPDX-License-Identifier: MIT
/*
 * fuzz-cms.c - nobody here has a key: what is accepted is, byte for byte, what
 * was really signed, by one who may. The input is the message; every anchor
 * that a good message has is tried, and of data, what was signed and what not.
 */
#include "cmsfile.h"
#include "format/cms.h"
#include "fuzz.h"

#define ROOTS 16

static const struct cmsfile *all;
static const struct cmsfile *roots[ROOTS];
static size_t n_all, n_roots;

static bool is_new_root(const struct cmsfile *f)
{
	for (size_t i = 0; i < n_roots; i++)
		if (roots[i]->c.root_n == f->c.root_n &&
		    !memcmp(roots[i]->root, f->root, f->c.root_n))
			return false;
	return true;
}

static void load(void)
{
	if (n_all)
		return;
	n_all = cmsfile_load(&all);
	for (size_t i = 0; i < n_all; i++) {
		if (all[i].c.err || !is_new_root(&all[i]))
			continue;
		NEED(n_roots < ROOTS);
		roots[n_roots++] = &all[i];
	}
	NEED(n_roots);
}

static bool was_signed(const void *p, size_t n)
{
	static const char other[] = "slipway-manifest 1\nof another day\n";

	/* what cmsgen signs when it is told to sign something else */
	if (n == sizeof(other) - 1 && !memcmp(p, other, n))
		return true;
	for (size_t i = 0; i < n_all; i++)
		if (all[i].c.honest && all[i].c.data_n == n &&
		    !memcmp(all[i].data, p, n))
			return true;
	return false;
}

static void attached(const uint8_t *p, size_t n, const struct cmsfile *root)
{
	const void *content = NULL;
	struct fault f = {0};
	size_t size = 0;
	int err = cms_verify(p, n, root->root, root->c.root_n,
			     CMSFILE_CONTENT_MAX, &content, &size, &f);

	if (err) {
		NEED(err == -EBADMSG || err == -EKEYREJECTED ||
		     err == -EOVERFLOW);
		NEED(f.why && !content);
		return;
	}
	NEED(was_signed(content, size));
	cms_release();
}

static void detached(const uint8_t *p, size_t n, const struct cmsfile *root,
		     const void *data, size_t data_n, bool honest)
{
	struct fault f = {0};
	int err = cms_verify_detached(p, n, root->root, root->c.root_n, data,
				      data_n, &f);

	NEED(err ? !!f.why : honest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char unsigned_text[] =
		"slipway-manifest 1\nnever signed\n";
	size_t i;

	load();
	for (i = 0; i < n_roots; i++) {
		attached(data, size, roots[i]);
		detached(data, size, roots[i], unsigned_text,
			 sizeof(unsigned_text) - 1, false);
	}
	/* each under its own anchor: a signature's check takes its time */
	for (i = 0; i < n_all; i++)
		if (all[i].c.detached)
			detached(data, size, &all[i], all[i].data,
				 all[i].c.data_n, all[i].c.honest);
	return 0;
}
