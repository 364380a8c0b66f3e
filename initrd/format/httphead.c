/* SPDX-License-Identifier: MIT */
/* httphead.c - the head of an HTTP/1.x response, refused unless plain. */
#include "format/httphead.h"

#define HTTPHEAD_STATUS	    "HTTP/1.x nnn"
#define HTTPHEAD_STATUS_LEN 12

/* What the lines say together is judged when all of them were seen. */
struct httphead_state {
	struct httphead *h;
	struct fault *f;
	uint64_t where;
	bool has_location, coded, multipart, range_seen;
};

static bool httphead_is(struct span s, const char *lower)
{
	size_t i;

	if (s.n != strlen(lower))
		return false;
	for (i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		if (c != lower[i])
			return false;
	}
	return true;
}

static bool httphead_begins(const char *buf, size_t size)
{
	static const char magic[] = "HTTP/1.";
	size_t n = sizeof(magic) - 1;

	if (memcmp(buf, magic, size < n ? size : n))
		return false;
	return size <= n || buf[n] == '0' || buf[n] == '1';
}

int httphead_end(const char *buf, size_t size, struct fault *f)
{
	size_t i, n = size < HTTPHEAD_MAX ? size : HTTPHEAD_MAX;

	if (n && !httphead_begins(buf, n))
		return fault_set(f, -EBADMSG, "not an HTTP/1 response", 0);
	for (i = 0; i < n; i++) {
		if (!buf[i])
			return fault_set(f, -EBADMSG, "NUL in head", i);
		if (buf[i] != '\n')
			continue;
		if (buf[i - 1] != '\r')
			return fault_set(f, -EBADMSG, "bare LF in head", i);
		if (buf[i - 2] == '\n')
			return i + 1;
	}
	if (n == HTTPHEAD_MAX)
		return fault_set(f, -EOVERFLOW, "head too long", n);
	return 0;
}

static bool httphead_text_ok(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

static struct span httphead_trim(struct span s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static int httphead_status(struct httphead *h, struct span line,
			   struct fault *f)
{
	uint64_t status;

	if (line.n < HTTPHEAD_STATUS_LEN || !httphead_begins(line.p, line.n) ||
	    line.p[8] != ' ' || !httphead_text_ok(line) ||
	    (line.n > HTTPHEAD_STATUS_LEN &&
	     line.p[HTTPHEAD_STATUS_LEN] != ' '))
		return fault_set(f, -EBADMSG, "bad status line", 0);
	if (text_u64((struct span){line.p + 9, 3}, &status) || status < 100 ||
	    status > 599)
		return fault_set(f, -EBADMSG, "bad status", 9);
	h->status = status;
	h->keep_alive = line.p[7] == '1';
	return 0;
}

/* No white space but the usual one space: a number that needs care is none. */
static int httphead_length(struct httphead_state *s, struct span v)
{
	if (v.n && v.p[0] == ' ') {
		v.p++;
		v.n--;
	}
	if (s->h->has_length)
		return fault_set(s->f, -EBADMSG, "second Content-Length",
				 s->where);
	if (text_u64(v, &s->h->length))
		return fault_set(s->f, -EBADMSG, "bad Content-Length",
				 s->where);
	s->h->has_length = true;
	return 0;
}

/* "bytes FIRST-LAST/TOTAL"; with other statuses it means nothing to us. */
static int httphead_range(struct httphead_state *s, struct span v)
{
	struct httphead *h = s->h;
	struct span unit, rest, range, total, first, last;

	if (s->range_seen)
		return fault_set(s->f, -EBADMSG, "second Content-Range",
				 s->where);
	s->range_seen = true;
	if (h->status != 206)
		return 0;
	text_cut(v, ' ', &unit, &rest);
	text_cut(rest, '/', &range, &total);
	text_cut(range, '-', &first, &last);
	if (!httphead_is(unit, "bytes") || text_u64(first, &h->first) ||
	    text_u64(last, &h->last) || text_u64(total, &h->total))
		return fault_set(s->f, -EBADMSG, "bad Content-Range", s->where);
	if (h->first > h->last || h->last >= h->total)
		return fault_set(s->f, -EBADMSG, "impossible Content-Range",
				 s->where);
	h->has_range = true;
	return 0;
}

static void httphead_connection(struct httphead *h, struct span v)
{
	struct span token;

	while (v.n) {
		text_cut(v, ',', &token, &v);
		if (httphead_is(httphead_trim(token), "close"))
			h->keep_alive = false;
	}
}

static void httphead_retry_after(struct httphead *h, struct span v)
{
	h->has_retry_after = !text_u64(v, &h->retry_after);
}

static int httphead_location(struct httphead_state *s, struct span v)
{
	if (s->has_location)
		return fault_set(s->f, -EBADMSG, "second Location", s->where);
	s->has_location = true;
	s->h->location = v;
	return 0;
}

static void httphead_type(struct httphead_state *s, struct span v)
{
	struct span kind = {v.p, v.n < 10 ? v.n : 10};

	s->h->type = v;
	s->multipart |= httphead_is(kind, "multipart/");
}

static int httphead_field(struct httphead_state *s, struct span name,
			  struct span raw)
{
	struct span v = httphead_trim(raw);

	if (httphead_is(name, "content-length"))
		return httphead_length(s, raw);
	if (httphead_is(name, "content-range"))
		return httphead_range(s, v);
	if (httphead_is(name, "location"))
		return httphead_location(s, v);
	if (httphead_is(name, "transfer-encoding"))
		s->coded = true;
	else if (httphead_is(name, "content-encoding"))
		s->coded |= !httphead_is(v, "identity");
	else if (httphead_is(name, "content-type"))
		httphead_type(s, v);
	else if (httphead_is(name, "connection"))
		httphead_connection(s->h, v);
	else if (httphead_is(name, "retry-after"))
		httphead_retry_after(s->h, v);
	else if (httphead_is(name, "date"))
		s->h->has_date = true;
	return 0;
}

/* RFC 9110 token: what a field's name may hold, so no space before ':'. */
static bool httphead_token_ok(struct span s)
{
	size_t i;

	for (i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (c <= 0x20 || c >= 0x7f || strchr("\"(),/:;<=>?@[\\]{}", c))
			return false;
	}
	return s.n;
}

static int httphead_judge(struct httphead_state *s)
{
	struct httphead *h = s->h;
	bool body = h->status == 200 || h->status == 206;

	if (body && s->coded)
		return fault_set(s->f, -ENOTSUP, "coded body", 0);
	if (h->status == 206 && s->multipart)
		return fault_set(s->f, -ENOTSUP, "multipart ranges", 0);
	if (h->status == 206 && !h->has_range)
		return fault_set(s->f, -EBADMSG, "206 without Content-Range",
				 0);
	if (h->has_range && h->has_length &&
	    h->length != h->last - h->first + 1)
		return fault_set(s->f, -EBADMSG,
				 "Content-Range contradicts Content-Length", 0);
	if (s->coded) {
		h->has_length = false;
		h->keep_alive = false;
	}
	return 0;
}

int httphead_parse(struct httphead *h, const char *buf, size_t size,
		   struct fault *f)
{
	struct httphead_state s = {.h = h, .f = f};
	struct span rest = {buf, size}, line, name, value;
	unsigned int n;
	bool whole;
	int err;

	memset(h, 0, sizeof(*h));
	err = httphead_end(buf, size, f);
	if (err < 0)
		return err;
	if (!size || (size_t)err != size)
		return fault_set(f, -EBADMSG, "not exactly one head", size);
	rest.n -= 2;
	for (n = 0; text_line(&rest, &line, &whole); n++) {
		s.where = line.p - buf;
		line.n--; /* httphead_end saw that each line ends with CR LF */
		if (n > HTTPHEAD_LINES_MAX)
			return fault_set(f, -EOVERFLOW, "too many lines",
					 s.where);
		if (!n) {
			err = httphead_status(h, line, f);
		} else {
			text_cut(line, ':', &name, &value);
			if (!value.p || !httphead_token_ok(name) ||
			    !httphead_text_ok(value))
				return fault_set(f, -EBADMSG, "bad header line",
						 s.where);
			err = httphead_field(&s, name, value);
		}
		if (err)
			return err;
	}
	return httphead_judge(&s);
}
