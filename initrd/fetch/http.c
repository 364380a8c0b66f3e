// SPDX-License-Identifier: MIT
/* http.c - one GET: request, head, redirects, and a body with a length. */
#include <stdio.h>
#include "fetch/clock.h"
#include "fetch/http.h"
#include "fetch/httpcage.h"
#include "fetch/retry.h"

#define HTTP_REQUEST_MAX 1280 /* URL_MAX, URL_HOST_MAX and what is fixed */
#define HTTP_FULL_PACKET 1280 /* bytes: one at least came through, then */

static void http_name(char out[HTTP_MIRROR_MAX], const struct url *u)
{
	snprintf(out, HTTP_MIRROR_MAX, "%.50s:%u", u->host, u->port);
}

static int http_request(char *buf, size_t size, const struct http_get *g,
			const struct url *u)
{
	const char *open = strchr(u->host, ':') ? "[" : "";
	char port[8] = "", range[64] = "";
	int n;

	if (u->port != (u->tls ? 443 : 80))
		snprintf(port, sizeof(port), ":%u", u->port);
	if (g->ranged)
		snprintf(range, sizeof(range), "Range: bytes=%llu-%llu\r\n",
			 (unsigned long long)g->first,
			 (unsigned long long)g->last);
	n = snprintf(buf, size,
		     "GET %.*s HTTP/1.1\r\nHost: %s%s%s%s\r\n%s"
		     "User-Agent: slipway/1\r\nAccept-Encoding: identity\r\n"
		     "Connection: keep-alive\r\n\r\n",
		     (int)u->path.n, u->path.p, open, u->host, *open ? "]" : "",
		     port, range);
	return n < 0 || (size_t)n >= size ? -EOVERFLOW : n;
}

/* A Content-Length that lies is about length, whatever else it breaks. */
static enum code http_fault_code(const struct fault *f)
{
	return f->why && strstr(f->why, "Content-Length") ? CODE_LEN
							  : CODE_HTTP;
}

/* Small packets pass where large ones are lost without a word (RFC 2923). */
static void http_narrow(struct fetch *f, uint64_t got)
{
	if (got < HTTP_FULL_PACKET)
		f->conn->path.narrow = true;
}

static int http_lost(struct fetch *f, const struct http_get *g,
		     const char *from, ssize_t n, struct fetch_error *e)
{
	if (n == -ETIMEDOUT)
		http_narrow(f, f->conn->have - f->conn->at);
	if (n == -ETIMEDOUT)
		return fetch_fail(e, CODE_STALL,
				  "%s: no response in time "
				  "from %s",
				  g->object, from);
	return fetch_fail(e, CODE_CUT, "%s: no response from %s: %s", g->object,
			  from, n ? strerror((int)-n) : "connection closed");
}

/*
 * The head of a final response, which stays in the connection's buffer until
 * the caller is done with its spans; *@size is its length. -EAGAIN: a kept
 * connection ended before its first byte, or went on with something that is
 * no head: what is left of the last response, say.
 */
static int http_head(struct fetch *f, const struct http_get *g,
		     const char *from, struct httphead *h, size_t *size,
		     struct fetch_error *e)
{
	uint64_t deadline = clock_ms() + f->budget->head_ms;
	struct fetch_conn *c = f->conn;
	unsigned int interim = 0;
	bool any = false;

	for (;;) {
		struct fault why = {0};
		ssize_t got;
		int n;

		n = c->at == c->have ? 0
				     : httpcage_head(f, g->object,
						     c->buf + c->at,
						     c->have - c->at, h, &why, e);
		if (n == -EPROTO)
			return n;
		*size = n > 0 ? (size_t)n : 0;
		if (n < 0 && c->used)
			return -EAGAIN;
		if (n < 0)
			return fetch_fail(e, http_fault_code(&why),
					  "%s: %s from %s", g->object, why.why,
					  from);
		if (n &&
		    (h->status < 100 || h->status > 103 || h->status == 101))
			return 0;
		if (n && ++interim > f->budget->interim)
			return fetch_fail(e, CODE_HTTP,
					  "%s: more than %u "
					  "interim responses from %s",
					  g->object, f->budget->interim, from);
		if (n) {
			c->at += (size_t)n;
			continue;
		}
		got = conn_fill(c, deadline);
		if (got <= 0 && got != -ETIMEDOUT && c->used && !any)
			return -EAGAIN;
		if (got <= 0)
			return http_lost(f, g, from, got, e);
		any = true;
	}
}

/* A silent mirror is not worth a long wait while another may have all. */
static uint64_t http_patience(const struct fetch *f)
{
	if (f->n_mirrors > 1 && !f->mirrors[f->current].failures)
		return f->budget->connect_first_ms;
	return f->budget->connect_ms;
}

static int http_try(struct fetch *f, const struct http_get *g,
		    const struct url *u, struct httphead *h, size_t *size,
		    struct fetch_error *e)
{
	char request[HTTP_REQUEST_MAX], from[HTTP_MIRROR_MAX];
	struct fetch_conn *c = f->conn;
	int n, ret;

	http_name(from, u);
	n = http_request(request, sizeof(request), g, u);
	if (n < 0)
		return fetch_fail(e, CODE_URL, "%s: request too long",
				  g->object);
	ret = conn_open(c, &f->env, u, http_patience(f), e);
	if (ret)
		return ret;
	f->stats.requests++;
	ret = conn_send(c, request, (size_t)n, clock_ms() + f->budget->head_ms);
	if (ret && ret != -ETIMEDOUT && c->used)
		return -EAGAIN;
	if (ret)
		return http_lost(f, g, from, ret, e);
	return http_head(f, g, from, h, size, e);
}

static int http_exchange(struct fetch *f, const struct http_get *g,
			 const struct url *u, struct httphead *h, size_t *size,
			 struct fetch_error *e)
{
	int ret = http_try(f, g, u, h, size, e);

	/* the server was free to close while nothing was asked */
	if (ret == -EAGAIN) {
		conn_close(f->conn);
		ret = http_try(f, g, u, h, size, e);
	}
	return ret;
}

static bool http_is_redirect(unsigned int status)
{
	return status == 301 || status == 302 || status == 303 ||
	       status == 307 || status == 308;
}

static int http_status(struct fetch *f, const struct http_body *b,
		       const struct httphead *h, struct fetch_error *e)
{
	uint64_t max = f->budget->after_max_ms / 1000;

	if ((h->status == 429 || h->status == 503) && h->has_retry_after)
		f->after_ms =
			1000 * (h->retry_after < max ? h->retry_after : max);
	fetch_fail(e, CODE_FETCH, "%s: status %u from %s", b->get->object,
		   h->status, b->from);
	e->status = h->status;
	return -EPROTO;
}

static int http_partial(struct http_body *b, const struct httphead *h,
			struct fetch_error *e)
{
	const struct http_get *g = b->get;

	if (!g->ranged)
		return fetch_fail(e, CODE_HTTP, "%s: unasked 206 from %s",
				  g->object, b->from);
	if (g->has_size && h->total != g->size)
		return fetch_fail(e, CODE_LEN,
				  "%s: wrong size at %s "
				  "(expected %llu, got %llu)",
				  g->object, b->from,
				  (unsigned long long)g->size,
				  (unsigned long long)h->total);
	if (h->first != g->first || h->last != g->last)
		return fetch_fail(e, CODE_HTTP,
				  "%s: wrong range from %s "
				  "(expected %llu-%llu, got %llu-%llu)",
				  g->object, b->from,
				  (unsigned long long)g->first,
				  (unsigned long long)g->last,
				  (unsigned long long)h->first,
				  (unsigned long long)h->last);
	b->partial = true;
	b->left = h->last - h->first + 1;
	return 0;
}

static int http_whole(struct http_body *b, const struct httphead *h,
		      struct fetch_error *e)
{
	const struct http_get *g = b->get;

	b->left = g->size;
	if (!h->has_length) {
		b->until_close = true;
		b->keep = false;
		return 0;
	}
	if (g->has_size ? h->length != g->size : h->length > g->size)
		return fetch_fail(e, CODE_LEN,
				  "%s: wrong length from %s "
				  "(expected %s%llu, got %llu)",
				  g->object, b->from,
				  g->has_size ? "" : "at most ",
				  (unsigned long long)g->size,
				  (unsigned long long)h->length);
	b->left = h->length;
	return 0;
}

static int http_accept(struct fetch *f, struct http_body *b,
		       const struct httphead *h, struct fetch_error *e)
{
	b->keep = h->keep_alive;
	b->window_end = clock_ms() + f->budget->body_window_ms;
	if (h->status == 206)
		return http_partial(b, h, e);
	if (h->status == 200)
		return http_whole(b, h, e);
	return http_status(f, b, h, e);
}

static int http_follow(struct fetch *f, struct http_body *b,
		       char url[URL_MAX + 1], struct fetch_error *e)
{
	unsigned int hops;

	for (hops = 0; hops <= f->budget->redirects; hops++) {
		struct fault why = {0};
		struct httphead h;
		size_t size = 0;
		struct url u;
		int ret;

		if (url_parse(&u, text_span(url), &why))
			return fetch_fail(e, CODE_URL, "%s: %s", b->get->object,
					  why.why);
		http_name(b->from, &u);
		ret = http_exchange(f, b->get, &u, &h, &size, e);
		if (ret)
			return ret;
		if (!http_is_redirect(h.status)) {
			f->conn->at += size;
			f->conn->used = true;
			return http_accept(f, b, &h, e);
		}
		/* before the head with the Location in it is dropped */
		ret = httpcage_redirect(f, b->get->object, b->from, url,
					h.location, e);
		conn_close(f->conn);
		if (ret)
			return ret;
		f->stats.redirects++;
	}
	return fetch_fail(e, CODE_REDIR,
			  "%s: more than %u redirects, last by "
			  "%s",
			  b->get->object, f->budget->redirects, b->from);
}

int http_get(struct fetch *f, const struct http_get *g, struct http_body *b,
	     struct fetch_error *e)
{
	char url[URL_MAX + 1];
	int ret;

	memset(b, 0, sizeof(*b));
	b->get = g;
	f->after_ms = 0;
	if (text_copy(url, sizeof(url), text_span(g->url)))
		return fetch_fail(e, CODE_URL, "%s: URL too long", g->object);
	ret = http_follow(f, b, url, e);
	if (ret)
		conn_close(f->conn);
	return ret;
}

/* Too little in a whole window is a stall, and silence is too little. */
static bool http_stalled(const struct fetch *f, struct http_body *b)
{
	uint64_t now = clock_ms();

	if (now < b->window_end)
		return false;
	if (b->window_bytes < f->budget->body_window_bytes)
		return true;
	b->window_end = now + f->budget->body_window_ms;
	b->window_bytes = 0;
	return false;
}

ssize_t http_read(struct fetch *f, struct http_body *b, void *p, size_t size,
		  struct fetch_error *e)
{
	ssize_t n;

	if (!b->left)
		return 0;
	if (size > b->left)
		size = (size_t)b->left;
	do {
		n = http_stalled(f, b)
			    ? -ESTALE
			    : conn_recv(f->conn, p, size, b->window_end);
	} while (n == -ETIMEDOUT);
	if (n > 0) {
		b->left -= (uint64_t)n;
		b->window_bytes += (uint64_t)n;
		f->stats.bytes += (uint64_t)n;
		if (f->env.limit)
			clock_pause((uint64_t)n * 1000 / f->env.limit);
		return n;
	}
	if (n == -ESTALE)
		http_narrow(f, b->window_bytes);
	conn_close(f->conn);
	if (!n && b->until_close && !b->get->has_size) {
		b->left = 0;
		return 0;
	}
	if (n == -ESTALE)
		return fetch_fail(
			e, CODE_STALL,
			"%s: stalled at %s (expected "
			"%llu bytes in %llu s, got %llu)",
			b->get->object, b->from,
			(unsigned long long)f->budget->body_window_bytes,
			(unsigned long long)f->budget->body_window_ms / 1000,
			(unsigned long long)b->window_bytes);
	return fetch_fail(e, CODE_CUT,
			  "%s: cut off by %s with %llu bytes to "
			  "come: %s",
			  b->get->object, b->from, (unsigned long long)b->left,
			  n ? strerror((int)-n) : "connection closed");
}

void http_end(struct fetch *f, const struct http_body *b)
{
	if (!b->keep || b->left)
		conn_close(f->conn);
}
