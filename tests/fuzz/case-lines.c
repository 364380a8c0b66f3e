// SPDX-License-Identifier: MIT
/* case-lines.c - what is wrong with text of whichever format. */
#include <stdio.h>
#include <string.h>

#include "cases.h"

void lines_cut(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t n = bytes_spread(k, b->n);

	/* behind a newline the rest may be a whole text */
	while (n && b->p[n - 1] == '\n')
		n--;
	b->n = n;
}

void lines_high_bit(struct bytes *b, uint64_t k, struct rng *r)
{
	b->p[bytes_spread(k, b->n)] |= 0x80;
}

void lines_control(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t bad[] = {0, 9, 1, 0x7f, 0x1b, 11, 13, 0x1f};

	b->p[bytes_spread(k, b->n)] = bad[rng_below(r, sizeof(bad))];
}

/* The offset of the newline of line @k. */
static size_t newline(const struct bytes *b, uint64_t k)
{
	size_t at, n;

	bytes_line(b, k % bytes_lines(b), &at, &n);
	return at + n - 1;
}

void lines_cr(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_insert(b, newline(b, k), "\r", 1);
}

void lines_empty(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_insert(b, newline(b, k), "\n", 1);
}

void lines_space(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_insert(b, bytes_find(b, " ", k), " ", 1);
}

void lines_space_end(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_insert(b, newline(b, k), " ", 1);
}

/* Each byte of it changed, or nothing left of it, or another version. */
void lines_magic(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at, n;

	bytes_line(b, 0, &at, &n);
	if (k % 8 == 0)
		bytes_line_drop(b, 0);
	else if (k % 8 == 1)
		bytes_edit(b, 0, " 1\n", " 2\n");
	else if (k % 8 == 2)
		bytes_insert(b, 0, "\n", 1);
	else
		b->p[bytes_spread(k, n)] ^= 1 << rng_below(r, 7);
}

void lines_utf8(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {
		"\xef\xbb\xbf", "\xc3\xa4", "\xc0\xaf", "\xed\xa0\x80",
		"\xe2\x80\xae", "\xff\xfe", "\xd0\xb0", "\xef\xbc\x91",
	};
	const char *s = odd[k % ARRAY_SIZE(odd)];

	bytes_insert(b, k / ARRAY_SIZE(odd) ? rng_below(r, b->n) : 0, s,
		     strlen(s));
}

const char *case_junk_number(uint64_t k)
{
	static const char *const junk[] = {
		"-1",
		"+1",
		"-0",
		"01",
		"00",
		"1e3",
		"0x10",
		"1.0",
		"1,000",
		"",
		"9223372036854775808",
		"18446744073709551615",
		"18446744073709551616",
		"1111111111111111111111111111111111111111",
		"1k",
		"one",
		"1_0",
		"NaN",
		"%31",
		"''",
	};

	return junk[k % ARRAY_SIZE(junk)];
}

/* Digits that follow one of the @key, replaced by what is no number. */
void case_number(struct bytes *b, const char *key, uint64_t k, struct rng *r)
{
	size_t at = bytes_find(b, key, rng_next(r)) + strlen(key), n = 0;
	const char *junk = case_junk_number(k);

	while (at + n < b->n && b->p[at + n] >= '0' && b->p[at + n] <= '9')
		n++;
	bytes_need(n, key);
	bytes_remove(b, at, n);
	bytes_insert(b, at, junk, strlen(junk));
}

/* 64 digits that follow one of the @key, made no digest in lower-case hex. */
void case_digest(struct bytes *b, const char *key, uint64_t k, struct rng *r)
{
	size_t at = bytes_find(b, key, rng_next(r)) + strlen(key), i;

	bytes_need(b->n - at >= 64, key);
	i = at + rng_below(r, 64);
	switch (k % 6) {
	case 0:
		bytes_remove(b, i, 1);
		break;
	case 1:
		bytes_insert(b, i, "0", 1);
		break;
	case 2:
		b->p[i] = "ghzGXx-_"[rng_below(r, 8)];
		break;
	case 3: /* an upper-case digit */
		b->p[i] = "ABCDEF"[rng_below(r, 6)];
		break;
	case 4:
		bytes_remove(b, at, 64);
		break;
	default: /* SHA-1's, SHA-512's length */
		bytes_remove(b, at, 24);
	}
}

void case_add_digest(struct bytes *b, struct rng *r)
{
	for (int i = 0; i < 4; i++)
		bytes_text(b, "%016llx", (unsigned long long)rng_next(r));
}
