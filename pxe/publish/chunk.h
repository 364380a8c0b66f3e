/* SPDX-License-Identifier: MIT */
/*
 * chunk.h - cut a layer where its content says so, so that a small change in
 * a base changes few chunks: a gear hash, 16 KiB to 256 KiB, about 64 KiB on
 * average. Readers take any lengths; this is the writer's choice alone.
 */
#ifndef PUBLISH_CHUNK_H
#define PUBLISH_CHUNK_H

#include <stddef.h>
#include <stdint.h>

#define CHUNK_MIN (16u << 10)
#define CHUNK_AVG (64u << 10)
#define CHUNK_MAX (256u << 10)

/* chunk_next - length of the first chunk of the @size bytes at @p; 0 for 0. */
size_t chunk_next(const uint8_t *p, size_t size);

/*
 * chunk_index - the whole index of a layer (format/index.h), malloc-ed;
 * *@out_size is its length.
 */
void *chunk_index(const uint8_t *layer, size_t size, size_t *out_size);

#endif
