/* SPDX-License-Identifier: MIT */
/* u-json.c - values, brackets and commas; no byte that a reader would obey. */
#include "format/json.h"
#include "unit.h"

static void shapes(void)
{
	char buf[256];
	struct text_out o = {.buf = buf, .size = sizeof(buf)};
	static const char want[] =
		"{\"a\":\"x\",\"n\":18446744073709551615,\"l\":[],"
		"\"m\":[{\"t\":true},{\"t\":false},\"s\",7],\"e\":{}}\n";

	json_open(&o, NULL, "{");
	json_text(&o, "a", text_span("x"));
	json_u64(&o, "n", UINT64_MAX);
	json_open(&o, "l", "[");
	json_close(&o, "]");
	json_open(&o, "m", "[");
	json_open(&o, NULL, "{");
	json_bool(&o, "t", true);
	json_close(&o, "}");
	json_open(&o, NULL, "{");
	json_bool(&o, "t", false);
	json_close(&o, "}");
	json_text(&o, NULL, text_span("s"));
	json_u64(&o, NULL, 7);
	json_close(&o, "]");
	json_open(&o, "e", "{");
	json_close(&o, "}");
	json_close(&o, "}\n");
	CHECK_INT(text_put_end(&o), sizeof(want) - 1);
	CHECK(!memcmp(buf, want, sizeof(want) - 1));
}

static void escapes(void)
{
	static const struct {
		const char *in;
		size_t n;
		const char *want;
	} rows[] = {
		{"", 0, "\"\""},
		{" ~azAZ09/'", 10, "\" ~azAZ09/'\""},
		{"\"", 1, "\"\\u0022\""},
		{"\\", 1, "\"\\u005c\""},
		{"</script>", 9, "\"\\u003c/script\\u003e\""},
		{"&", 1, "\"\\u0026\""},
		{"\0", 1, "\"\\u0000\""},
		{"\n\r\t\x1b", 4, "\"\\u000a\\u000d\\u0009\\u001b\""},
		{"\x7f", 1, "\"\\u007f\""},
		{"\xff\x80", 2, "\"\\u00ff\\u0080\""},
		/* a bracket at the end of a text is no bracket */
		{"{[", 2, "\"{[\""},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		char buf[64];
		struct text_out o = {.buf = buf, .size = sizeof(buf)};

		unit_row = rows[i].want;
		json_text(&o, NULL, (struct span){rows[i].in, rows[i].n});
		CHECK_INT(text_put_end(&o), strlen(rows[i].want));
		CHECK(!memcmp(buf, rows[i].want, o.n));
		json_u64(&o, "k", 1);
		CHECK(span_is((struct span){buf + strlen(rows[i].want), 6},
			      ",\"k\":1"));
	}
}

/* What does not fit is told of, and nothing is written behind the end. */
static void bounds(void)
{
	static const char want[] = "{\"key\":\"\\u0001b\"}";
	size_t size;

	for (size = 0; size < sizeof(want); size++) {
		char buf[sizeof(want) + 1];
		struct text_out o = {.buf = buf, .size = size};

		memset(buf, '#', sizeof(buf));
		json_open(&o, NULL, "{");
		json_text(&o, "key", text_span("\001b"));
		json_close(&o, "}");
		CHECK_INT(text_put_end(&o),
			  size == sizeof(want) - 1 ? (int)size : -EOVERFLOW);
		CHECK(buf[size] == '#');
	}
}

UNIT_MAIN(UNIT_CASE(shapes), UNIT_CASE(escapes), UNIT_CASE(bounds))
