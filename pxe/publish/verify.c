// SPDX-License-Identifier: MIT
/*
 * verify.c - check a publish tree with the code that boots.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "fetch/trust.h"
#include "format/cms.h"
#include "format/sqsb.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/progress.h"
#include "source.h"
#include "verify_boots.h"

struct verify {
	struct source *source;
	void *root;
	size_t root_size;
	unsigned int n_signers;
	verify_told told;
	void *user;
	unsigned int bad;
	struct manifest m;
	unsigned int grants[MANIFEST_LAYERS_MAX]; /* that its content needs */
};

static void tell(struct verify *v, const char *object,
		 const struct fetch_error *e)
{
	char name[24];

	v->bad += !!e;
	progress_end();
	if (v->told)
		v->told(v->user, object, e);
	else if (e)
		warn("%s: %s", fetch_error_name(e, name), e->text);
}

static int check_signers(struct verify *v, const struct trust *t,
			 struct span text, struct fetch_error *e)
{
	const size_t max = MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX;
	char path[TRUST_PATH_MAX];
	uint8_t *more;
	size_t size;
	int err = 0;

	while (!err && t->signers->n < v->n_signers) {
		trust_cosign_path(text, t->signers->n + 1, path);
		err = source_blob(v->source, path, max, &more, &size, NULL, e);
		if (err)
			return err;
		err = trust_cosign(t, more, size, text, e);
		source_free(more, size);
	}
	return err;
}

/* What a manifest says of itself, as a policy that lets just that pass. */
static int check_manifest(struct verify *v, const void *cms, size_t size,
			  struct fetch_error *e)
{
	struct policy policy = {.epoch = 0, .floor = 0};
	struct trust_signers signers;
	struct trust t = {.root = v->root,
			  .root_size = v->root_size,
			  .policy = &policy,
			  .signers = &signers};
	const size_t magic = strlen(MANIFEST_MAGIC "site ");
	const char *content, *end;
	char warning[160] = "";
	struct fault f = {0};
	struct span text;
	const void *p;
	size_t n;
	int err;

	/* the site's name, to compare it with itself: any site will do */
	if (cms_verify(cms, size, v->root, v->root_size, MANIFEST_SIZE_MAX, &p,
		       &n, &f))
		return fetch_fail(e, CODE_SIG, "manifest.cms: %s", f.why);
	content = p;
	if (n < magic || memcmp(content, MANIFEST_MAGIC "site ", magic))
		return fetch_fail(e, CODE_MAN,
				  "manifest.cms: signed, but not a manifest");
	end = memchr(content + magic, '\n', n - magic);
	policy.site.n = (end ? end : content + n) - (content + magic);
	policy.site.p = xasprintf("%.*s", (int)policy.site.n, content + magic);
	cms_release();
	err = trust_manifest(&t, cms, size, &v->m, &text, warning, e);
	return err ? err : check_signers(v, &t, text, e);
}

static int check_base(const char *name, const struct manifest_layer *l,
		      const uint8_t *p, struct fetch_error *e)
{
	struct fault f = {0};
	struct sqsb sb;

	if (sqsb_parse(&sb, p, l->size, l->size, &f))
		return fetch_fail(e, CODE_SQFS, "%s: %s", name, f.why);
	return 0;
}

static int get_index(struct verify *v, const struct manifest_layer *l,
		     const char *hex, uint8_t **p, size_t *size,
		     struct index *ix, struct fetch_error *e)
{
	char *rel = xasprintf("layers/%s.index", hex);
	struct fault f = {0};
	int err;

	*size = l->index_size;
	err = source_blob(v->source, rel, l->index_size, p, size, l->index, e);
	if (!err &&
	    (index_open(ix, *p, *size, &f) || ix->layer_size != l->size)) {
		source_free(*p, *size);
		err = fetch_fail(e, CODE_INDEX, "%s: %s", rel,
				 f.why ? f.why : "of another size");
	}
	free(rel);
	return err;
}

static int check_layer(struct verify *v, unsigned int i, const char *name,
		       const char *hex, struct fetch_error *e)
{
	const struct manifest_layer *l = &v->m.layers[i];
	bool base = l->kind == MANIFEST_BASE;
	char *rel =
		xasprintf("layers/%s.%s", hex, base ? "squashfs" : "cpio.gz");
	uint8_t *ip, *p, got[DIGEST_SIZE];
	size_t isize = 0;
	struct index ix;
	int err = get_index(v, l, hex, &ip, &isize, &ix, e);

	if (err) {
		free(rel);
		return err;
	}
	err = source_layer(v->source, rel, name, &ix, &p, e);
	if (!err) {
		digest_of(p, l->size, got);
		if (!digest_equal(got, l->digest))
			err = fetch_fail(e, CODE_HASH,
					 "%s: digest of the whole differs",
					 name);
		else if (base)
			err = check_base(name, l, p, e);
		else
			err = content_check(name, l, p, &v->grants[i], NULL, e);
		source_free(p, l->size);
	}
	source_free(ip, isize);
	free(rel);
	return err;
}

static void check_layers(struct verify *v)
{
	char hex[DIGEST_HEX + 1], *name;
	struct fetch_error e;
	unsigned int i;

	for (i = 0; i < v->m.n_layers; i++) {
		const struct manifest_layer *l = &v->m.layers[i];

		memset(&e, 0, sizeof(e));
		digest_hex(l->digest, hex);
		name = xasprintf("%s %.*s",
				 l->kind == MANIFEST_BASE ? "base" : "overlay",
				 (int)l->name.n, l->name.p);
		tell(v, name, check_layer(v, i, name, hex, &e) ? &e : NULL);
		free(name);
	}
}

/* What its overlays hold must be what the role was granted. */
static void check_roles(struct verify *v)
{
	const struct manifest_role *role;
	unsigned int i, k, need;
	struct fetch_error e;
	char *name;

	for (i = 0; i < v->m.n_roles; i++) {
		role = &v->m.roles[i];
		need = 0;
		for (k = 0; k < role->n_overlays; k++)
			need |= v->grants[role->overlays[k]];
		name = xasprintf("role %.*s", (int)role->name.n, role->name.p);
		need &= ~role->grants;
		if (need)
			fetch_fail(
				&e, CODE_GRANT,
				"%s: its overlays hold what it has no grant for (%s%s%s)",
				name,
				need & MANIFEST_GRANT_DEVNODES ? "devnodes "
							       : "",
				need & MANIFEST_GRANT_SETID ? "setid " : "",
				need & MANIFEST_GRANT_CAPS ? "caps" : "");
		tell(v, name, need ? &e : NULL);
		free(name);
	}
}

static void tell_boot(void *user, const char *object,
		      const struct fetch_error *e)
{
	tell(user, object, e);
}

static unsigned int run(struct verify *v, const char *tree, const void *cms,
			size_t cms_size)
{
	const size_t max = MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX;
	struct fetch_error e = {0};
	uint8_t *own = NULL;
	size_t own_size = 0;
	int err = 0;

	if (!cms) {
		err = source_blob(v->source, "manifest.cms", max, &own,
				  &own_size, NULL, &e);
		cms = own;
		cms_size = own_size;
	}
	if (!err)
		err = check_manifest(v, cms, cms_size, &e);
	tell(v, "manifest.cms", err ? &e : NULL);
	if (!err) {
		check_layers(v);
		check_roles(v);
		if (tree)
			verify_boots(tree, v->root, v->root_size, tell_boot, v);
	}
	source_close(v->source);
	free(v->root);
	return v->bad;
}

static struct verify *start(const char *root_path, unsigned int signers,
			    struct source *source, verify_told told, void *user)
{
	static struct verify v;

	memset(&v, 0, sizeof(v));
	v.source = source;
	v.n_signers = signers;
	v.told = told;
	v.user = user;
	v.root = anchors_read(root_path, &v.root_size);
	return &v;
}

unsigned int verify_tree(const char *dir, const char *root_path,
			 unsigned int signers, const void *cms, size_t cms_size,
			 verify_told told, void *user)
{
	return run(start(root_path, signers, source_dir(dir), told, user), dir,
		   cms, cms_size);
}

unsigned int verify_url(const char *url, const char *root_path,
			unsigned int signers, const char *tls_roots,
			verify_told told, void *user)
{
	return run(start(root_path, signers, source_url(url, tls_roots), told,
			 user),
		   NULL, NULL, 0);
}
