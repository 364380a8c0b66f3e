/* SPDX-License-Identifier: MIT */
/* ocilayer.h - the tar in a layer of a container image. */
#ifndef HOST_OCILAYER_H
#define HOST_OCILAYER_H

#include "oci.h"
#include "tarread.h"

/*
 * ocilayer_read - tell @sink of every entry of layer @i, with clean paths
 * ("" is the root), as tree.h has them, hard link targets too.
 *
 * Dies when the tar has not the digest that the configuration gives it, when
 * it unpacks to far more than it takes or to more than all layers may, and on
 * entries that no layer may hold: paths and links that leave it, whiteouts
 * and attributes of overlayfs' own, owners out of range.
 */
void ocilayer_read(struct oci *o, unsigned int i,
		   const struct tarread_sink *sink, void *user);

#endif
