// SPDX-License-Identifier: MIT
/* bytes.c - buffers, edits and repeatable numbers of the generators. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

/* splitmix64: any seed is a good one. */
uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint64_t rng_below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

void bytes_need(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "generator: %s\n", what);
	exit(1);
}

static void reserve(struct bytes *b, size_t more)
{
	if (b->room - b->n >= more && b->p)
		return;
	b->room = b->n + more + 4096;
	b->p = realloc(b->p, b->room);
	bytes_need(b->p, "out of memory");
}

void bytes_insert(struct bytes *b, size_t at, const void *p, size_t n)
{
	bytes_need(at <= b->n, "insertion behind the end");
	reserve(b, n);
	memmove(b->p + at + n, b->p + at, b->n - at);
	if (n)
		memcpy(b->p + at, p, n);
	b->n += n;
}

void bytes_remove(struct bytes *b, size_t at, size_t n)
{
	bytes_need(at <= b->n && n <= b->n - at, "removal behind the end");
	memmove(b->p + at, b->p + at + n, b->n - at - n);
	b->n -= n;
}

void bytes_add(struct bytes *b, const void *p, size_t n)
{
	bytes_insert(b, b->n, p, n);
}

void bytes_set(struct bytes *b, const void *p, size_t n)
{
	b->n = 0;
	bytes_add(b, p, n);
}

void bytes_text(struct bytes *b, const char *format, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	bytes_need(n >= 0, "out of memory");
	bytes_add(b, text, n);
	free(text);
}

void bytes_le(struct bytes *b, size_t at, unsigned int width, uint64_t v)
{
	bytes_need(at + width <= b->n, "field behind the end");
	for (; width--; v >>= 8)
		b->p[at++] = v;
}

void bytes_be(struct bytes *b, size_t at, unsigned int width, uint64_t v)
{
	bytes_need(at + width <= b->n, "field behind the end");
	for (; width--; v >>= 8)
		b->p[at + width] = v;
}

static uint8_t *next(const struct bytes *b, const uint8_t *from,
		     const char *text)
{
	return memmem(from, b->p + b->n - from, text, strlen(text));
}

bool bytes_has(const struct bytes *b, const char *text)
{
	return b->n && next(b, b->p, text);
}

size_t bytes_find(const struct bytes *b, const char *text, uint64_t nth)
{
	uint8_t *at = b->p;
	uint64_t n = 0;

	while ((at = next(b, at, text))) {
		at++;
		n++;
	}
	bytes_need(n, text);
	for (at = b->p - 1, nth %= n; nth + 1; nth--)
		at = next(b, at + 1, text);
	return at - b->p;
}

void bytes_edit(struct bytes *b, uint64_t nth, const char *from, const char *to)
{
	size_t at = bytes_find(b, from, nth);

	bytes_remove(b, at, strlen(from));
	bytes_insert(b, at, to, strlen(to));
}

size_t bytes_lines(const struct bytes *b)
{
	size_t i, n = 0;

	for (i = 0; i < b->n; i++)
		n += b->p[i] == '\n';
	return n;
}

void bytes_line(const struct bytes *b, size_t i, size_t *at, size_t *n)
{
	uint8_t *p = b->p, *lf;

	for (;; p = lf + 1) {
		lf = memchr(p, '\n', b->p + b->n - p);
		bytes_need(lf, "no such line");
		if (!i--)
			break;
	}
	*at = p - b->p;
	*n = lf + 1 - p;
}

void bytes_line_drop(struct bytes *b, size_t i)
{
	size_t at, n;

	bytes_line(b, i, &at, &n);
	bytes_remove(b, at, n);
}

void bytes_line_copy(struct bytes *b, size_t from, size_t before)
{
	size_t at = b->n, n, to = b->n;
	uint8_t *copy;

	if (before < bytes_lines(b))
		bytes_line(b, before, &to, &n);
	bytes_line(b, from, &at, &n);
	copy = malloc(n);
	bytes_need(copy, "out of memory");
	memcpy(copy, b->p + at, n);
	bytes_insert(b, to, copy, n);
	free(copy);
}

/* A step that shares no factor with @n meets every offset once. */
size_t bytes_spread(uint64_t k, size_t n)
{
	size_t step = n * 5 / 8 | 1, a, b, t;

	bytes_need(n, "nothing to spread over");
	for (;; step += 2) {
		for (a = step, b = n; b; t = a % b, a = b, b = t)
			;
		if (a == 1)
			return k % n * step % n;
	}
}
