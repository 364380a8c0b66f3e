/* SPDX-License-Identifier: MIT */
/* content.h - look through an overlay's archive as /init's unpacker would. */
#ifndef PUBLISH_CONTENT_H
#define PUBLISH_CONTENT_H

#include <sys/types.h>

#include "fetch/error.h"
#include "format/manifest.h"

enum content_kind { CONTENT_ENTRY, CONTENT_DELETED, CONTENT_OPAQUE };

/* Who wants to know of each path that an overlay touches, in no order; a file
 * above 4 GiB is told of once a part. @mode is an entry's. */
struct content_paths {
	void (*fn)(void *user, const char *path, mode_t mode,
		   enum content_kind kind);
	void *user;
};

/*
 * content_check - inflate and decode the @l->size bytes at @p under the
 * bounds that the manifest declares; *@grants receives what the role must
 * have granted (enum manifest_grant). @paths may be NULL. 0, or -EPROTO with @e
 * (E-GZIP, E-CPIO).
 */
int content_check(const char *name, const struct manifest_layer *l,
		  const uint8_t *p, unsigned int *grants,
		  const struct content_paths *paths, struct fetch_error *e);

#endif
