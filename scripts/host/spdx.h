/* SPDX-License-Identifier: MIT */
/*
 * spdx.h - what is in a layer as SPDX 2.3 JSON (spdx.github.io/spdx-spec/v2.3):
 * the same layer, the same bytes.
 */
#ifndef HOST_SPDX_H
#define HOST_SPDX_H

#include <stdint.h>

#include "host/pkglist.h"

struct spdx {
	const char *name;	   /* of the layer: "overlay-web" */
	const char *file, *digest; /* its file, and SHA-256 in hex */
	const char *suite;	   /* or NULL */
	uint32_t created;	   /* SOURCE_DATE_EPOCH */
	const struct pkglist *packages;
};

/* spdx_write - to @path, whole or not at all; or die. */
void spdx_write(const struct spdx *s, const char *path);

#endif
