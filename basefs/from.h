/* SPDX-License-Identifier: MIT */
/* from.h - a system that exists already, whatever it comes as. */
#ifndef BASEFS_FROM_H
#define BASEFS_FROM_H

#include "host/oci.h"
#include "image.h"

enum from_kind { FROM_TAR, FROM_DIR, FROM_DISK, FROM_OCI };

struct from {
	const char *src; /* "-": a tar on standard input */
	enum from_kind kind;
	const char *scratch; /* a folder */
	struct oci oci;	     /* of FROM_OCI */
};

/* from_look - what is @src? Dies when it is not there. */
void from_look(struct from *f, const char *src);

/* from_word - "tar", "directory", "disk", "oci". */
const char *from_word(const struct from *f);

/*
 * from_open - check what can be before anything is packed: all of a container
 * image for @arch (or NULL). Large things go to @scratch.
 */
void from_open(struct from *f, const char *arch, const char *scratch);

/* from_feed - all of it into the image, or die. */
void from_feed(struct from *f, struct image *im);

#endif
