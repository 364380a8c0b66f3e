/* SPDX-License-Identifier: MIT */
/*
 * pkglist.h - Debian packages by name, architecture, version and what they
 * are fetched by. The same text is the package list beside a layer and, in
 * the folder of a base or role, its lock:
 *
 *	date SECONDS	(of a base: the SOURCE_DATE_EPOCH that it is built with)
 *	NAME ARCH VERSION SHA256 FILENAME
 *
 * sorted by name and architecture. SHA256 and FILENAME (below the archive's
 * root) are "-" where no archive told them.
 */
#ifndef HOST_PKGLIST_H
#define HOST_PKGLIST_H

#include <stddef.h>
#include <stdint.h>

struct pkg {
	char *name, *arch, *version;
	char *sha256, *filename; /* or "-" */
	uint64_t installed;	 /* KiB, by dpkg; 0 when read from a lock */
};

struct pkglist {
	uint32_t date; /* 0: none */
	size_t n;
	struct pkg *list;
};

/* pkglist_status - what is installed by dpkg's status file @text. */
void pkglist_status(struct pkglist *l, const char *text);

/* pkglist_new - move to @l, which is empty, what of @all is not in @old. */
void pkglist_new(struct pkglist *l, struct pkglist *all,
		 const struct pkglist *old);

/* pkglist_show - take digests and file names from what apt-cache show says. */
void pkglist_show(struct pkglist *l, const char *text);

/* pkglist_args - "apt-cache", "show", "NAME:ARCH=VERSION"...; malloc-ed. */
const char **pkglist_args(const struct pkglist *l);

/* pkglist_read - of a file; 0, -ENOENT; dies with file and line on what is no
 * such list. */
int pkglist_read(struct pkglist *l, const char *path);

/* pkglist_write - whole or not at all. pkglist_lockable - die naming the
 * package (of @what) that no archive has. */
void pkglist_write(const struct pkglist *l, const char *path);
void pkglist_lockable(const struct pkglist *l, const char *what);

const struct pkg *pkglist_find(const struct pkglist *l, const char *name,
			       const char *arch);

#endif
