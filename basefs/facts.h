/* SPDX-License-Identifier: MIT */
/* facts.h - base.info: what other verbs may know of a base. */
#ifndef BASEFS_FACTS_H
#define BASEFS_FACTS_H

#include <stdbool.h>
#include <stdint.h>

struct facts {
	const char *name, *source; /* "mmdebstrap", from_word() */
	const char *suite, *arch;  /* or NULL: as the image says */
	const char *profile;
	const char *image, *layers;  /* of a container image, or NULL */
	const char *inputs, *recipe; /* keys, or NULL */
	uint32_t created;
};

/* facts_write - look into @image and write @path. */
void facts_write(const struct facts *f, const char *image, const char *path);

/* facts_same - does @path have this inputs=, and the digest of @image? */
bool facts_same(const char *path, const char *image, const char *inputs);

/* facts_print - on standard output; @note is put behind ("" for none). */
void facts_print(const char *path, const char *note, bool unchanged, bool json);

#endif
