/* SPDX-License-Identifier: MIT */
/* proven.h - a signed manifest in a file, believed as machines believe it. */
#ifndef HOST_PROVEN_H
#define HOST_PROVEN_H

#include "format/manifest.h"

/* The bytes behind a manifest, which points into @text. */
struct proven {
	struct span text; /* what was signed */
	char *cms;	  /* the file */
	size_t cms_size;
};

/*
 * proven_read - the manifest of @path, signed under @anchors (@anchors_size
 * bytes as format/anchor.h has them, with what is revoked), into @m.
 *
 * @whose: where the anchors are from, for a message. Site, floor, date and
 * further signers are not asked after: that is `slipway verify`'s business.
 * Returns false with errno set when there is no such file, else @p is to be
 * freed; dies when it cannot be read, is refused (E-SIG), or is no manifest
 * (E-MAN).
 */
bool proven_read(struct proven *p, struct manifest *m, const char *path,
		 const void *anchors, size_t anchors_size, const char *whose);

/* proven_open - the same under @root_path (anchors_read). */
bool proven_open(struct proven *p, struct manifest *m, const char *path,
		 const char *root_path);

void proven_free(struct proven *p);

#endif
