// SPDX-License-Identifier: MIT
/* case-url.c - URLs, and a base and a Location on a line each: row H24. */
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "format/url.h"

static const char *const hosts[] = {"boot.example.net",	 "a",	     "10.0.0.1",
				    "[2001:db8::1]",	 "x-y_z.",   "[::1]",
				    "[1:2:3:4:5:6:7:8]", "1a.2b.c3", "A.B.C",
				    "[fe80::1]"};

static void good_url(struct bytes *b, struct rng *r)
{
	bytes_text(b, "http://%s", hosts[rng_below(r, ARRAY_SIZE(hosts))]);
	if (rng_below(r, 2))
		bytes_text(b, ":%u", 1 + (unsigned int)rng_below(r, 65535));
	bytes_text(b, "/pub/%llx", (unsigned long long)rng_next(r));
	if (rng_below(r, 2))
		bytes_text(b, "/a%%20b/...?x=/../&y=1");
}

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, "", 0);
	good_url(b, r);
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct url u;

	return url_parse(&u, (struct span){(const char *)p, n}, f);
}

static void good_pair(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, "", 0);
	good_url(b, r);
	bytes_text(b, "\n");
	if (k % 2)
		good_url(b, r);
	else
		bytes_text(b, "/other/%llx?q", (unsigned long long)rng_next(r));
}

static int decode_pair(const uint8_t *p, size_t n, struct fault *f)
{
	struct span base, location;
	char out[URL_MAX + 1];
	int err;

	text_cut((struct span){(const char *)p, n}, '\n', &base, &location);
	err = url_resolve(out, sizeof(out), base, location, f);
	return err < 0 ? err : 0;
}

/* What a URL may not be, whole. */
static const char *const bad[] = {"httpss://a/",
				  "https:///x",
				  "https://u@a/",
				  "file:///etc/passwd",
				  "ftp://a/",
				  "gopher://a/",
				  "HTTP://a/",
				  "http:/a/",
				  "http//a/",
				  "://a/",
				  "http:///x",
				  "http://",
				  "http:// /",
				  "http://a b/",
				  "http://u@a/",
				  "http://u:p@a/",
				  "http://a@b:80/",
				  "http://:80/",
				  "http://a:/",
				  "http://a:0/",
				  "http://a:65536/",
				  "http://a:080/",
				  "http://a:-1/",
				  "http://a:8 0/",
				  "http://a:99999999999999999999/",
				  "http://a:80:80/",
				  "http://a..b/",
				  "http://.a/",
				  "http://-.-..",
				  "http://a/#x",
				  "http://a/x#",
				  "http://a\\b/",
				  "http://a/\\..\\x",
				  "http://a/%00",
				  "http://a/%0a",
				  "http://a/%0d%0a",
				  "http://a/%1f",
				  "http://a/%7f",
				  "http://a/%",
				  "http://a/%4",
				  "http://a/%zz",
				  "http://a/..",
				  "http://a/.",
				  "http://a/../x",
				  "http://a/./x",
				  "http://a/x/..",
				  "http://a/x/../y",
				  "http://a/%2e%2e/x",
				  "http://a/.%2E/x",
				  "http://a/x/%2e",
				  "http://a/..?x",
				  "http://a?x",
				  "http://a/<x>",
				  "http://a/\"x\"",
				  "http://a/{x}",
				  "http://a/|",
				  "http://a/^",
				  "http://a/`id`",
				  "http://0.0.0.0/",
				  "http://0.1.2.3/",
				  "http://224.0.0.1/",
				  "http://255.255.255.255/",
				  "http://1.2.3/",
				  "http://1.2.3.4.5/",
				  "http://256.1.1.1/",
				  "http://01.2.3.4/",
				  "http://1.2.3.04/",
				  "http://2130706433/",
				  "http://a.1/",
				  "http://[::]/",
				  "http://[ff02::1]/",
				  "http://[fe80::1%25eth0]/",
				  "http://[1:2]/",
				  "http://[1::2::3]/",
				  "http://[1:2:3:4:5:6:7:8:9]/",
				  "http://[12345::]/",
				  "http://[g::1]/",
				  "http://[::1/",
				  "http://::1/",
				  "http://[::1]x/",
				  "http://[::1]:/",
				  "http://[]/",
				  "http://[:1]/",
				  "http://[1:]/",
				  "http://[::1]:70000/",
				  "http://[1:2:3:4:5:6:7::8]x",
				  "http://a*b/",
				  "http://a,b/",
				  "http://a%2fb/",
				  "http://a\tb/",
				  "javascript:alert(1)",
				  "//a/x",
				  "a/x",
				  "",
				  " http://a/",
				  "data:,x",
				  "http:a",
				  "http://a/\x7f",
				  "http://\xc3\xa4/",
				  "http://a/\xc3\xa4",
				  "http://a/x y",
				  "http://a/\r\nHost: b",
				  "http://a/\n",
				  "http://xn--/ "};

static void one_of(struct bytes *b, uint64_t k, struct rng *r)
{
	const char *s = bad[bytes_spread(k, ARRAY_SIZE(bad))];

	bytes_set(b, s, strlen(s));
}

static void bad_byte(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char odd[] = " \"#<>\\^`{|}\x7f\x80\xff\t\r\n\0\x1f";

	b->p[bytes_spread(k, b->n)] = odd[rng_below(r, sizeof(odd) - 1)];
}

static void too_long(struct bytes *b, uint64_t k, struct rng *r)
{
	while (b->n <= URL_MAX + k % 4000)
		bytes_add(b, "x", 1);
}

static void long_label(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, "http://", 7);
	if (k % 2)
		bytes_text(b, "%0*d.x/", 64 + (int)rng_below(r, 150), 7);
	else
		for (k = 1; k < 255; k++)
			bytes_add(b, k % 50 ? "a" : ".", 1);
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = k % 8;
}

static const struct rule rules[] = {
	RULE("H24 one of a list", one_of, 8),
	RULE("H24 a bad byte", bad_byte, 4),
	RULE("H24 too long", too_long, 1),
	RULE("H24 a label or host too long", long_label, 1),
	RULE("H24 cut in its scheme", cut, 1),
};

/* Locations: all of the list too, but for those that start with one '/'. */
static void bad_location(struct bytes *b, uint64_t k, struct rng *r)
{
	const char *s = bad[bytes_spread(k, ARRAY_SIZE(bad))];

	b->n = bytes_find(b, "\n", 0) + 1;
	bytes_add(b, s, strlen(s));
}

static void bad_path(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {
		"/../x", "/x/..",     "/%2e%2e/", "/.",
		"/#",	 "/%00",      "/ x",	  "/x\r\nHost: b",
		"//b/x", "///x",      "/\\b",	  "/%0a",
		"/{x}",	 "/\xc3\xa4", "/<",	  "/\"",
		"/x#y",	 "/%",	      "/x/%2E",	  "/|"};

	b->n = bytes_find(b, "\n", 0) + 1;
	bytes_add(b, odd[k % 20], strlen(odd[k % 20]));
}

static void bad_base(struct bytes *b, uint64_t k, struct rng *r)
{
	const char *s;

	do {
		s = bad[bytes_spread(k++, ARRAY_SIZE(bad))];
	} while (strchr(s, '\n'));
	bytes_remove(b, 0, bytes_find(b, "\n", 0));
	bytes_insert(b, 0, s, strlen(s));
}

static void relative(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"x",	  "x/y", "?q", "#f",   "./x",
					  "../x", "",	 ";x", "x:80", "%2fx"};

	b->n = bytes_find(b, "\n", 0) + 1;
	bytes_add(b, odd[k % 10], strlen(odd[k % 10]));
}

static void downgrade(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, "https://a/", 10);
	bytes_text(b, "%llu\nhttp://a/%llu", (unsigned long long)k,
		   (unsigned long long)k);
}

static void long_location(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = bytes_find(b, "\n", 0) + 1;
	bytes_text(b, "/");
	while (b->n <= 2 * URL_MAX + k % 2000)
		bytes_add(b, "x", 1);
}

static const struct rule redirects[] = {
	RULE("H12 to no URL", bad_location, 4),
	RULE("H12 to no path", bad_path, 2),
	RULE("H12 from no URL", bad_base, 1),
	RULE("H12 to a relative one", relative, 1),
	RULE("H12 from https to http", downgrade, 1),
	RULE("H12 too long", long_location, 1),
};

static const char *const words[] = {
	"http://", "https://",	      "://", "@",     "%2e",	"..",
	"/",	   "[::1]",	      ":80", "{mac}", "{role}", "?",
	"#",	   "255.255.255.255", NULL};

const struct format case_url = {"url",	      NULL,  good,	 decode,
				RULES(rules), words, .weight = 2};
const struct format case_redirect = {
	"redirect", "url", good_pair, decode_pair, RULES(redirects), words};
