/* SPDX-License-Identifier: MIT */
/*
 * bytes.h - a buffer that grows, the edits that make good input bad, and
 * numbers that are the same in every run.
 */
#ifndef BYTES_H
#define BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint8_t *p;
	size_t n, room;
};

struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *r);
/* rng_below - 0 to @n - 1; @n is not 0. */
uint64_t rng_below(struct rng *r, uint64_t n);

/* bytes_need - end the program: a generator's own assumption failed. */
void bytes_need(bool ok, const char *what);

void bytes_set(struct bytes *b, const void *p, size_t n);
void bytes_add(struct bytes *b, const void *p, size_t n);
void bytes_text(struct bytes *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void bytes_insert(struct bytes *b, size_t at, const void *p, size_t n);
void bytes_remove(struct bytes *b, size_t at, size_t n);
void bytes_le(struct bytes *b, size_t at, unsigned int width, uint64_t v);
void bytes_be(struct bytes *b, size_t at, unsigned int width, uint64_t v);

/* bytes_find - offset of the @nth (modulo their number) @text, which is there.
 */
size_t bytes_find(const struct bytes *b, const char *text, uint64_t nth);
bool bytes_has(const struct bytes *b, const char *text);
void bytes_edit(struct bytes *b, uint64_t nth, const char *from,
		const char *to);

/* Lines with their newline, counted from 0; text that ends with one. */
size_t bytes_lines(const struct bytes *b);
void bytes_line(const struct bytes *b, size_t i, size_t *at, size_t *n);
void bytes_line_drop(struct bytes *b, size_t i);
void bytes_line_copy(struct bytes *b, size_t from, size_t before);

/* bytes_spread - the @k-th of @n offsets, near ones far apart. */
size_t bytes_spread(uint64_t k, size_t n);

#endif
