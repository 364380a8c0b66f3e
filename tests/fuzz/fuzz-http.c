// SPDX-License-Identifier: MIT
/*
 * fuzz-http.c - a head is found, and read, the same wherever the stream was
 * cut and whatever follows it; what was understood, said again in the plainest
 * way, is understood as the same.
 */
#include <strings.h>

#include "format/httphead.h"
#include "fuzz.h"

/* As a reader of a connection does it: ask after every piece. */
static int find_end(const char *p, size_t n, unsigned int step, size_t *seen)
{
	uint64_t state = fuzz_hash((const uint8_t *)p, n);
	struct fault f;
	int end = 0;

	for (*seen = 0; !end && *seen < n;) {
		size_t k = step ? 1 + fuzz_next(&state) % step : n;

		*seen += k < n - *seen ? k : n - *seen;
		memset(&f, 0, sizeof(f));
		end = httphead_end(p, *seen, &f);
		NEED((end < 0) == !!f.why);
		NEED(end <= (int)*seen && end <= (int)HTTPHEAD_MAX);
	}
	return end;
}

/* What follows a head, be it another one, is not part of it. */
static void check_body(const char *p, size_t n, int end)
{
	static const char body[] = "\r\n\r\nHTTP/1.1 200 \r\n\r\n";
	static char more[2 * HTTPHEAD_MAX];
	size_t seen;

	if (n > sizeof(more) - sizeof(body))
		return;
	memcpy(more, p, n);
	memcpy(more + n, body, sizeof(body));
	NEED(find_end(more, n + sizeof(body), 0, &seen) == end);
}

static void check_fields(const struct httphead *h, struct span head)
{
	NEED(h->status >= 100 && h->status <= 599);
	NEED(fuzz_inside(h->location, head) && fuzz_inside(h->type, head));
	NEED(!h->has_length || h->length <= INT64_MAX);
	NEED(h->status == 206 ? h->has_range : !h->has_range);
	if (h->has_range) {
		NEED(h->first <= h->last && h->last < h->total);
		NEED(!h->has_length || h->length == h->last - h->first + 1);
	}
}

/* Whose body is coded has no length, and ends its connection. */
static void check_coding(const struct httphead *h, struct span head)
{
	static const char name[] = "\ntransfer-encoding:";
	size_t n = sizeof(name) - 1;

	for (size_t i = 0; i + n <= head.n; i++)
		if (!strncasecmp(head.p + i, name, n))
			NEED(h->status != 200 && h->status != 206 &&
			     !h->has_length && !h->keep_alive);
}

static bool same(const struct httphead *a, const struct httphead *b)
{
	return a->status == b->status && a->keep_alive == b->keep_alive &&
	       a->has_length == b->has_length &&
	       (!a->has_length || a->length == b->length) &&
	       a->has_range == b->has_range && a->first == b->first &&
	       a->last == b->last && a->total == b->total &&
	       a->has_retry_after == b->has_retry_after &&
	       a->location.n == b->location.n &&
	       (!a->location.n ||
		!memcmp(a->location.p, b->location.p, a->location.n));
}

static void say_again(const struct httphead *h)
{
	static char text[2 * HTTPHEAD_MAX];
	struct httphead again;
	size_t n;

	n = snprintf(text, sizeof(text), "HTTP/1.%d %u\r\n%s", h->keep_alive,
		     h->status, h->keep_alive ? "" : "connection: close\r\n");
	if (h->has_length)
		n += sprintf(text + n, "content-length: %llu\r\n",
			     (unsigned long long)h->length);
	if (h->has_range)
		n += sprintf(text + n,
			     "content-range: bytes %llu-%llu/%llu\r\n",
			     (unsigned long long)h->first,
			     (unsigned long long)h->last,
			     (unsigned long long)h->total);
	if (h->has_retry_after)
		n += sprintf(text + n, "retry-after: %llu\r\n",
			     (unsigned long long)h->retry_after);
	if (h->location.n)
		n += sprintf(text + n, "location: %.*s\r\n", (int)h->location.n,
			     h->location.p);
	n += sprintf(text + n, "\r\n");
	if (n > HTTPHEAD_MAX)
		return;
	NEED(!httphead_parse(&again, text, n, NULL));
	/* a length that is not to be believed was dropped, and is not there */
	NEED(same(h, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int steps[] = {1, 5, 60, 2000};
	const char *p = (const char *)data;
	struct httphead h, h2;
	struct fault f = {0};
	size_t seen;
	int end = find_end(p, size, 0, &seen), err;

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		NEED(find_end(p, size, steps[i], &seen) == end);
	if (end <= 0)
		return 0;
	check_body(p, size, end);
	err = httphead_parse(&h, p, end, &f);
	if (err) {
		fuzz_refusal(err, &f, size);
		return 0;
	}
	NEED((size_t)end == size ||
	     httphead_parse(&h2, p, size, NULL) == -EBADMSG);
	NEED(httphead_parse(&h2, p, end - 1, NULL) < 0);
	check_fields(&h, (struct span){p, end});
	check_coding(&h, (struct span){p, end});
	say_again(&h);
	return 0;
}
