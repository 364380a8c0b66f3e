// SPDX-License-Identifier: MIT
/*
 * range.c - the Range header of a request.
 */
#include <errno.h>
#include <string.h>

#include "format/text.h"
#include "range.h"

/* Digits; leading zeros are allowed here, numbers beyond 2^63 are not. */
static int number(struct span s, uint64_t *v)
{
	while (s.n > 1 && *s.p == '0') {
		s.p++;
		s.n--;
	}
	return text_u64(s, v);
}

static int suffix(struct span s, uint64_t size, uint64_t *first, uint64_t *last)
{
	uint64_t n;

	if (number(s, &n))
		return 0;
	if (!n || !size)
		return -ERANGE;
	*first = n < size ? size - n : 0;
	*last = size - 1;
	return 1;
}

int range_parse(const char *text, uint64_t size, uint64_t *first,
		uint64_t *last)
{
	struct span s = text_span(text), head, tail;
	uint64_t a, b = size - 1;

	if (!text_strip(&s, "bytes=") || memchr(s.p, ',', s.n))
		return 0;
	text_cut(s, '-', &head, &tail);
	if (!tail.p)
		return 0;
	if (!head.n)
		return suffix(tail, size, first, last);
	if (number(head, &a) || (tail.n && (number(tail, &b) || b < a)))
		return 0;
	if (a >= size)
		return -ERANGE;
	*first = a;
	*last = b < size ? b : size - 1;
	return 1;
}
