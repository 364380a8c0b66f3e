/* SPDX-License-Identifier: MIT */
/* text.c - what the line formats share: numbers, names, fields, globs. */
#include <limits.h>

#include "format/text.h"

#define NO_STAR SIZE_MAX

int text_u64(struct span s, uint64_t *v)
{
	uint64_t n = 0;
	bool over = false;
	size_t i;

	if (!s.n || (s.n > 1 && s.p[0] == '0'))
		return -EBADMSG;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -EBADMSG;
		over |= __builtin_mul_overflow(n, 10, &n);
		over |= __builtin_add_overflow(n, s.p[i] - '0', &n);
		over |= n > INT64_MAX;
	}
	if (over)
		return -EOVERFLOW;
	*v = n;
	return 0;
}

int text_size(struct span s, uint64_t *bytes)
{
	static const char suffix[] = "KMGT";
	const char *c = s.n ? memchr(suffix, s.p[s.n - 1], 4) : NULL;
	unsigned int shift = 0;
	uint64_t v;
	int err;

	if (c) {
		shift = 10 * (c - suffix + 1);
		s.n--;
	}
	err = text_u64(s, &v);
	if (err)
		return err;
	if (v > (uint64_t)INT64_MAX >> shift)
		return -EOVERFLOW;
	*bytes = v << shift;
	return 0;
}

static bool text_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

bool text_name_ok(struct span s)
{
	size_t i;

	if (!s.n || s.n > TEXT_NAME_MAX || span_is(s, ".") || span_is(s, ".."))
		return false;
	for (i = 0; i < s.n; i++)
		if (!text_alnum(s.p[i]) && (!s.p[i] || !strchr("._+-", s.p[i])))
			return false;
	return true;
}

bool text_line(struct span *rest, struct span *line, bool *whole)
{
	const char *lf = rest->n ? memchr(rest->p, '\n', rest->n) : NULL;

	if (!rest->n)
		return false;
	*whole = lf;
	line->p = rest->p;
	line->n = lf ? (size_t)(lf - rest->p) : rest->n;
	rest->p += line->n + *whole;
	rest->n -= line->n + *whole;
	return true;
}

bool text_field(struct span *line, struct span *field)
{
	const char *sp = line->n ? memchr(line->p, ' ', line->n) : NULL;
	size_t used;

	if (!line->n)
		return false;
	field->p = line->p;
	field->n = sp ? (size_t)(sp - line->p) : line->n;
	used = field->n + (sp ? 1 : 0);
	/* a trailing space stays, so that it shows as an empty field */
	if (sp && used == line->n && field->n)
		used--;
	line->p += used;
	line->n -= used;
	return true;
}

void text_cut(struct span s, char c, struct span *head, struct span *tail)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	*head = s;
	tail->p = NULL;
	tail->n = 0;
	if (!at)
		return;
	head->n = at - s.p;
	tail->p = at + 1;
	tail->n = s.n - head->n - 1;
}

bool text_strip(struct span *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n))
		return false;
	s->p += n;
	s->n -= n;
	return true;
}

bool text_printable(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] > 0x7e)
			return false;
	return true;
}

int text_hexlow(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int text_hex(char c)
{
	return text_hexlow(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
}

struct span text_span(const char *s)
{
	struct span span = {s, strlen(s)};

	return span;
}

int text_copy(char *buf, size_t size, struct span s)
{
	if (!size)
		return -EOVERFLOW;
	buf[0] = '\0';
	if (s.n >= size)
		return -EOVERFLOW;
	if (s.n)
		memcpy(buf, s.p, s.n);
	buf[s.n] = '\0';
	return 0;
}

static bool text_plain(unsigned char c)
{
	return c > 0x20 && c < 0x7f && c != '%';
}

int text_escape(char *buf, size_t size, struct span s)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i, n = 0;

	for (i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		size_t need = text_plain(c) ? 1 : 3;

		if (need >= size || n >= size - need || n > INT_MAX - 3)
			return -EOVERFLOW;
		if (need == 1) {
			buf[n++] = c;
			continue;
		}
		buf[n++] = '%';
		buf[n++] = hex[c >> 4];
		buf[n++] = hex[c & 15];
	}
	if (n >= size)
		return -EOVERFLOW;
	buf[n] = '\0';
	return n;
}

static int text_hexup(char c)
{
	return c >= 'a' ? -1 : text_hex(c);
}

int text_unescape(char *buf, size_t size, struct span s)
{
	size_t i, n = 0;

	for (i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];
		int hi, lo;

		if (c == '%') {
			if (s.n - i < 3)
				return -EBADMSG;
			hi = text_hexup(s.p[i + 1]);
			lo = text_hexup(s.p[i + 2]);
			if (hi < 0 || lo < 0)
				return -EBADMSG;
			c = hi << 4 | lo;
			if (!c || text_plain(c))
				return -EBADMSG;
			i += 2;
		} else if (!text_plain(c)) {
			return -EBADMSG;
		}
		if (n + 1 >= size || n >= INT_MAX)
			return -EOVERFLOW;
		buf[n++] = c;
	}
	if (n >= size)
		return -EOVERFLOW;
	buf[n] = '\0';
	return n;
}

/* Does the set at @p.p[0] == '[' hold @c? Its length, or 0 for no set. */
static size_t text_set(struct span p, unsigned char c, bool *hit)
{
	size_t i = 1;
	bool not = p.n > 1 && (p.p[1] == '!' || p.p[1] == '^');
	size_t first;

	i += not ;
	first = i;
	*hit = false;
	for (; i < p.n && (p.p[i] != ']' || i == first); i++) {
		unsigned char lo = p.p[i], hi = lo;

		if (p.n - i > 2 && p.p[i + 1] == '-' && p.p[i + 2] != ']') {
			hi = p.p[i + 2];
			i += 2;
		}
		if (c >= lo && c <= hi)
			*hit = true;
	}
	if (i >= p.n)
		return 0;
	*hit ^= not ;
	return i + 1;
}

/* How much of @p matches the one character @c; 0: it does not. */
static size_t text_glob_one(struct span p, char c)
{
	bool hit;
	size_t n;

	if (!p.n)
		return 0;
	if (p.p[0] == '[') {
		n = text_set(p, c, &hit);
		if (n)
			return hit ? n : 0;
	}
	return p.p[0] == '?' || p.p[0] == c;
}

bool text_glob(struct span pattern, struct span s)
{
	size_t p = 0, i = 0, star = NO_STAR, mark = 0, used;

	while (i < s.n) {
		struct span rest = {pattern.p + p, pattern.n - p};

		if (rest.n && rest.p[0] == '*') {
			star = ++p;
			mark = i;
			continue;
		}
		used = text_glob_one(rest, s.p[i]);
		if (used) {
			p += used;
			i++;
			continue;
		}
		/* only the last star can still help: no recursion needed */
		if (star == NO_STAR)
			return false;
		p = star;
		i = ++mark;
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

void text_put(struct text_out *o, struct span s)
{
	if (o->over || s.n > o->size - o->n) {
		o->over = true;
		return;
	}
	if (s.n)
		memcpy(o->buf + o->n, s.p, s.n);
	o->n += s.n;
}

void text_put_str(struct text_out *o, const char *s)
{
	text_put(o, text_span(s));
}

void text_put_u64(struct text_out *o, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = '0' + v % 10;
		v /= 10;
	} while (v);
	text_put(o, (struct span){digits + at, sizeof(digits) - at});
}

int text_put_end(const struct text_out *o)
{
	return o->over || o->n > INT_MAX ? -EOVERFLOW : (int)o->n;
}
