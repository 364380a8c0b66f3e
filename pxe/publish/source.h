/* SPDX-License-Identifier: MIT */
/*
 * source.h - where a publish tree's objects come from: a folder, or mirrors.
 */
#ifndef PUBLISH_SOURCE_H
#define PUBLISH_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "fetch/error.h"
#include "format/index.h"

struct source;

/*
 * A source is one of the two; source_close() frees it. @roots: a file of
 * certificates for https, NULL for the system's.
 */
struct source *source_dir(const char *dir);
struct source *source_url(const char *url, const char *roots);
void source_close(struct source *s);

/*
 * source_blob - a small object whole, at most @max bytes; with @digest it
 * must have it and *@size bytes. 0, or -EPROTO with @e. @p is freed by
 * source_free().
 */
int source_blob(struct source *s, const char *rel, size_t max, uint8_t **p,
		size_t *size, const uint8_t *digest, struct fetch_error *e);

/* source_layer - a layer, every chunk of @ix proven. As source_blob. */
int source_layer(struct source *s, const char *rel, const char *name,
		 const struct index *ix, uint8_t **p, struct fetch_error *e);

/* source_into - the same from mirrors into the file @fd, which has its size. */
int source_into(struct source *s, const char *rel, const char *name,
		const struct index *ix, int fd, struct fetch_error *e);

/*
 * source_quick - while @quick, believe a server at once that says it has not
 * an object, instead of asking it again: for what may well not be there.
 */
void source_quick(struct source *s, bool quick);

void source_free(uint8_t *p, size_t size);

#endif
