// SPDX-License-Identifier: MIT
/*
 * fuzz-text.c - globs against the textbook's recursion, numbers against
 * strtoull, and one spelling for every path: the input is two halves of a line.
 */
#include "format/text.h"
#include "fuzz.h"

#define HALF  24 /* or the recursion takes for ever */
#define STARS 4

/* One set of a pattern; its length, 0 when it does not end. */
static size_t in_set(struct span p, unsigned char c, bool *in)
{
	size_t i = 1, begun;
	bool no = p.n > 1 && (p.p[1] == '!' || p.p[1] == '^'), hit = false;

	begun = i += no;
	while (i < p.n && (p.p[i] != ']' || i == begun)) {
		unsigned char a = p.p[i], b = a;

		if (i + 2 < p.n && p.p[i + 1] == '-' && p.p[i + 2] != ']') {
			b = p.p[i + 2];
			i += 2;
		}
		hit |= a <= c && c <= b;
		i++;
	}
	*in = hit != no;
	return i < p.n ? i + 1 : 0;
}

static bool glob(struct span p, struct span s)
{
	struct span p1 = {p.p + 1, p.n - 1}, s1 = {s.p + 1, s.n - 1};
	size_t n;
	bool in;

	if (!p.n)
		return !s.n;
	if (*p.p == '*')
		return glob(p1, s) || (s.n && glob(p, s1));
	if (!s.n)
		return false;
	n = *p.p == '[' ? in_set(p, *s.p, &in) : 0;
	if (n)
		return in && glob((struct span){p.p + n, p.n - n}, s1);
	return (*p.p == '?' || *p.p == *s.p) && glob(p1, s1);
}

static void check_number(struct span s)
{
	char text[32], again[32];
	uint64_t v = 7;
	int err = text_u64(s, &v);

	if (err) {
		NEED(v == 7 && (err == -EBADMSG || err == -EOVERFLOW));
		return;
	}
	NEED(s.n < sizeof(text) && v <= INT64_MAX);
	text_copy(text, sizeof(text), s);
	snprintf(again, sizeof(again), "%llu", (unsigned long long)v);
	NEED(!strcmp(text, again) && strtoull(text, NULL, 10) == v);
}

/* Escape and back for any bytes but NUL; what unescapes is what escapes. */
static void check_path(struct span s)
{
	static char a[16384], b[16384];
	int n, m;

	if (3 * s.n + 1 > sizeof(a))
		return;
	n = text_unescape(a, sizeof(a), s);
	if (n >= 0) {
		m = text_escape(b, sizeof(b), (struct span){a, n});
		NEED(m == (int)s.n && !memcmp(b, s.p, m));
	}
	n = text_escape(a, sizeof(a), s);
	NEED(n >= (int)s.n);
	m = text_unescape(b, sizeof(b), (struct span){a, n});
	if (memchr(s.p, 0, s.n))
		NEED(m == -EBADMSG);
	else
		NEED(m == (int)s.n && !memcmp(b, s.p, m));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = {(const char *)data, size}, head, tail;
	unsigned int stars = 0;
	uint64_t v;

	check_number(all);
	check_path(all);
	if (!text_size(all, &v))
		NEED(v <= INT64_MAX);
	text_cut(all, '\n', &head, &tail);
	if (!tail.p)
		tail = text_span("");
	for (size_t i = 0; i < head.n; i++)
		stars += head.p[i] == '*';
	if (head.n > HALF || tail.n > HALF || stars > STARS)
		return 0;
	NEED(text_glob(head, tail) == glob(head, tail));
	return 0;
}
