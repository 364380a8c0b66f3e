// SPDX-License-Identifier: MIT
/* compare.c - two looks, entry by entry. */
#include <string.h>
#include <sys/stat.h>

#include "compare.h"

static bool same_file(const struct look *old, struct look_entry *a,
		      const struct look *new, struct look_entry *b)
{
	return a->size == b->size &&
	       digest_equal(look_digest(old, a), look_digest(new, b));
}

static bool same_content(const struct look *old, struct look_entry *a,
			 const struct look *new, struct look_entry *b)
{
	switch (a->mode & S_IFMT) {
	case S_IFREG:
		return same_file(old, a, new, b);
	case S_IFLNK:
		return !strcmp(a->target, b->target);
	case S_IFCHR:
	case S_IFBLK:
		return a->major == b->major && a->minor == b->minor;
	default:
		return true;
	}
}

/* In whatever order they stand. */
static bool same_xattrs(const struct look_entry *a, const struct look_entry *b)
{
	size_t i, k;

	if (a->n_xattrs != b->n_xattrs)
		return false;
	for (i = 0; i < a->n_xattrs; i++) {
		const struct look_xattr *x = &a->xattrs[i];

		for (k = 0; k < b->n_xattrs; k++)
			if (!strcmp(x->name, b->xattrs[k].name))
				break;
		if (k == b->n_xattrs || x->size != b->xattrs[k].size ||
		    memcmp(x->value, b->xattrs[k].value, x->size))
			return false;
	}
	return true;
}

static unsigned int differ(const struct look *old, struct look_entry *a,
			   const struct look *new, struct look_entry *b)
{
	unsigned int what = 0;

	if (a->deleted != b->deleted || a->opaque != b->opaque ||
	    (a->mode & S_IFMT) != (b->mode & S_IFMT))
		return COMPARE_TYPE;
	if (a->deleted)
		return 0;
	if (!same_content(old, a, new, b))
		what |= COMPARE_CONTENT;
	/* a link's mode is not used by anybody */
	if ((a->mode ^ b->mode) & 07777 && !S_ISLNK(a->mode))
		what |= COMPARE_MODE;
	if (a->uid != b->uid || a->gid != b->gid)
		what |= COMPARE_OWNER;
	if (!same_xattrs(a, b))
		what |= COMPARE_XATTRS;
	if (a->mtime != b->mtime)
		what |= COMPARE_TIME;
	return what;
}

void compare(struct look *old, struct look *new,
	     void (*fn)(void *user, const struct look_entry *a,
			const struct look_entry *b, unsigned int what),
	     void *user)
{
	size_t i = 0, k = 0;

	while (i < old->n || k < new->n) {
		struct look_entry *a = i < old->n ? &old->entries[i] : NULL;
		struct look_entry *b = k < new->n ? &new->entries[k] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);
		unsigned int what;

		if (order < 0) {
			fn(user, a, NULL, COMPARE_REMOVED);
		} else if (order > 0) {
			fn(user, NULL, b, COMPARE_ADDED);
		} else {
			what = differ(old, a, new, b);
			if (what)
				fn(user, a, b, what);
		}
		i += order <= 0;
		k += order >= 0;
	}
}
