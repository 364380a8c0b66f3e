/* SPDX-License-Identifier: MIT */
/* blob.h - the blobs of a container image while it is written. */
#ifndef LOOK_BLOB_H
#define LOOK_BLOB_H

#include "look.h"

/* In a temporary file without a name. */
struct blob {
	char hex[DIGEST_HEX + 1];
	char plain[DIGEST_HEX + 1]; /* of what is compressed */
	uint64_t size;
	int fd;
};

/* blob_layer - the tar of @layer, gzip. blob_text - @text as it is. Both in
 * the folder that @beside is in; they die when they cannot. */
void blob_layer(struct blob *b, const struct look_layer *layer,
		const char *beside);
void blob_text(struct blob *b, const char *text, const char *beside);

#endif
