// SPDX-License-Identifier: MIT
/* case-http.c - response heads: the H rows that the parser must refuse. */
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "format/httphead.h"

/* Of a 206, of which all may go wrong, or of any other status. */
static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	static const unsigned int others[] = {200, 301, 404, 416, 429, 503};
	unsigned int first = rng_below(r, 100000), n = 1 + rng_below(r, 70000);
	unsigned int status = k % 4 ? 206 : others[rng_below(r, 6)];

	bytes_set(b, "", 0);
	bytes_text(b, "HTTP/1.%d %u Some Reason\r\n", (int)rng_below(r, 2),
		   status);
	bytes_text(b, "Server: x/1.0 (y)\r\nDate: Thu, 01 Jan 2026 00:00:00 "
		      "GMT\r\n");
	bytes_text(b, "Content-Length: %u\r\n", n);
	bytes_text(b, "Content-Range: bytes %u-%u/%u\r\n", first, first + n - 1,
		   first + n + (unsigned int)rng_below(r, 9000));
	bytes_text(b, "Content-Type: application/octet-stream\r\n");
	if (k % 4 == 0 && status > 300)
		bytes_text(b, "Transfer-Encoding: chunked\r\n");
	if (rng_below(r, 2))
		bytes_text(b, "ETag: \"a:b\"\r\nCONNECTION: Keep-Alive\r\n");
	bytes_text(b, "Location: /elsewhere\r\nX-Empty:\r\n\r\n");
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct httphead h;
	int end = httphead_end((const char *)p, n, f);

	if (end < 0)
		return end;
	if (!end)
		return fault_set(f, -ENODATA, "no end of the head", n);
	return httphead_parse(&h, (const char *)p, end, f);
}

/* All rules but a few are about a 206's or 200's body. */
static void as_206(struct bytes *b, struct rng *r)
{
	good(b, 1, r);
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = bytes_spread(k, b->n);
}

static void not_http(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"HTTP/2 200\r\n\r\n",
					  "HTTP/1.2 200 OK\r\n\r\n",
					  "HTTP/0.9 200 OK\r\n\r\n",
					  "http/1.1 200 OK\r\n\r\n",
					  "ICY 200 OK\r\n\r\n",
					  "<html>\r\n\r\n",
					  "\r\n\r\n",
					  "\n\n",
					  "SSH-2.0-OpenSSH\r\n\r\n",
					  "\x16\x03\x01\x02",
					  "HTTP/1.1200 OK\r\n\r\n",
					  " HTTP/1.1 200 OK\r\n\r\n"};
	const char *s = odd[k % ARRAY_SIZE(odd)];

	bytes_set(b, s, strlen(s));
}

static void status(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {
		"99",  "099", "600", "999", "000", "2000", "20",   "-20",
		"+20", "2 0", "abc", "",    "0x1", "2OO",  "20\t", "1e2"};
	char line[64];

	snprintf(line, sizeof(line), "HTTP/1.1 %s%s\r\n\r\n",
		 odd[k % ARRAY_SIZE(odd)], k / 16 % 2 ? " OK" : "");
	bytes_set(b, line, strlen(line));
}

/* NUL, a lone CR or LF, any other control character, anywhere. */
static void control(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t bad[] = {0, 10, 13, 1, 8, 11, 27, 127};

	uint8_t *at = b->p + bytes_spread(k, b->n - 2), was = *at;

	while (*at == was)
		*at = bad[rng_below(r, sizeof(bad))];
}

static void bare_lf(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_edit(b, k, "\r\n", "\n");
}

static void folded(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at;

	/* behind the first line, before the empty one */
	do {
		at = bytes_find(b, "\r\n", k++);
	} while (at + 4 >= b->n);
	bytes_insert(b, at + 2, k % 2 ? " x" : "\tx", 2);
}

static void blank_before_colon(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const names[] = {"Server", "Date", "Content-Length",
					    "Content-Range", "Location"};
	const char *name = names[k % 5];

	bytes_insert(b, bytes_find(b, name, 0) + strlen(name),
		     k / 5 % 2 ? " " : "\t", 1);
}

static void field_name(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char odd[] = "\"(),/;<=>?@[\\]{}\x80 ";

	b->p[bytes_find(b, "Server:", 0) + rng_below(r, 6)] =
		odd[k % (sizeof(odd) - 1)];
}

static void no_colon(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"nonsense\r\n", ": v\r\n",
					  "HTTP/1.1 200 OK\r\n", " \r\n"};
	const char *s = odd[k % 4];

	bytes_insert(b, bytes_find(b, "\r\n", 0) + 2, s, strlen(s));
}

static void length(struct bytes *b, uint64_t k, struct rng *r)
{
	case_number(b, "Content-Length: ", k, r);
}

static void length_odd(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"1, 1", "1 ",	 " 1",
					  "1;x",  "\t1", "\"1\""};

	as_206(b, r);
	bytes_edit(b, 0, "Content-Length: ", "Content-Length: @\r\nX-Rest: ");
	bytes_edit(b, 0, "@", odd[k % 6]);
}

/* The same once more is refused too: which one would the next hop read? */
static void twice(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const fields[] = {
		"content-length: 1\r\n", "CONTENT-RANGE: bytes 0-0/1\r\n",
		"location: /x\r\n", "Content-Length:\r\n"};
	const char *s = fields[k % 4];
	size_t at;

	do {
		at = bytes_find(b, "\r\n", rng_next(r)) + 2;
	} while (at >= b->n);
	bytes_insert(b, at, s, strlen(s));
}

static void range(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {
		"bytes 0-9/5",
		"bytes 9-0/10",
		"bytes 0-9/*",
		"bytes */10",
		"bytes 0-/10",
		"bytes -9/10",
		"bytes=0-9/10",
		"octets 0-9/10",
		"0-9/10",
		"bytes 0-9",
		"bytes 0 - 9/10",
		"bytes 00-9/10",
		"bytes 0-9/9",
		"bytes  0-9/10",
		"",
		"bytes 0-9/10x",
		"bytes 0x0-9/10",
		"bytes 0-9/10, 0-9/10",
		"bytes 9223372036854775807-9223372036854775808/9223372036854775809",
		"bytes 18446744073709551615-0/1"};
	size_t at, end;

	as_206(b, r);
	at = bytes_find(b, "bytes ", 0);
	for (end = at; b->p[end] != '\r'; end++)
		;
	bytes_remove(b, at, end - at);
	bytes_insert(b, at, odd[k % 20], strlen(odd[k % 20]));
	/* or the length would contradict it before it is looked at */
	bytes_edit(b, 0, "Content-Length: ", "X-Length: ");
}

static void range_length(struct bytes *b, uint64_t k, struct rng *r)
{
	as_206(b, r);
	bytes_edit(b, 0, "Content-Length: ", "Content-Length: 7");
}

static void no_range(struct bytes *b, uint64_t k, struct rng *r)
{
	as_206(b, r);
	bytes_edit(b, 0, "Content-Range", "X-Content-Range");
}

static void coded(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const fields[] = {
		"Transfer-Encoding: chunked",
		"transfer-encoding: identity",
		"Transfer-Encoding:",
		"TRANSFER-ENCODING: x",
		"Content-Encoding: gzip",
		"content-encoding: br",
		"Content-Encoding: identity, gzip",
		"Content-Encoding:",
		"Content-Type: multipart/byteranges",
		"content-type: Multipart/x; boundary=a"};
	const char *s = fields[k % 10];
	size_t at;

	as_206(b, r);
	if (k % 10 < 8 && k / 10 % 2)
		bytes_edit(b, 0, " 206 ", " 200 ");
	do {
		at = bytes_find(b, "\r\n", rng_next(r));
	} while (at + 2 >= b->n);
	bytes_insert(b, at, s, strlen(s));
	bytes_insert(b, at, "\r\n", 2);
}

static void too_many(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at = bytes_find(b, "\r\n", 0) + 2;

	for (int i = 0; i < HTTPHEAD_LINES_MAX; i++)
		bytes_insert(b, at, "A: b\r\n", 6);
}

static void too_long(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at = bytes_find(b, "\r\n", k % 3);

	while (b->n <= HTTPHEAD_MAX + k % 100)
		bytes_insert(b, at, "xxxxxxxxxxxxxxxx", 16);
}

static const struct rule rules[] = {
	RULE("H cut", cut, 6),
	RULE("H not HTTP/1", not_http, 2),
	RULE("H status", status, 3),
	RULE("H a control character", control, 6),
	RULE("H a bare LF", bare_lf, 2),
	RULE("H a folded line", folded, 2),
	RULE("H a blank before a colon", blank_before_colon, 2),
	RULE("H a name that is no token", field_name, 2),
	RULE("H a line that is no field", no_colon, 1),
	RULE("H a length that is none", length, 3),
	RULE("H a length that needs care", length_odd, 1),
	RULE("H a field twice", twice, 2),
	RULE("H a range that is none", range, 3),
	RULE("H range against length", range_length, 1),
	RULE("H 206 without a range", no_range, 1),
	RULE("H20 a coded body", coded, 2),
	RULE("H too many lines", too_many, 1),
	RULE("H too long", too_long, 2),
};

static const char *const words[] = {"HTTP/1.1 206 ",
				    "HTTP/1.0 200 ",
				    "\r\n",
				    "Content-Length:",
				    "Content-Range: bytes ",
				    "Location: ",
				    "Transfer-Encoding: chunked",
				    "Content-Encoding: ",
				    "Connection: close",
				    "Retry-After: ",
				    "multipart/byteranges",
				    NULL};

const struct format case_http = {"http",       NULL,  good,	  decode,
				 RULES(rules), words, .weight = 3};
