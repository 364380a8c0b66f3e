/* SPDX-License-Identifier: MIT */
/*
 * fromoci.h - the layers that a container image has above those of the base:
 * a role that was written as a Containerfile.
 */
#ifndef OVERLAY_FROMOCI_H
#define OVERLAY_FROMOCI_H

#include "build.h"

/*
 * fromoci_open - open the image of b->role, if it has one, and check it, or
 * die: its lower layers must be the very ones that the base was made from
 * (layers= of base.info). Sets b->oci.
 */
void fromoci_open(struct build *b);

/*
 * fromoci_apply - make the union at root/ what the image is. Dies naming layer
 * and path. To be called before anything is mounted into the union; the
 * working folder is the same afterwards.
 */
void fromoci_apply(const struct build *b);

#endif
