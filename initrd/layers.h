/* SPDX-License-Identifier: MIT */
/* layers.h - a layer as a proven file on the store's tmpfs. */
#ifndef LAYERS_H
#define LAYERS_H

#include "boot.h"

/*
 * layers_fetch - get layer @m; on 0 *@fd reads its file, which has no name
 * any more and no writer, and of which every byte is what was signed.
 */
int layers_fetch(struct boot *b, const struct manifest_layer *m, int *fd);

#endif
