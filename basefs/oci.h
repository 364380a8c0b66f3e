/* SPDX-License-Identifier: MIT */
/* oci.h - feed an image from a container image. */
#ifndef BASEFS_OCI_H
#define BASEFS_OCI_H

#include "host/oci.h"
#include "image.h"

/* oci_feed - all layers of @o over each other: what is left of them. */
void oci_feed(struct image *im, struct oci *o);

/* oci_ids - the diff_ids of the layers, lowest first; malloc-ed. */
char *oci_ids(const struct oci *o);

#endif
