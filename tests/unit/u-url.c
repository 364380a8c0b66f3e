/* SPDX-License-Identifier: MIT */
/* u-url.c - URLs from the command line, manifests and redirects. */
#include "format/url.h"
#include "unit.h"

static void good(void)
{
	static const struct {
		const char *text, *host;
		int port;
		bool numeric;
		const char *path;
		bool tls;
	} rows[] = {
		{"http://boot", "boot", 80, false, "/", false},
		{"http://boot.example.:8080/x", "boot.example", 8080, false,
		 "/x", false},
		{"http://10.0.2.2:81/a/b", "10.0.2.2", 81, true, "/a/b", false},
		{"http://[fd00::1]:8/a?x=../y", "fd00::1", 8, true,
		 "/a?x=../y", false},
		{"http://[1:2:3:4:5:6:7:8]/", "1:2:3:4:5:6:7:8", 80, true, "/", false},
		{"http://a-b_c.d/..x/.y/z%20z/a@b", "a-b_c.d", 80, false,
		 "/..x/.y/z%20z/a@b", false},
		{"http://h:65535/", "h", 65535, false, "/", false},
		{"https://h", "h", 443, false, "/", true},
		{"https://h:80/x", "h", 80, false, "/x", true},
		{"https://[fd00::1]", "fd00::1", 443, true, "/", true},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = {0};
		struct url u;

		unit_row = rows[i].text;
		CHECK_INT(url_parse(&u, text_span(rows[i].text), &f), 0);
		CHECK_STR(u.host, rows[i].host);
		CHECK_INT(u.port, rows[i].port);
		CHECK(u.tls == rows[i].tls);
		CHECK(u.numeric == rows[i].numeric);
		CHECK(span_is(u.path, rows[i].path));
	}
}

static void bad(void)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{"", -EBADMSG},
		{"http:", -EBADMSG},
		{"http://", -EBADMSG},
		{"http:///x", -EBADMSG},
		{"boot/x", -EBADMSG},
		{"https:/boot/", -EBADMSG},
		{"https://", -EBADMSG},
		{"https://u:p@h/", -EBADMSG},
		{"https://h:0/", -EBADMSG},
		{"HTTPS://h/", -ENOTSUP},
		{"httpss://h/", -ENOTSUP},
		{"file:///etc/passwd", -ENOTSUP},
		{"ftp://h/", -ENOTSUP},
		{"http://u:p@h/", -EBADMSG},
		{"http://u@h/", -EBADMSG},
		{"http://h/a b", -EBADMSG},
		{"http://h/a#b", -EBADMSG},
		{"http://h/%00", -EBADMSG},
		{"http://h/%0a", -EBADMSG},
		{"http://h/%zz", -EBADMSG},
		{"http://h/%4", -EBADMSG},
		{"http://h/\xc3\xa4", -EBADMSG},
		{"http://h/\r\nX: y", -EBADMSG},
		{"http://h/a\\b", -EBADMSG},
		{"http://h/{mac}", -EBADMSG},
		{"http://h/..", -EBADMSG},
		{"http://h/../x", -EBADMSG},
		{"http://h/a/../x", -EBADMSG},
		{"http://h/a/./x", -EBADMSG},
		{"http://h/a/%2e%2E/x", -EBADMSG},
		{"http://h/a/.%2e", -EBADMSG},
		{"http://h/a/..?x", -EBADMSG},
		{"http://h/a%3f/../x", -EBADMSG},
		{"http://h?x", -EBADMSG},
		{"http://h:/", -EBADMSG},
		{"http://h:0/", -EBADMSG},
		{"http://h:65536/", -EBADMSG},
		{"http://h:080/", -EBADMSG},
		{"http://h:8 /", -EBADMSG},
		{"http://0.0.0.0/", -EBADMSG},
		{"http://255.255.255.255/", -EBADMSG},
		{"http://224.0.0.1/", -EBADMSG},
		{"http://1.2.3/", -EBADMSG},
		{"http://1.2.3.4.5/", -EBADMSG},
		{"http://1.2.3.256/", -EBADMSG},
		{"http://01.2.3.4/", -EBADMSG},
		{"http://2130706433/", -EBADMSG},
		{"http://a..b/", -EBADMSG},
		{"http://.a/", -EBADMSG},
		{"http://./", -EBADMSG},
		{"http://a../", -EBADMSG},
		{"http://0.1.2.3/", -EBADMSG},
		{"http://255.255.255.255:8080/x", -EBADMSG},
		{"http://239.255.255.255/", -EBADMSG},
		{"http://240.0.0.1/", -EBADMSG},
		{"http://0.0.0.0./", -EBADMSG},
		{"http://[::]/", -EBADMSG},
		{"http://[0::0]/", -EBADMSG},
		{"http://[0:0:0:0:0:0:0:0]/", -EBADMSG},
		{"http://[::ffff:0:0]/", -EBADMSG},
		{"http://[::ffff:ffff:ffff]/", -EBADMSG},
		{"http://[::ffff:7f00:1]/", -EBADMSG},
		{"http://[::ffff:1.2.3.4]/", -EBADMSG},
		{"http://[FF0E::1]/", -EBADMSG},
		{"http://[ff02::1]/", -EBADMSG},
		{"http://[1::2::3]/", -EBADMSG},
		{"http://[12345::]/", -EBADMSG},
		{"http://[1:2:3:4:5:6:7]/", -EBADMSG},
		{"http://[1:2:3:4:5:6:7:8:9]/", -EBADMSG},
		{"http://[:1::2]/", -EBADMSG},
		{"http://[1::2:]/", -EBADMSG},
		{"http://[fe80::1%eth0]/", -EBADMSG},
		{"http://[::1/", -EBADMSG},
		{"http://[::1]x/", -EBADMSG},
		{"http://[::1]:/", -EBADMSG},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = {0};
		struct url u;

		unit_row = rows[i].text;
		CHECK_INT(url_parse(&u, text_span(rows[i].text), &f),
			  rows[i].err);
		CHECK(f.why);
	}
}

static void lengths(void)
{
	char text[URL_MAX + 8] = "http://";
	struct url u;

	/* four labels of 63 characters are 255 with their dots */
	memset(text + 7, 'a', sizeof(text) - 7);
	text[7 + 63] = text[7 + 127] = text[7 + 191] = '.';
	CHECK_INT(url_parse(&u, (struct span){text, 7 + 253}, NULL), 0);
	CHECK_INT(url_parse(&u, (struct span){text, 7 + 254}, NULL), -EBADMSG);
	text[8] = '/';
	CHECK_INT(url_parse(&u, (struct span){text, URL_MAX}, NULL), 0);
	CHECK_INT(url_parse(&u, (struct span){text, URL_MAX + 1}, NULL),
		  -EOVERFLOW);
	text[8] = 'a';
	CHECK_INT(url_parse(&u, (struct span){"http://h/a\0b", 12}, NULL),
		  -EBADMSG);
	text[7 + 63] = 'a';
	CHECK_INT(url_parse(&u, (struct span){text, 7 + 64}, NULL), -EBADMSG);
}

static void joins(void)
{
	char buf[32];

	CHECK_INT(url_join(buf, sizeof(buf), text_span("http://h/t/"),
			   text_span("/layers/x")),
		  19);
	CHECK_STR(buf, "http://h/t/layers/x");
	CHECK_INT(url_join(buf, 20, text_span("http://h/t"),
			   text_span("layers/x")),
		  19);
	CHECK_INT(url_join(buf, 19, text_span("http://h/t"),
			   text_span("layers/x")),
		  -EOVERFLOW);
	CHECK_INT(url_join(buf, 0, text_span("a"), text_span("b")), -EOVERFLOW);
}

#define HTTPS "https://h:444/a/b"

static void redirects(void)
{
	static const struct {
		const char *location;
		int err;
		const char *want, *base;
	} rows[] = {
		{"/x/y", 0, "http://h:81/x/y", NULL},
		{"http://other/z", 0, "http://other/z", NULL},
		{"//other/z", -EBADMSG, NULL, NULL},
		{"z", -EBADMSG, NULL, NULL},
		{"../z", -EBADMSG, NULL, NULL},
		{"", -EBADMSG, NULL, NULL},
		{"https://h/", 0, "https://h/", NULL},
		{"https://h/", 0, "https://h/", HTTPS},
		{"/x", 0, "https://h:444/x", HTTPS},
		{"http://h/", -EBADMSG, NULL, HTTPS},
		{"https://u:p@h/", -EBADMSG, NULL, NULL},
		{"https://u:p@h/", -EBADMSG, NULL, HTTPS},
		{"//h/", -EBADMSG, NULL, HTTPS},
		{"/a\r\nb", -EBADMSG, NULL, HTTPS},
		{"file:///x", -ENOTSUP, NULL, NULL},
		{"http://u:p@h/", -EBADMSG, NULL, NULL},
		{"/a\r\nb", -EBADMSG, NULL, NULL},
		{"/../x", -EBADMSG, NULL, NULL},
		{"/a#b", -EBADMSG, NULL, NULL},
	};
	char buf[URL_MAX + 1], big[8192];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = {0};
		const char *base = rows[i].base;
		int n = url_resolve(buf, sizeof(buf),
				    text_span(base ? base : "http://h:81/a/b"),
				    text_span(rows[i].location), &f);

		unit_row = rows[i].location;
		CHECK_INT(n, rows[i].want ? (int)strlen(rows[i].want)
					  : rows[i].err);
		if (rows[i].want)
			CHECK_STR(buf, rows[i].want);
	}
	memset(big, '/', sizeof(big));
	big[1] = 'a';
	CHECK_INT(url_resolve(buf, sizeof(buf), text_span("http://h/"),
			      (struct span){big, sizeof(big)}, NULL),
		  -EOVERFLOW);
}

static void templates(void)
{
	static const struct url_var vars[] = {{"mac", "52:54:00:12:34:56"},
					      {"serial", "A/../b c%"}};
	struct fault f = {0};
	char buf[64];

	CHECK_INT(url_expand(buf, sizeof(buf),
			     text_span("http://h/{mac}/{mac}"), vars, 2, &f),
		  44);
	CHECK_STR(buf, "http://h/52:54:00:12:34:56/52:54:00:12:34:56");
	CHECK(url_expand(buf, sizeof(buf), text_span("{serial}"), vars, 2, &f) >
	      0);
	CHECK_STR(buf, "A%2F..%2Fb%20c%25");
	CHECK_INT(url_expand(buf, 17, text_span("{serial}"), vars, 2, &f),
		  -EOVERFLOW);
	CHECK_INT(url_expand(buf, sizeof(buf), text_span("{ip}"), vars, 2, &f),
		  -EBADMSG);
	CHECK_INT(url_expand(buf, sizeof(buf), text_span("{mac"), vars, 2, &f),
		  -EBADMSG);
	CHECK(url_template_ok(text_span("http://h/{mac}{uuid}{serial}{role}")));
	CHECK(!url_template_ok(text_span("http://h/{ip}")));
	CHECK(!url_template_ok(text_span("http://h/}")));
	CHECK(!url_template_ok(text_span("")));
}

static void reports(void)
{
	static const struct {
		const char *text;
		bool ok;
	} rows[] = {
		{"off", true},	      {"http://h/r", true},
		{"https://h", true},  {"http://h/{role}/{mac}", true},
		{"/report", true},    {"/", true},
		{"/{serial}?x", true}, {"", false},
		{"on", false},	      {"report", false},
		{"//h/report", false}, {"/../x", false},
		{"/{ip}", false},     {"/a b", false},
		{"/#x", false},	      {"ftp://h/", false},
	};
	char big[URL_MAX + 2];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].text;
		CHECK(url_report_ok(text_span(rows[i].text)) == rows[i].ok);
	}
	memset(big, 'a', sizeof(big));
	big[0] = '/';
	CHECK(!url_report_ok((struct span){big, sizeof(big)}));
}

UNIT_MAIN(UNIT_CASE(good), UNIT_CASE(bad), UNIT_CASE(lengths), UNIT_CASE(joins),
	  UNIT_CASE(redirects), UNIT_CASE(templates), UNIT_CASE(reports))
