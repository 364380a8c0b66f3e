/* SPDX-License-Identifier: MIT */
/* check.c - refuses at build time what would fail, or harm, at boot. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <stdlib.h>
#include "format/cpio.h"
#include "format/ovl.h"
#include "host/alloc.h"
#include "host/error.h"
#include "check.h"
#include "role.h"

#define REFUSED_MAX 20 /* then the list ends: they are of a kind */

struct check {
	const struct capture *capture;
	const char *const *lowers;
	size_t n_lowers;
	unsigned int grants;
	unsigned int refused;
};

static void refuse(struct check *k, const char *path, const char *what,
		   const char *cure)
{
	char shown[3 * 200 + 1];

	if (++k->refused > REFUSED_MAX)
		return;
	/* a name may be refused for the very bytes a terminal should not get */
	if (text_escape(shown, sizeof(shown), text_span(path)) < 0)
		memcpy(shown, "(long name)", sizeof("(long name)"));
	warn("%s: %s: %s", shown, what, cure);
}

static bool name_ok(const char *path)
{
	size_t depth = 1, part = 0, n = 0;

	for (; path[n]; n++) {
		unsigned char c = path[n];

		if (c < 0x20 || c == 0x7f)
			return false;
		part = c == '/' ? 0 : part + 1;
		depth += c == '/';
		if (part > CPIO_PART_MAX)
			return false;
	}
	return n <= CPIO_NAME_MAX && depth <= CPIO_DEPTH_MAX;
}

/* Is there a symlink at @path in the topmost layer that has anything there? */
static bool hides_symlink(const struct check *k, const char *path)
{
	for (size_t i = 0; i < k->n_lowers; i++) {
		char *at = xasprintf("%s/%s", k->lowers[i], path);
		struct stat st;
		int err = lstat(at, &st) ? errno : 0;

		free(at);
		if (!err)
			return S_ISLNK(st.st_mode);
		/* a folder above it is something else in this layer */
		if (err == ENOTDIR)
			return false;
		if (err != ENOENT)
			die("%s:", path);
	}
	return false;
}

static void check_type(struct check *k, const struct capture_entry *e)
{
	mode_t m = e->st.st_mode;

	if (S_ISFIFO(m))
		refuse(k, e->path, "a fifo",
		       "make it at run time "
		       "(tmpfiles.d) and remove it in a cleanup hook");
	if ((S_ISCHR(m) || S_ISBLK(m)) && !(k->grants & ROLE_DEVNODES))
		refuse(k, e->path, "a device node",
		       "remove it, or give the role grants=devnodes");
	if (S_ISREG(m) && m & (S_ISUID | S_ISGID) && !(k->grants & ROLE_SETID))
		refuse(k, e->path, "a setuid or setgid file",
		       "clear the bit, or give the role grants=setid");
	if (S_ISDIR(m) && strcmp(e->path, ".") && hides_symlink(k, e->path) &&
	    !capture_hidden(k->capture, e->path))
		refuse(k, e->path, "a directory in place of a symlink",
		       "install below the symlink's target instead");
}

static void check_entry(struct check *k, const struct capture_entry *e)
{
	if (!name_ok(e->path))
		refuse(k, e->path,
		       "a name that is too long, too deep or "
		       "holds control characters",
		       "rename it");
	if (!strcmp(e->path, OVL_MEMBER) || !strcmp(e->path, CPIO_TRAILER))
		refuse(k, e->path, "a reserved name", "rename it");
	if (e->deleted)
		return;
	check_type(k, e);
	if (e->target && !*e->target)
		refuse(k, e->path, "an empty symlink", "remove it");
	for (size_t i = 0; i < e->n_xattrs; i++)
		if (!strcmp(e->xattrs[i].name, "security.capability") &&
		    !(k->grants & ROLE_CAPS))
			refuse(k, e->path, "a file with capabilities",
			       "remove them (setcap -r), or give the role "
			       "grants=caps");
}

void check_capture(const struct capture *c, const char *const *lowers, size_t n,
		   unsigned int grants)
{
	struct check k = {c, lowers, n, grants, 0};

	for (size_t i = 0; i < c->n; i++) {
		check_entry(&k, &c->entries[i]);
		if (i && !strcmp(c->entries[i].path, c->entries[i - 1].path))
			refuse(&k, c->entries[i].path, "there twice",
			       "the file system is damaged");
	}
	if (k.refused)
		die("%u entries refused, nothing packed", k.refused);
}
