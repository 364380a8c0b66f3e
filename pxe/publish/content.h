/* SPDX-License-Identifier: MIT */
/* content.h - look through an overlay's archive as /init's unpacker would. */
#ifndef PUBLISH_CONTENT_H
#define PUBLISH_CONTENT_H

#include "fetch/error.h"
#include "format/manifest.h"

/*
 * content_check - inflate and decode the @l->size bytes at @p under the
 * bounds that the manifest declares; *@grants receives what the role must
 * have granted (enum manifest_grant). 0, or -EPROTO with @e (E-GZIP, E-CPIO).
 */
int content_check(const char *name, const struct manifest_layer *l,
		  const uint8_t *p, unsigned int *grants,
		  struct fetch_error *e);

#endif
