/* SPDX-License-Identifier: MIT */
/*
 * layers.h - the layers of a role, each as a proven file on the store's
 * tmpfs. All are on their way together; an overlay is unpacked as soon as it
 * is whole.
 */
#ifndef LAYERS_H
#define LAYERS_H

#include "fetch/fetch.h"

struct manifest_layer;

#define LAYERS_MAX (MANIFEST_OVERLAYS_MAX + 1)

/* Overlays in their order, then the base. */
struct layers {
	unsigned int n;
	const struct manifest_layer *m[LAYERS_MAX];
	struct fetch_layer l[LAYERS_MAX];
	char names[LAYERS_MAX][64], rels[LAYERS_MAX][16 + 64 + 16];
	uint8_t *indexes[LAYERS_MAX];
	int files[LAYERS_MAX]; /* read-only, or -1 */
	uint64_t room;	       /* bytes left for the files of overlays */

	pid_t beside[LAYERS_MAX]; /* beside.h; 0: none */
	int said[LAYERS_MAX];	  /* what they say, or -1 */
	uint64_t unpack_ms[LAYERS_MAX][2];
};

#endif
