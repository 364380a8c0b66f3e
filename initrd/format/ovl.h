/* SPDX-License-Identifier: MIT */
/*
 * ovl.h - the reserved first member of an overlay archive, which carries what
 * newc cannot: deletions, opaque directories, extended attributes and files
 * above 4 GiB. Lines of text, grammar in README.md:
 *
 *	slipway-overlay 1
 *	base SHA256			captured against this base
 *	delete PATH			a whiteout: PATH of the layers below is gone
 *	opaque PATH			directory PATH hides the layers below
 *	xattr PATH NAME HEX		set after all members are in place
 *	parts PATH COUNT		PATH's data goes on in the next COUNT-1
 *					members, named PATH too
 *
 * Paths are text_escape()d, relative, in strict byte order within a kind.
 */
#ifndef FORMAT_OVL_H
#define FORMAT_OVL_H

#include "format/digest.h"
#include "format/text.h"

#define OVL_MEMBER ".slipway-overlay"	/* name of the member, mode 0100400 */
#define OVL_MAGIC "slipway-overlay 1\n"
#define OVL_SIZE_MAX (16u << 20)
#define OVL_XATTR_NAME_MAX 255
#define OVL_XATTR_VALUE_MAX 4096

enum ovl_kind { OVL_DELETE, OVL_OPAQUE, OVL_XATTR, OVL_PARTS };

struct ovl_item {
	enum ovl_kind kind;
	char path[4096];		/* unescaped, clean as a cpio name */
	size_t path_len;
	char name[OVL_XATTR_NAME_MAX + 1];
	uint8_t value[OVL_XATTR_VALUE_MAX];
	size_t value_len;
	uint32_t parts;
};

/*
 * ovl_open - check magic and base line of @text; *@items is the rest.
 *
 * Returns 0, -EBADMSG, -EOVERFLOW (above OVL_SIZE_MAX).
 */
int ovl_open(struct span text, uint8_t base[DIGEST_SIZE], struct span *items,
	     struct fault *f);

/*
 * ovl_next - decode the next line of *@items into *@it.
 *
 * Returns 1, 0 at the end, -EBADMSG (not the grammar; a path that is empty,
 * absolute, has "", "." or ".." components; an xattr name outside user.,
 * security.capability, security.selinux, security.ima,
 * system.posix_acl_access, system.posix_acl_default; out of order),
 * -EOVERFLOW, -ENOTSUP (unknown word). @prev is the caller's copy of the
 * previous item, or NULL at the first, for the order check.
 */
int ovl_next(struct span *items, struct ovl_item *it,
	     const struct ovl_item *prev, struct fault *f);

/* ovl_print - one line for @it; returns its length or -EOVERFLOW. */
int ovl_print(char *buf, size_t size, const struct ovl_item *it);

#endif
