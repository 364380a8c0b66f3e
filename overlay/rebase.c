/* SPDX-License-Identifier: MIT */
/* rebase.c - an overlay on a newer base, as it is. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "format/text.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "host/sqread.h"
#include "captured.h"
#include "rebase.h"

#define NAMED_MAX   20 /* then the list ends: they are of a kind */
#define OVERLAY_MAX (1u << 31)

/* One of @pattern's files whose .info or name has this digest, or NULL. */
static char *by_info(const char *pattern, const char *digest)
{
	char *found = NULL, *image;
	struct ini ini;
	const char *had;
	glob_t g;

	if (glob(pattern, 0, NULL, &g))
		return NULL;
	for (size_t i = 0; i < g.gl_pathc && !found; i++) {
		if (ini_read(&ini, g.gl_pathv[i]))
			continue;
		had = ini_get(&ini, "base", "digest");
		image = xasprintf("%.*s.squashfs",
				  (int)strlen(g.gl_pathv[i]) - 5,
				  g.gl_pathv[i]);
		if (had && !strcmp(had, digest) && !access(image, R_OK))
			found = image;
		else
			free(image);
		ini_free(&ini);
	}
	globfree(&g);
	return found;
}

/* The image of a base that was: in the cache, or as it was published. */
static char *old_image(const struct build *b, const char *digest)
{
	char *pattern = xasprintf("%s/bases/*.info", b->cache);
	char *found = by_info(pattern, digest), hex[DIGEST_HEX + 1];
	char *published =
		site_path(b->site, "public/layers/%s.squashfs", digest);
	uint64_t size;

	if (!found && !access(published, R_OK))
		found = xstrdup(published);
	if (!found)
		die("role %s: its base %.12s is neither in %s/bases nor in public/layers: nothing to compare with, so 'slipway overlay %s' builds it anew",
		    b->role->name, digest, b->cache, b->role->name);
	hash_file_hex(found, hex, &size);
	if (strcmp(hex, digest))
		die("%s: damaged: it should have the digest %s", found, digest);
	free(published);
	free(pattern);
	return found;
}

void rebase_prepare(struct build *b)
{
	char *path = xasprintf("%s/overlay.info", b->out);
	char *old = captured_base(b->role);
	char inputs[DIGEST_HEX + 1], base[DIGEST_HEX + 1];
	struct info i;

	if (b->deps[0])
		die("role %s: stands on overlay %s, which may have changed as well: build it anew, or rebase that one",
		    b->role->name, b->deps[0]);
	if (old) {
		b->replay = xasprintf("%s/captured.cpio.gz", b->role->dir);
	} else {
		if (info_read(path, &i, inputs, base))
			die("overlay %s: not built, so there is nothing to rebase",
			    b->role->name);
		old = xstrdup(base);
		b->replay = xasprintf("%s/overlay.cpio.gz", b->out);
	}
	if (!strcmp(old, b->base->digest)) {
		info("overlay %s: stands on this base already", b->role->name);
		free(b->replay);
		b->replay = NULL;
	} else {
		b->rebase_from = old_image(b, old);
	}
	free(old);
	free(path);
}

/* All touched paths in one image, a digest each; zeros: not there. */
struct seen {
	const struct capture *c;
	struct sqread *sq;
	uint8_t (*digest)[DIGEST_SIZE];
};

static int add_data(void *user, const void *p, size_t size)
{
	digest_update(user, p, size);
	return 0;
}

static void add_meta(struct digest_ctx *d, const struct sqread_node *n)
{
	hash_add_number(d, n->st.mode);
	hash_add_number(d, n->st.uid);
	hash_add_number(d, n->st.gid);
	hash_add(d, n->st.target ? n->st.target : "");
	hash_add_number(d, (uint64_t)n->major << 32 | n->minor);
	for (size_t i = 0; i < n->n_xattrs; i++) {
		hash_add(d, n->xattrs[i].name);
		hash_add_number(d, n->xattrs[i].size);
		digest_update(d, n->xattrs[i].value, n->xattrs[i].size);
	}
	/* a folder's date tells of what else is in it */
	if (!S_ISDIR(n->st.mode)) {
		hash_add_number(d, n->st.mtime);
		hash_add_number(d, n->st.size);
	}
}

static int one_node(void *user, const struct sqread_node *n)
{
	struct seen *s = user;
	const struct capture_entry *e =
		capture_find(s->c, *n->path ? n->path : ".");
	struct digest_ctx d;
	int err = 0;

	if (e) {
		digest_init(&d);
		add_meta(&d, n);
		if (n->file)
			err = sqread_stream(s->sq, n->file, add_data, &d);
		digest_final(&d, s->digest[e - s->c->entries]);
	}
	if (n->file)
		sqread_free(n->file);
	return err;
}

static void look(struct seen *s, const struct capture *c, const char *image)
{
	const char *why = "";

	s->c = c;
	s->digest = xcalloc(c->n + 1, sizeof(*s->digest));
	s->sq = sqread_open(image, &why);
	if (!s->sq)
		die("%s: %s:", image, why);
	if (sqread_walk(s->sq, one_node, s))
		die("%s: cannot be read", image);
	sqread_close(s->sq);
}

static void name_it(const char *path, const uint8_t *was, const uint8_t *is)
{
	static const uint8_t none[DIGEST_SIZE];
	char shown[3 * 200 + 1];

	if (text_escape(shown, sizeof(shown), text_span(path)) < 0)
		memcpy(shown, "(long name)", sizeof("(long name)"));
	info("  %s: %s", shown,
	     !memcmp(was, none, DIGEST_SIZE)  ? "new in the base"
	     : !memcmp(is, none, DIGEST_SIZE) ? "gone from the base"
					      : "changed in the base");
}

void rebase_check(const struct build *b, const struct capture *c)
{
	struct seen old, new;
	unsigned int refused = 0;

	look(&old, c, b->rebase_from);
	look(&new, c, b->base->image);
	for (size_t i = 0; i < c->n; i++) {
		if (!memcmp(old.digest[i], new.digest[i], DIGEST_SIZE) ||
		    capture_hidden(c, c->entries[i].path))
			continue;
		if (++refused <= NAMED_MAX)
			name_it(c->entries[i].path, old.digest[i],
				new.digest[i]);
	}
	if (refused)
		die("role %s: cannot be rebased: %u paths that it touches are not as they were: 'slipway overlay %s' builds it anew",
		    b->role->name, refused, b->role->name);
	free(old.digest);
	free(new.digest);
}

void rebase_keep(const struct build *b)
{
	char *from = xasprintf("%s/overlay.cpio.gz", b->out);
	char *to = xasprintf("%s/captured.cpio.gz", b->role->dir);
	char *old = captured_base(b->role), *none[] = {NULL}, *data;
	size_t size;

	if (old && b->rebase_from) {
		data = outfile_slurp(from, OVERLAY_MAX, &size);
		if (!data)
			die("%s:", from);
		outfile_put(to, 0644, data, size);
		captured_note(b->role->dir, b->base->digest, none);
		free(data);
	}
	free(old);
	free(from);
	free(to);
}
