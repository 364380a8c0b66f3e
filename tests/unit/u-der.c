// SPDX-License-Identifier: MIT
/*
 * u-der.c - DER elements: lengths definite, minimal and inside.
 */
#include "format/der.h"
#include "unit.h"

#define ROW(name, text, want) {name, text, sizeof(text) - 1, want}

static void one_element(void)
{
	static const struct {
		const char *name, *text;
		size_t size;
		int want;
	} rows[] = {
		ROW("nothing", "", 0),
		ROW("a null", "\x05\x00", 1),
		ROW("an integer", "\x02\x01\x07", 1),
		ROW("more behind it", "\x02\x01\x07xyz", 1),
		ROW("tag only", "\x02", -EBADMSG),
		ROW("cut contents", "\x02\x02\x07", -EBADMSG),
		ROW("long tag", "\x1f\x81\x01\x00", -EBADMSG),
		ROW("indefinite", "\x30\x80\x00\x00", -EBADMSG),
		ROW("length cut", "\x30\x82\x01", -EBADMSG),
		ROW("length not minimal", "\x02\x81\x01\x07", -EBADMSG),
		ROW("length with a zero", "\x30\x82\x00\x80", -EBADMSG),
		ROW("five octets of length", "\x30\x85\x01\x01\x01\x01\x01",
		    -EBADMSG),
		ROW("longer than all there is", "\x30\x84\xff\xff\xff\xff",
		    -EBADMSG),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct span rest = {rows[i].text, rows[i].size};
		struct der d;

		unit_row = rows[i].name;
		CHECK_INT(der_next(&rest, &d), rows[i].want);
		if (rows[i].want == 1)
			CHECK(rest.p == rows[i].text + d.whole.n &&
			      rest.n == rows[i].size - d.whole.n);
		else
			CHECK(rest.p == rows[i].text);
	}
}

static void long_form(void)
{
	static char text[3 + 200];
	struct span rest = {text, sizeof(text)};
	struct der d;

	memcpy(text, "\x04\x81\xc8", 3);
	CHECK_INT(der_next(&rest, &d), 1);
	CHECK_INT(d.body.n, 200);
	CHECK(d.body.p == text + 3 && d.whole.n == sizeof(text) && !rest.n);
}

static void expected_tag(void)
{
	struct span rest = {"\x05\x00\x02\x01\x07", 5};
	struct der d;

	CHECK_INT(der_expect(&rest, DER_NULL, &d), 0);
	CHECK_INT(der_expect(&rest, DER_OID, &d), -EBADMSG);
	CHECK_INT(der_expect(&rest, DER_NULL, &d), -EBADMSG);
}

UNIT_MAIN(UNIT_CASE(one_element), UNIT_CASE(long_form),
	  UNIT_CASE(expected_tag))
