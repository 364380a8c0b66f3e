/* SPDX-License-Identifier: MIT */
/*
 * seed.h - the chunks that this disk has: of all layers of all releases, by
 * their digests. A hint where to look: whoever takes one hashes it again.
 */
#ifndef INSTALL_SEED_H
#define INSTALL_SEED_H

#include "format/index.h"
#include "update.h"

struct seed {
	size_t n_files, n;
	char **files;
	struct seed_chunk *chunks; /* by digest */
};

/* seed_open - read the indexes of all releases; what is broken is no seed. */
void seed_open(struct seed *s, const struct update *u);
void seed_close(struct seed *s);

/*
 * seed_fill - write into @fd what the disk has of the layer @ix, hashed, and
 * what the file holds already counts as well. @have, a byte a chunk, becomes
 * 1 for each that is right. Returns the bytes that are missing.
 */
uint64_t seed_fill(const struct seed *s, const struct index *ix, int fd,
		   uint8_t *have);

/*
 * seed_join - let @have miss the chunks between missing ones too, the smallest
 * gaps first, until there are at most @max runs: a request costs more than a
 * few chunks.
 */
void seed_join(const struct index *ix, uint8_t *have, unsigned int max);

#endif
