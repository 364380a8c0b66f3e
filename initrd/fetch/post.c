// SPDX-License-Identifier: MIT
/*
 * post.c - one POST. Of the answer twelve bytes are compared and none is
 * parsed, so no cage is needed for it.
 */
#include <stdio.h>
#include "fetch/clock.h"
#include "fetch/post.h"

#define POST_HEAD_MAX 1280 /* URL_MAX, URL_HOST_MAX and what is fixed */
#define POST_STATUS   12   /* of "HTTP/1.1 200" */

static int post_head(char *buf, size_t size, const struct url *u, size_t body)
{
	const char *open = strchr(u->host, ':') ? "[" : "";
	int n;

	n = snprintf(buf, size,
		     "POST %.*s HTTP/1.1\r\nHost: %s%s%s:%u\r\n"
		     "User-Agent: slipway/1\r\nConnection: close\r\n"
		     "Content-Type: application/json\r\n"
		     "Content-Length: %zu\r\n\r\n",
		     (int)u->path.n, u->path.p, open, u->host, *open ? "]" : "",
		     u->port, body);
	return n < 0 || (size_t)n >= size ? -EOVERFLOW : n;
}

static int post_lost(const struct url *u, ssize_t err, struct fetch_error *e)
{
	bool late = err == -ETIMEDOUT;

	return fetch_fail(e, late ? CODE_STALL : CODE_CUT,
			  "report: %.60s:%u: %s", u->host, u->port,
			  late	? "no answer in time"
			  : err ? strerror((int)-err)
				: "connection closed");
}

static bool post_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "HTTP/1.1 200", or it is none. */
static unsigned int post_status(const char *p)
{
	if (memcmp(p, "HTTP/1.", 7) || !post_digit(p[7]) || p[8] != ' ' ||
	    !post_digit(p[9]) || !post_digit(p[10]) || !post_digit(p[11]))
		return 0;
	return (p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0');
}

static int post_answer(struct fetch_conn *c, const struct url *u,
		       uint64_t deadline, struct fetch_error *e)
{
	unsigned int status;
	ssize_t n;

	while (c->have < POST_STATUS) {
		n = conn_fill(c, deadline);
		if (n <= 0)
			return post_lost(u, n, e);
	}
	status = post_status(c->buf);
	if (!status)
		return fetch_fail(e, CODE_HTTP, "report: %.60s:%u: no HTTP",
				  u->host, u->port);
	if (status >= 200 && status < 300)
		return 0;
	fetch_fail(e, CODE_FETCH, "report: status %u from %.60s:%u", status,
		   u->host, u->port);
	e->status = status;
	return -EPROTO;
}

int post_json(struct fetch_conn *c, const struct fetch_env *env,
	      const char *url, const void *body, size_t size, uint64_t deadline,
	      struct fetch_error *e)
{
	uint64_t now = clock_ms();
	struct fault why = {0};
	char head[POST_HEAD_MAX];
	struct url u;
	int n, ret;

	if (url_parse(&u, text_span(url), &why))
		return fetch_fail(e, CODE_URL, "report: %s", why.why);
	n = post_head(head, sizeof(head), &u, size);
	if (n < 0)
		return fetch_fail(e, CODE_URL, "report: URL too long");
	ret = conn_open(c, env, &u, deadline > now ? deadline - now : 0, e);
	if (ret)
		return ret;
	ret = conn_send(c, head, (size_t)n, deadline);
	if (!ret)
		ret = conn_send(c, body, size, deadline);
	/* a server that refuses early may close before it has read all */
	if (ret == -ETIMEDOUT)
		ret = post_lost(&u, ret, e);
	else
		ret = post_answer(c, &u, deadline, e);
	conn_close(c);
	return ret;
}
