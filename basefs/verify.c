/* SPDX-License-Identifier: MIT */
/* verify.c - --verify: a base built twice. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/sqread.h"
#include "host/twice.h"
#include "verify.h"

struct reader {
	struct twice_list *l;
	struct sqread *sq;
};

static int add_data(void *user, const void *p, size_t size)
{
	digest_update(user, p, size);
	return 0;
}

static void attributes(struct twice_entry *e, const struct sqread_node *n)
{
	struct digest_ctx d;

	digest_init(&d);
	for (size_t i = 0; i < n->n_xattrs; i++) {
		hash_add(&d, n->xattrs[i].name);
		hash_add_number(&d, n->xattrs[i].size);
		digest_update(&d, n->xattrs[i].value, n->xattrs[i].size);
	}
	digest_final(&d, e->xattrs);
}

static int one_node(void *user, const struct sqread_node *n)
{
	struct reader *r = user;
	struct twice_entry *e = twice_add(r->l, *n->path ? n->path : ".");
	struct digest_ctx d;
	int err = 0;

	e->mode = n->st.mode;
	e->uid = n->st.uid;
	e->gid = n->st.gid;
	e->mtime = n->st.mtime;
	e->links = n->nlink;
	attributes(e, n);
	digest_init(&d);
	hash_add(&d, n->st.target ? n->st.target : "");
	hash_add_number(&d, (uint64_t)n->major << 32 | n->minor);
	if (n->file)
		err = sqread_stream(r->sq, n->file, add_data, &d);
	digest_final(&d, e->content);
	if (n->file)
		sqread_free(n->file);
	return err;
}

static void read_image(struct twice_list *l, const char *path)
{
	const char *why = "";
	struct reader r = {l, sqread_open(path, &why)};

	if (!r.sq)
		die("%s: %s:", path, why);
	if (sqread_walk(r.sq, one_node, &r))
		die("%s: cannot be read", path);
	sqread_close(r.sq);
}

static int differ(const char *name, const char *first, const char *second)
{
	struct twice_list a = {0}, b = {0};
	char *where;

	read_image(&a, first);
	read_image(&b, second);
	where = twice_diff(&a, &b);
	warn("base %s: two builds differ: %s", name,
	     where ? where : "only in how they are packed");
	free(where);
	return EXIT_FAILED;
}

int verify_base(const struct site *s, struct work *w, struct from *existing)
{
	const char *name = w->recipe.name, *argv[12], *other;
	char a[DIGEST_HEX + 1], b[DIGEST_HEX + 1], *second, *from = NULL;
	size_t n = 1;
	int ret;

	w->force = true;
	ret = existing ? make_from(w, existing) : make_build(w);
	if (ret)
		return ret;
	if (w->dated) {
		char *date = xasprintf("%" PRIu32, w->epoch);

		/* the same day's mirror, whatever it has a minute later */
		setenv("SOURCE_DATE_EPOCH", date, 1);
		free(date);
	}
	other = twice_site(s);
	argv[n++] = "-C";
	argv[n++] = other;
	argv[n++] = "--force";
	argv[n++] = "--jobs=1";
	argv[n++] = xasprintf("--profile=%s", w->recipe.profile);
	if (w->no_lock)
		argv[n++] = "--no-lock";
	if (w->offline)
		argv[n++] = "--offline";
	if (existing)
		argv[n++] = from = xasprintf("--from=%s", existing->src);
	argv[n++] = name;
	argv[n] = NULL;
	twice_run(argv);
	second = xasprintf("%s/build/bases/%s/base.squashfs", other, name);
	hash_file_hex(w->image, a, NULL);
	hash_file_hex(second, b, NULL);
	if (strcmp(a, b))
		return differ(name, w->image, second);
	printf("base %s: built twice, the same bytes\n", name);
	free(second);
	free(from);
	return EXIT_DONE;
}
