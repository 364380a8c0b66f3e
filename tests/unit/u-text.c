/* SPDX-License-Identifier: MIT */
/* u-text.c - what the line formats share. */
#include "format/text.h"
#include "unit.h"

static void numbers(void)
{
	static const struct {
		const char *text;
		int err;
		uint64_t v;
	} rows[] = {
		{"0", 0, 0},
		{"1", 0, 1},
		{"9007199254740993", 0, 9007199254740993ull},
		{"9223372036854775807", 0, INT64_MAX},
		{"9223372036854775808", -EOVERFLOW, 0},
		{"18446744073709551616", -EOVERFLOW, 0},
		{"1111111111111111111111111111111111111111", -EOVERFLOW, 0},
		{"", -EBADMSG, 0},
		{"-0", -EBADMSG, 0},
		{"-1", -EBADMSG, 0},
		{"+5", -EBADMSG, 0},
		{" 5", -EBADMSG, 0},
		{"5 ", -EBADMSG, 0},
		{"1e3", -EBADMSG, 0},
		{"0x10", -EBADMSG, 0},
		{"007", -EBADMSG, 0},
		{"1.0", -EBADMSG, 0},
		{"99999999999999999999999x", -EBADMSG, 0},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t v = 77;

		unit_row = rows[i].text;
		CHECK_INT(text_u64(text_span(rows[i].text), &v), rows[i].err);
		CHECK(v == (rows[i].err ? 77 : rows[i].v));
	}
}

static void sizes(void)
{
	static const struct {
		const char *text;
		int err;
		uint64_t v;
	} rows[] = {
		{"512", 0, 512},       {"4K", 0, 4096},
		{"3M", 0, 3 << 20},    {"2G", 0, 2ull << 30},
		{"1T", 0, 1ull << 40}, {"8388607T", 0, 8388607ull << 40},
		{"K", -EBADMSG, 0},    {"4k", -EBADMSG, 0},
		{"4KK", -EBADMSG, 0},  {"8388608T", -EOVERFLOW, 0},
		{"", -EBADMSG, 0},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t v = 77;

		unit_row = rows[i].text;
		CHECK_INT(text_size(text_span(rows[i].text), &v), rows[i].err);
		CHECK(v == (rows[i].err ? 77 : rows[i].v));
	}
}

static void names(void)
{
	static const char *const good[] = {"a", "web-1.2_3+4", "...", "A"};
	static const char *const bad[] = {"",	  ".",	 "..",	 "a/b",	 "a b",
					  "x\ny", "%2e", "../x", "\x80", "a:b"};
	char big[TEXT_NAME_MAX + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		CHECK(text_name_ok(text_span(good[i])));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_row = bad[i];
		CHECK(!text_name_ok(text_span(bad[i])));
	}
	CHECK(!text_name_ok((struct span){"a\0b", 3}));
	memset(big, 'a', sizeof(big));
	CHECK(text_name_ok((struct span){big, TEXT_NAME_MAX}));
	CHECK(!text_name_ok((struct span){big, TEXT_NAME_MAX + 1}));
}

static void lines(void)
{
	struct span rest = text_span("a\n\nlast"), line;
	bool whole;

	CHECK(text_line(&rest, &line, &whole) && whole && span_is(line, "a"));
	CHECK(text_line(&rest, &line, &whole) && whole && !line.n);
	CHECK(text_line(&rest, &line, &whole) && !whole);
	CHECK(span_is(line, "last"));
	CHECK(!text_line(&rest, &line, &whole));
}

/* Fields joined by '|': a space too many must not get lost. */
static void fields(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"", ""},	   {"a", "a|"},	  {"a b", "a|b|"},
		{"a  b", "a||b|"}, {" a", "|a|"}, {"a ", "a||"},
		{"a  ", "a||"},	   {" ", "|"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span line = text_span(rows[i].text), field;
		char got[32] = "";
		size_t n = 0;

		unit_row = rows[i].text;
		while (text_field(&line, &field)) {
			memcpy(got + n, field.p, field.n);
			n += field.n;
			got[n++] = '|';
		}
		CHECK_STR(got, rows[i].want);
	}
}

static void cuts(void)
{
	struct span s = text_span("live:x"), head, tail;
	char small[4];

	text_cut(s, ':', &head, &tail);
	CHECK(span_is(head, "live") && span_is(tail, "x"));
	text_cut(s, '=', &head, &tail);
	CHECK(span_is(head, "live:x") && !tail.p && !tail.n);
	text_cut(text_span("a="), '=', &head, &tail);
	CHECK(span_is(head, "a") && tail.p && !tail.n);
	CHECK(!text_strip(&s, "live:xy") && text_strip(&s, "live:"));
	CHECK(span_is(s, "x"));
	CHECK_INT(text_copy(small, 4, text_span("abc")), 0);
	CHECK_STR(small, "abc");
	CHECK_INT(text_copy(small, 4, text_span("abcd")), -EOVERFLOW);
	CHECK_STR(small, "");
	CHECK_INT(text_copy(small, 0, text_span("")), -EOVERFLOW);
}

static void escapes(void)
{
	static const struct {
		const char *plain, *text;
	} rows[] = {
		{"usr/bin/x", "usr/bin/x"},
		{"a b", "a%20b"},
		{"100%", "100%25"},
		{"\n\x7f\xff", "%0A%7F%FF"},
		{"", ""},
	};
	static const struct {
		const char *text;
		int err;
	} bad[] = {
		{"%", -EBADMSG},   {"%2", -EBADMSG},
		{"%0a", -EBADMSG}, {"%00", -EBADMSG},
		{"%41", -EBADMSG}, {"%2G", -EBADMSG},
		{"a b", -EBADMSG}, {"\x80", -EBADMSG},
		{"%2e", -EBADMSG}, {"12345678901234567890", -EOVERFLOW},
	};
	char buf[20];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span text = text_span(rows[i].text);
		struct span plain = text_span(rows[i].plain);

		unit_row = rows[i].text;
		CHECK_INT(text_escape(buf, sizeof(buf), plain), text.n);
		CHECK_STR(buf, rows[i].text);
		CHECK_INT(text_escape(buf, text.n, plain), -EOVERFLOW);
		CHECK_INT(text_unescape(buf, sizeof(buf), text), plain.n);
		CHECK_STR(buf, rows[i].plain);
		CHECK_INT(text_unescape(buf, plain.n, text), -EOVERFLOW);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_row = bad[i].text;
		CHECK_INT(
			text_unescape(buf, sizeof(buf), text_span(bad[i].text)),
			bad[i].err);
	}
}

static void globs(void)
{
	static const struct {
		const char *pattern, *text;
		bool hit;
	} rows[] = {
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"?", "", false},
		{"a*c", "abbbc", true},
		{"a*c", "abbbd", false},
		{"*a*b*c*", "xxaxxbxxcxx", true},
		{"*a*b*c*", "xxaxxcxxbxx", false},
		{"52:54:00:*", "52:54:00:12:34:56", true},
		{"[0-9a-f]x", "cx", true},
		{"[0-9a-f]x", "gx", false},
		{"[!0-9]", "5", false},
		{"[^0-9]", "a", true},
		{"[]x]", "]", true},
		{"[a-]", "-", true},
		{"[", "[", true},
		{"[ab", "a", false},
		{"[ab", "[ab", true},
		{"d0[0-9]*dc", "d017dc", true},
		{"pci:v00001AF4d00001000sv*sd*bc*sc*i*",
		 "pci:v00001AF4d00001000sv00001AF4sd00000001bc02sc00i00", true},
		{"pci:v00001AF4d00001041sv*sd*bc*sc*i*",
		 "pci:v00001AF4d00001000sv00001AF4sd00000001bc02sc00i00",
		 false},
		{"[\x80-\xff]", "\xc3", true},
	};
	char a[2001], p[2001];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].pattern;
		CHECK(text_glob(text_span(rows[i].pattern),
				text_span(rows[i].text)) == rows[i].hit);
	}
	/* exponential matchers never return from this one */
	for (i = 0; i < 2000; i++) {
		a[i] = 'a';
		p[i] = i % 2 ? 'a' : '*';
	}
	a[2000] = 'b';
	p[2000] = 'c';
	CHECK(!text_glob((struct span){p, 2001}, (struct span){a, 2001}));
}

static void writer(void)
{
	char buf[32];
	size_t size;

	for (size = 0; size < sizeof(buf); size++) {
		struct text_out o = {.buf = buf, .size = size};
		int n;

		memset(buf, '#', sizeof(buf));
		text_put_str(&o, "n ");
		text_put_u64(&o, UINT64_MAX);
		text_put_str(&o, "\n");
		n = text_put_end(&o);
		CHECK_INT(n, size < 23 ? -EOVERFLOW : 23);
		CHECK(buf[size] == '#');
		if (n > 0)
			CHECK(!memcmp(buf, "n 18446744073709551615\n", 23));
	}
}

static void hex(void)
{
	static const char small[] = "0123456789abcdef";

	for (int c = -128; c < 256; c++) {
		const char *at = c > 0 ? strchr(small, c) : NULL;
		bool capital = c >= 'A' && c <= 'F';

		CHECK_INT(text_hexlow((char)c), at ? at - small : -1);
		CHECK_INT(text_hex((char)c), capital ? c - 'A' + 10
					     : at    ? at - small
						     : -1);
	}
}

UNIT_MAIN(UNIT_CASE(hex), UNIT_CASE(numbers), UNIT_CASE(sizes),
	  UNIT_CASE(names), UNIT_CASE(lines), UNIT_CASE(fields),
	  UNIT_CASE(cuts), UNIT_CASE(escapes), UNIT_CASE(globs),
	  UNIT_CASE(writer))
