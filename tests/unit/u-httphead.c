/* SPDX-License-Identifier: MIT */
/* u-httphead.c - response heads, plain and hostile, cut at every byte. */
#include "format/httphead.h"
#include "unit.h"

static char big[2 * HTTPHEAD_MAX];

static int parse(struct httphead *h, const char *head)
{
	struct fault f = {0};
	int err = httphead_parse(h, head, strlen(head), &f);

	CHECK(!err == !f.why);
	return err;
}

#define OK   "HTTP/1.1 200 OK\r\n"
#define PART "HTTP/1.1 206 Partial Content\r\n"

static void every_split(void)
{
	static const char head[] =
		OK "Content-Length: 5\r\nETag: \"x\"\r\n\r\n";
	size_t i, n = sizeof(head) - 1;
	struct httphead h;

	for (i = 0; i < n; i++)
		CHECK_INT(httphead_end(head, i, NULL), 0);
	CHECK_INT(httphead_end(head, n, NULL), n);
	CHECK_INT(parse(&h, head), 0);
	CHECK(h.status == 200 && h.has_length && h.length == 5);
	CHECK(h.keep_alive && !h.has_range);
	for (i = 0; i < n; i++)
		CHECK(httphead_parse(&h, head, i, NULL) < 0);
}

static void every_byte(void)
{
	static const char head[] =
		PART "Content-Range: bytes 0-4/9\r\nContent-Length: 5\r\n\r\n";
	char copy[sizeof(head)];
	struct httphead h;
	size_t i;
	int c;

	for (i = 0; i < sizeof(head) - 1; i++)
		for (c = 0; c < 256; c++) {
			memcpy(copy, head, sizeof(head));
			copy[i] = c;
			if (!httphead_parse(&h, copy, sizeof(head) - 1, NULL) &&
			    h.has_range && h.has_length)
				CHECK(h.last - h.first + 1 == h.length);
		}
}

static void refused(void)
{
	static const struct {
		const char *head;
		int err;
	} rows[] = {
		{OK "Content-Length: -1\r\n\r\n", -EBADMSG},
		{OK "Content-Length: +5\r\n\r\n", -EBADMSG},
		{OK "Content-Length:  5 \r\n\r\n", -EBADMSG},
		{OK "Content-Length: 0x10\r\n\r\n", -EBADMSG},
		{OK "Content-Length: 5,5\r\n\r\n", -EBADMSG},
		{OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", -EBADMSG},
		{OK "Content-Length: 5\r\ncontent-length: 5\r\n\r\n", -EBADMSG},
		{OK "Content-Length: \r\n\r\n", -EBADMSG},
		{OK "Content-Length: 9223372036854775808\r\n\r\n", -EBADMSG},
		{OK "Content-Length: 18446744073709551615\r\n\r\n", -EBADMSG},
		{OK "Content-Length: 1111111111111111111111111111111111111111"
		    "\r\n\r\n",
		 -EBADMSG},
		{OK "Transfer-Encoding: chunked\r\n\r\n", -ENOTSUP},
		{OK "Transfer-Encoding: identity\r\n\r\n", -ENOTSUP},
		{OK "TRANSFER-ENCODING: x\r\nContent-Length: 5\r\n\r\n",
		 -ENOTSUP},
		{OK "Content-Encoding: gzip\r\n\r\n", -ENOTSUP},
		{OK "A: b\n\r\n", -EBADMSG},
		{OK "A: b\r\n c\r\n\r\n", -EBADMSG},
		{OK "A : b\r\n\r\n", -EBADMSG},
		{OK ": b\r\n\r\n", -EBADMSG},
		{OK "A\r\n\r\n", -EBADMSG},
		{OK "A: b\rc\r\n\r\n", -EBADMSG},
		{OK "A: \x01\r\n\r\n", -EBADMSG},
		{OK "Location: /a\r\nLocation: /b\r\n\r\n", -EBADMSG},
		{OK "\r\nA: b\r\n\r\n", -EBADMSG},
		{"HTTP/9.9 200 OK\r\n\r\n", -EBADMSG},
		{"HTTP/1.2 200 OK\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 2e2 OK\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 099 x\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 600 x\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 2000 x\r\n\r\n", -EBADMSG},
		{"HTTP/1.1 20 x\r\n\r\n", -EBADMSG},
		{"HTTP/1.1  200 x\r\n\r\n", -EBADMSG},
		{"http/1.1 200 OK\r\n\r\n", -EBADMSG},
		{"<html>\r\n\r\n", -EBADMSG},
		{"\r\n\r\n", -EBADMSG},
		{"", -EBADMSG},
		{PART "\r\n", -EBADMSG},
		{PART "Content-Range: bytes 5-4/9\r\n\r\n", -EBADMSG},
		{PART "Content-Range: bytes 0-9/9\r\n\r\n", -EBADMSG},
		{PART "Content-Range: bytes 0-4/*\r\n\r\n", -EBADMSG},
		{PART "Content-Range: bytes */9\r\n\r\n", -EBADMSG},
		{PART "Content-Range: lines 0-4/9\r\n\r\n", -EBADMSG},
		{PART "Content-Range: bytes -4/9\r\n\r\n", -EBADMSG},
		{PART "Content-Range: bytes 0-4/9\r\n"
		      "Content-Range: bytes 0-4/9\r\n\r\n",
		 -EBADMSG},
		{PART "Content-Range: bytes 0-4/9\r\nContent-Length: 6\r\n\r\n",
		 -EBADMSG},
		{PART "Content-Type: multipart/byteranges; boundary=x\r\n\r\n",
		 -ENOTSUP},
	};
	struct httphead h;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].head;
		CHECK_INT(parse(&h, rows[i].head), rows[i].err);
	}
	CHECK_INT(httphead_end("HTTP/1.1 2\0", 11, NULL), -EBADMSG);
	CHECK_INT(httphead_end("GET ", 4, NULL), -EBADMSG);
	CHECK_INT(httphead_end("HTTP/2", 6, NULL), -EBADMSG);
}

static void too_much(void)
{
	static const char first[] = OK;
	size_t n = sizeof(first) - 1, i;
	struct httphead h;

	memset(big, 'a', sizeof(big));
	memcpy(big, first, n);
	CHECK_INT(httphead_end(big, HTTPHEAD_MAX - 1, NULL), 0);
	CHECK_INT(httphead_end(big, HTTPHEAD_MAX, NULL), -EOVERFLOW);
	CHECK_INT(httphead_end(big, sizeof(big), NULL), -EOVERFLOW);
	for (i = 0; i < HTTPHEAD_LINES_MAX; i++, n += 5)
		memcpy(big + n, "a:b\r\n", 5);
	memcpy(big + n, "\r\n", 2);
	CHECK_INT(httphead_parse(&h, big, n + 2, NULL), 0);
	memcpy(big + n, "a: \r\n\r\n", 7);
	CHECK_INT(httphead_parse(&h, big, n + 7, NULL), -EOVERFLOW);
}

static void statuses(void)
{
	static const int codes[] = {100, 101, 103, 200, 204, 301, 302, 303, 304,
				    307, 308, 400, 401, 403, 404, 408, 410, 416,
				    418, 429, 500, 502, 503, 504, 511, 599};
	struct httphead h;
	char head[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		snprintf(head, sizeof(head), "HTTP/1.1 %d\r\n\r\n", codes[i]);
		unit_row = head;
		CHECK_INT(parse(&h, head), 0);
		CHECK_INT(h.status, codes[i]);
	}
}

static void facts(void)
{
	struct httphead h;

	CHECK_INT(parse(&h, PART "content-range: BYTES 5-9/10\r\n"
				 "Content-Length: 5\r\n\r\n"),
		  0);
	CHECK(h.has_range && h.first == 5 && h.last == 9 && h.total == 10);
	CHECK_INT(parse(&h, "HTTP/1.0 200 OK\r\n\r\n"), 0);
	CHECK(!h.keep_alive && !h.has_length);
	CHECK_INT(parse(&h, OK "Connection: foo , Close\r\n\r\n"), 0);
	CHECK(!h.keep_alive);
	CHECK_INT(parse(&h, OK "Content-Encoding: identity\r\n"
			       "Content-Range: bytes 0-4/9\r\n\r\n"),
		  0);
	CHECK(!h.has_range);
	CHECK_INT(parse(&h, "HTTP/1.1 503 x\r\nRetry-After: 7\r\n"
			    "Transfer-Encoding: chunked\r\n"
			    "Content-Length: 9\r\nDate: now\r\n\r\n"),
		  0);
	CHECK(h.has_retry_after && h.retry_after == 7 && h.has_date);
	CHECK(!h.keep_alive && !h.has_length);
	CHECK_INT(parse(&h, "HTTP/1.1 503 x\r\nRetry-After: Fri, 31 Dec\r\n"
			    "\r\n"),
		  0);
	CHECK(!h.has_retry_after);
	CHECK_INT(parse(&h, "HTTP/1.1 302 Found\r\nLocation: \t/x \r\n"
			    "Content-Type: text/html\r\n\r\n"),
		  0);
	CHECK(span_is(h.location, "/x") && span_is(h.type, "text/html"));
	CHECK_INT(parse(&h, "HTTP/1.1 416 x\r\nContent-Range: bytes */9\r\n"
			    "\r\n"),
		  0);
}

UNIT_MAIN(UNIT_CASE(every_split), UNIT_CASE(every_byte), UNIT_CASE(refused),
	  UNIT_CASE(too_much), UNIT_CASE(statuses), UNIT_CASE(facts))
