/* SPDX-License-Identifier: MIT */
/* verify.c - --verify: an overlay built twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "format/cpio.h"
#include "format/ovl.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/twice.h"
#include "verify.h"

#define ENTRIES_MAX (1u << 24)

struct reader {
	struct twice_list *l;
	struct digest_ctx d;
};

static int begin(void *user, const struct cpio_entry *c, struct fault *f)
{
	struct reader *r = user;
	struct twice_entry *e = twice_add(
		r->l,
		strcmp(c->name, OVL_MEMBER)
			? c->name
			: "the list of deletions, opaque folders and xattrs");

	e->mode = c->mode;
	e->uid = c->uid;
	e->gid = c->gid;
	e->mtime = c->mtime;
	e->links = c->nlink;
	digest_init(&r->d);
	hash_add_number(&r->d, (uint64_t)c->rmajor << 32 | c->rminor);
	return 0;
}

static int data(void *user, const void *p, size_t size, struct fault *f)
{
	struct reader *r = user;

	digest_update(&r->d, p, size);
	return 0;
}

static int end(void *user, struct fault *f)
{
	struct reader *r = user;

	digest_final(&r->d, r->l->list[r->l->n - 1].content);
	return 0;
}

static const struct cpio_sink sink = {begin, data, end};

static void read_archive(struct twice_list *l, const char *path)
{
	struct cpio_decoder *d = xcalloc(1, sizeof(*d));
	struct reader r = {.l = l};
	struct fault f = {0};
	gzFile in = gzopen(path, "rbe");
	char buf[64 << 10];
	int n, err = 0;

	if (!in)
		die("%s:", path);
	cpio_decode_init(d, &sink, &r, ENTRIES_MAX, UINT64_MAX / 2);
	while (!err && (n = gzread(in, buf, sizeof(buf))) > 0)
		err = cpio_decode(d, buf, n, &f);
	if (err || n < 0)
		die("%s: %s", path, f.why ? f.why : "does not inflate");
	gzclose(in);
	free(d);
}

static int differ(const char *name, const char *first, const char *second)
{
	struct twice_list a = {0}, b = {0};
	char *where;

	read_archive(&a, first);
	read_archive(&b, second);
	where = twice_diff(&a, &b);
	warn("overlay %s: two builds differ: %s", name,
	     where ? where : "only in how they are packed");
	free(where);
	return EXIT_FAILED;
}

int verify_role(const struct make *m, const char *name)
{
	const struct site *s = m->site;
	char *first = site_path(s, "build/overlays/%s/overlay.cpio.gz", name);
	char a[DIGEST_HEX + 1], b[DIGEST_HEX + 1], *other, *second, **deps;
	char *oci =
		m->from_oci ? xasprintf("--from-oci=%s", m->from_oci) : NULL;
	const char *argv[] = {NULL,
			      "-C",
			      NULL,
			      "--force",
			      m->offline ? "--offline" : "--json",
			      m->no_lock ? "--no-lock" : "--json",
			      oci ? oci : "--json",
			      name,
			      NULL};
	struct make one = *m;
	int ret;

	one.force = true;
	ret = make_order(&one, name);
	if (ret)
		return ret;
	other = twice_site(s);
	twice_link(s, other, "bases");
	deps = make_below(s, name);
	for (size_t i = 0; deps[i]; i++) {
		char *path = xasprintf("overlays/%s", deps[i]);

		twice_link(s, other, path);
		free(path);
	}
	argv[2] = other;
	twice_run(argv);
	second = xasprintf("%s/build/overlays/%s/overlay.cpio.gz", other, name);
	hash_file_hex(first, a, NULL);
	hash_file_hex(second, b, NULL);
	if (strcmp(a, b))
		return differ(name, first, second);
	printf("overlay %s: built twice, the same bytes\n", name);
	outfile_remove(other);
	outfile_keep(other);
	free(oci);
	return EXIT_DONE;
}
