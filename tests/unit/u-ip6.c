// SPDX-License-Identifier: MIT
/* u-ip6.c - IPv6 addresses as text. */
#include "format/ip6.h"
#include "format/text.h"
#include "unit.h"

static void spellings(void)
{
	static const struct {
		const char *text, *print;
	} rows[] = {
		{"::", "::"},
		{"::1", "::1"},
		{"1::", "1::"},
		{"2001:db8::1", "2001:db8::1"},
		{"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"fe80::0201:02ff:fe03:0405", "fe80::201:2ff:fe03:405"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		 "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};
	uint8_t addr[IP6_SIZE], again[IP6_SIZE];
	char out[IP6_TEXT_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].text;
		CHECK_INT(ip6_parse(text_span(rows[i].text), addr), 0);
		ip6_print(out, addr);
		CHECK_STR(out, rows[i].print);
		CHECK_INT(ip6_parse(text_span(out), again), 0);
		CHECK(!memcmp(addr, again, sizeof(addr)));
	}
}

static void refused(void)
{
	static const char *const rows[] = {
		"",
		":",
		":::",
		"1",
		"1:2",
		"1::2::3",
		"12345::",
		"g::",
		":1::",
		"1:",
		"1::2:",
		"1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7",
		"1:2:3:4::5:6:7:8",
		"::1.2.3.4",
		"fe80::1%e",
		" ::1",
		"::1 ",
		"::-1",
		"1:2:3:4:5:6:7:8::",
	};
	uint8_t addr[IP6_SIZE] = {7};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i];
		CHECK_INT(ip6_parse(text_span(rows[i]), addr), -EBADMSG);
		CHECK_INT(addr[0], 7);
	}
}

static void kinds(void)
{
	static const struct {
		const char *text;
		int none, host, local;
	} rows[] = {
		{"::", 1, 0, 0},
		{"::1", 0, 0, 0},
		{"ff02::1", 0, 0, 0},
		{"::ffff:102:304", 0, 0, 0},
		{"fe80::1", 0, 1, 1},
		{"febf::1", 0, 1, 1},
		{"fec0::1", 0, 1, 0},
		{"2001:db8::1", 0, 1, 0},
		{"fd00::ffff:1:2", 0, 1, 0},
		{"64:ff9b::1", 0, 1, 0},
	};
	uint8_t addr[IP6_SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].text;
		CHECK_INT(ip6_parse(text_span(rows[i].text), addr), 0);
		CHECK_INT(ip6_none(addr), rows[i].none);
		CHECK_INT(ip6_host(addr), rows[i].host);
		CHECK_INT(ip6_link_local(addr), rows[i].local);
	}
}

UNIT_MAIN(UNIT_CASE(spellings), UNIT_CASE(refused), UNIT_CASE(kinds))
