/* SPDX-License-Identifier: MIT */
/* u-logline.c - what goes to a remote log, byte for byte. */
#include "format/logline.h"
#include "unit.h"

static const char *print(const struct logline *l)
{
	static char buf[LOGLINE_MAX + 1];
	int n = logline_print(buf, l);

	CHECK(n > 0 && n <= LOGLINE_MAX);
	buf[n] = '\0';
	return buf;
}

static void whole(void)
{
	struct logline l = {
		LOGLINE_INFO,	      1700000000123, "web-1", "10.0.0.2", 7,
		"1.203 verified base"};

	CHECK_STR(print(&l), "<30>1 2023-11-14T22:13:20.123Z web-1 slipway - - "
			     "[origin software=\"slipway\" ip=\"10.0.0.2\"]"
			     "[meta sequenceId=\"7\"] 1.203 verified base");
	l = (struct logline){LOGLINE_ERR, 0, "", "", 1, ""};
	CHECK_STR(print(&l), "<27>1 - - slipway - - "
			     "[origin software=\"slipway\"]"
			     "[meta sequenceId=\"1\"] ");
}

static void dates(void)
{
	static const struct {
		uint64_t ms;
		const char *text;
	} rows[] = {
		{1, "1970-01-01T00:00:00.001Z"},
		{951782399999, "2000-02-28T23:59:59.999Z"},
		{951782400000, "2000-02-29T00:00:00.000Z"},
		{951868800000, "2000-03-01T00:00:00.000Z"},
		{1735689599000, "2024-12-31T23:59:59.000Z"},
		{4107542400000, "2100-03-01T00:00:00.000Z"},
		{253402300799999, "9999-12-31T23:59:59.999Z"},
		{253402300800000, "- "},
		{UINT64_MAX, "- "},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct logline l = {LOGLINE_INFO, rows[i].ms, "", "", 1, "x"};

		unit_row = rows[i].text;
		CHECK(!strncmp(print(&l) + 6, rows[i].text,
			       strlen(rows[i].text)));
	}
}

static void hostile(void)
{
	char text[2 * LOGLINE_MAX], host[300];
	struct logline l = {LOGLINE_INFO, 0, "a b\"]\n\x80x<1>",
			    "::1 \"]",	  1, "a\nb\x1b[31m\xff"};

	CHECK_STR(print(&l), "<30>1 - abx1 slipway - - "
			     "[origin software=\"slipway\" ip=\"::1\"]"
			     "[meta sequenceId=\"1\"] a?b?[31m?");
	memset(text, 'x', sizeof(text));
	memset(host, 'h', sizeof(host));
	text[sizeof(text) - 1] = host[sizeof(host) - 1] = '\0';
	l.text = text;
	l.host = l.ip = host;
	CHECK_INT(strlen(print(&l)), LOGLINE_MAX);
}

UNIT_MAIN(UNIT_CASE(whole), UNIT_CASE(dates), UNIT_CASE(hostile))
