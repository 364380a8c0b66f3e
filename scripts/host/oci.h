/* SPDX-License-Identifier: MIT */
/*
 * oci.h - container images: an OCI image layout (image-spec 1.1, a folder or
 * a tar of one) or what `docker save` writes. Found, chosen and checked here;
 * ocilayer.h reads a layer, ocitree.h puts layers over each other.
 */
#ifndef HOST_OCI_H
#define HOST_OCI_H

#include <stdbool.h>
#include <stdint.h>
#include "format/digest.h"

#define OCI_LAYERS_MAX 256

/* What all layers of an image may unpack to, and how many names they have. */
#define OCI_BYTES_MAX (16ull << 30)
#define OCI_NAMES_MAX (2u << 20)

struct oci_layer {
	char *path;		      /* of the blob */
	char diff_id[DIGEST_HEX + 1]; /* digest of the tar in it */
	uint64_t size;		      /* of the blob, bytes */
	bool counted;		      /* in bytes, below */
};

struct oci {
	const char *src;
	char *dir; /* of the layout, absolute */
	char image[DIGEST_HEX + 1]; /* digest of manifest, else of config */
	char *arch; /* Debian's name, or NULL: it does not say */
	unsigned int n;
	struct oci_layer layers[OCI_LAYERS_MAX]; /* lowest first */
	uint64_t bytes; /* unpacked so far, of OCI_BYTES_MAX */
};

/*
 * oci_is - is @src an image? By its prefix ("oci:", "oci-archive:",
 * "docker-archive:"), a file "oci-layout" or "manifest.json" in a folder, or
 * the first names in a tar.
 */
bool oci_is(const char *src);

/*
 * oci_open - choose an image and check it, or die naming what is wrong.
 *
 * @src: [PREFIX:]PATH[:REF]; REF is a tag, a full name or a digest, wanted
 * when there are several images. @arch: Debian's name, or NULL: this
 * machine's where there is a choice. A tar is unpacked to a folder in
 * @scratch, which outfile.h removes at the end. Every blob has the digest by
 * which it is named when this returns. What @o points to is never freed.
 */
void oci_open(struct oci *o, const char *src, const char *arch,
	      const char *scratch);

/* oci_below - @src with its path, when that is not absolute, seen from the
 * folder @dir; malloc-ed. */
char *oci_below(const char *src, const char *dir);

/* oci_file - the file or folder that @src names, without prefix and ref;
 * malloc-ed. */
char *oci_file(const char *src);

#endif
