// SPDX-License-Identifier: MIT
/*
 * pieces.c - programs, udev rules and start-up pieces that roles add. They are
 * in the list of files like all else, so /init runs only what was packed here.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/hash.h"
#include "host/outfile.h"
#include "pieces.h"

#define PIECE_MAX (256u << 20)

static int visible(const struct dirent *d)
{
	return strcmp(d->d_name, ".") && strcmp(d->d_name, "..");
}

static void add_file(struct bundle *a, const char *from, const char *to)
{
	const struct bundle_entry *have = bundle_find(a, to);
	size_t size;
	char *data = outfile_slurp(from, PIECE_MAX, &size);

	if (!data)
		die("%s: cannot read:", from);
	if (!have) {
		bundle_file(a, to, 0755, data, size);
		return;
	}
	/* the shell of a rescue initrd is a link, and does as well */
	if (S_ISREG(have->mode) &&
	    (have->size != size || memcmp(have->data, data, size)))
		die("initrd: %s: two roles bring it, and differ", to);
	free(data);
}

static void add_folder(struct bundle *a, const char *dir, const char *to)
{
	struct dirent **list;
	int n = scandir(dir, &list, visible, alphasort);
	struct stat st;

	if (n < 0)
		die("%s: cannot read:", dir);
	for (int i = 0; i < n; i++) {
		char *from = xasprintf("%s/%s", dir, list[i]->d_name);
		char *path = xasprintf("%s%s%s", to, *to ? "/" : "",
				       list[i]->d_name);

		if (lstat(from, &st))
			die("%s:", from);
		if (S_ISDIR(st.st_mode))
			add_folder(a, from, path);
		else if (S_ISREG(st.st_mode))
			add_file(a, from, path);
		else
			die("%s: neither a file nor a folder", from);
		free(from);
		free(path);
		free(list[i]);
	}
	free(list);
}

/* Its programs must find the libraries and the kernel that they were built
 * for. */
static void check_base(const struct pack *p, const char *role)
{
	char *path = site_path(p->site, "build/overlays/%s/overlay.info", role);
	struct ini ini;

	if (ini_read(&ini, path))
		die("role %s: not built; run 'slipway overlay %s'", role, role);
	if (strcmp(ini_need(&ini, "overlay", "base-digest"), p->base->digest))
		die("role %s: built on another base than %s is now; run 'slipway overlay %s'",
		    role, p->base->name, role);
	ini_free(&ini);
	free(path);
}

static char *folder(const struct pack *p, const char *role)
{
	char *dir = site_path(p->site, "build/overlays/%s/initrd", role);

	check_base(p, role);
	if (access(dir, F_OK))
		die("role %s: adds nothing to an initrd; that is what a folder initrd/ in it is for",
		    role);
	return dir;
}

void pieces_add(const struct pack *p, struct bundle *a)
{
	for (char *const *r = p->roles; *r; r++) {
		char *dir = folder(p, *r);

		add_folder(a, dir, "");
		free(dir);
	}
}

void pieces_hash(const struct pack *p, struct digest_ctx *d)
{
	for (char *const *r = p->roles; *r; r++) {
		char *dir = folder(p, *r);

		hash_add(d, *r);
		hash_add_tree(d, dir);
		free(dir);
	}
}
