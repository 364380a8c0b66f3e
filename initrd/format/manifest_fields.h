/* SPDX-License-Identifier: MIT */
/*
 * manifest_fields.h - one field after the other of a manifest's line, for the
 * files that decode one. All return 0, or a negative errno with the parser's
 * fault set: -EBADMSG (not the grammar), -ENOTSUP (for newer readers),
 * -EOVERFLOW (too many).
 */
#ifndef FORMAT_MANIFEST_FIELDS_H
#define FORMAT_MANIFEST_FIELDS_H

#include "format/manifest.h"

struct manifest_parser {
	struct manifest *m;
	struct fault *f;
	uint64_t where;
	struct span line; /* what is left of the line */
};

/* manifest_bad - note why, return @err. */
int manifest_bad(struct manifest_parser *s, int err, const char *why);

/* manifest_field - the next field that is not a "?" one, which only newer
 * readers know; false at the end of the line. */
bool manifest_field(struct manifest_parser *s, struct span *field);

/* manifest_value - the next field, which must begin with @key; the rest. */
int manifest_value(struct manifest_parser *s, const char *key,
		   struct span *value);
int manifest_u64(struct manifest_parser *s, const char *key, uint64_t min,
		 uint64_t *v);
int manifest_digest(struct manifest_parser *s, const char *key,
		    uint8_t out[DIGEST_SIZE]);
int manifest_name(struct manifest_parser *s, const char *key,
		  struct span *name);

/* manifest_end - nothing may be left of the line. */
int manifest_end(struct manifest_parser *s);

/* manifest_role_index - the next field names a role that was declared. */
int manifest_role_index(struct manifest_parser *s, const char *key,
			unsigned int *role);

/* manifest_match - "KEY=GLOB", the machines that a line is about. */
int manifest_match(struct manifest_parser *s, enum manifest_key *key,
		   struct span *pattern);

/* manifest_stack - base, overlays and grants of a role or an image, up to the
 * end of the line. */
int manifest_stack(struct manifest_parser *s, struct manifest_role *r);

/* The lines of manifest_image.c. */
int manifest_image_line(struct manifest_parser *s);
int manifest_pin_line(struct manifest_parser *s);

#endif
