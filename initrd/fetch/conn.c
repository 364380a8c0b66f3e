// SPDX-License-Identifier: MIT
/* conn.c - sockets with deadlines. */
#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "fetch/conn.h"
#include "fetch/race.h"
#include "fetch/tlscage.h"
#include "format/ip6.h"
#include "format/lease.h"

static void conn_reset(struct fetch_conn *c)
{
	c->fd = -1;
	c->used = false;
	c->host[0] = '\0';
	c->port = 0;
	c->tls = 0;
	c->at = c->have = 0;
}

void conn_init(struct fetch_conn *c)
{
	memset(&c->path, 0, sizeof(c->path));
	conn_reset(c);
}

void conn_close(struct fetch_conn *c)
{
	if (c->fd >= 0)
		close(c->fd);
	if (c->tls)
		tlscage_stop(c->tls);
	conn_reset(c);
}

static int conn_wait(int fd, short events, uint64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = events};

	for (;;) {
		uint64_t now = clock_ms(), left = deadline - now;
		int n;

		if (now >= deadline)
			return -ETIMEDOUT;
		n = poll(&p, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (n > 0)
			return 0;
		if (n < 0 && errno != EINTR)
			return -errno;
	}
}

/* klibc's inet_pton() takes no IPv6 address for one. */
static int conn_literal(struct span host, struct fetch_addr *out)
{
	uint32_t four;

	if (!ip6_parse(host, out->addr)) {
		out->family = AF_INET6;
		return 0;
	}
	if (lease_ipv4(host, &four))
		return -EBADMSG;
	out->family = AF_INET;
	put_be32(out->addr, four);
	return 0;
}

/* A literal needs nobody's help; a name is the environment's business. */
static int conn_addrs(const struct fetch_env *env, const struct url *u,
		      uint64_t timeout_ms,
		      struct fetch_addr out[FETCH_ADDRS_MAX],
		      struct fetch_error *e)
{
	int n;

	if (u->numeric && !conn_literal(text_span(u->host), out))
		return 1;
	if (u->numeric || !env->resolve)
		return fetch_fail(e, CODE_DNS, "%.60s: cannot be resolved",
				  u->host);
	n = env->resolve(env->user, u->host, timeout_ms, out, e);
	if (!n)
		return fetch_fail(e, CODE_DNS, "%.60s: has no address",
				  u->host);
	return n > FETCH_ADDRS_MAX ? FETCH_ADDRS_MAX : n;
}

/*
 * Bytes while nothing was asked for would be read as the next response; the
 * server's end of the connection shows as readable too.
 */
static bool conn_idle(const struct fetch_conn *c)
{
	struct pollfd p = {.fd = c->fd, .events = POLLIN};

	return c->at == c->have && !poll(&p, 1, 0);
}

int conn_open(struct fetch_conn *c, const struct fetch_env *env,
	      const struct url *u, uint64_t timeout_ms, struct fetch_error *e)
{
	struct fetch_addr addrs[FETCH_ADDRS_MAX];
	uint64_t end;
	int n, fd;

	if (c->fd >= 0 && c->port == u->port && !c->tls == !u->tls &&
	    !strcmp(c->host, u->host) && conn_idle(c))
		return 0;
	conn_close(c);
	if (u->tls && !env->tls)
		return fetch_fail(e, CODE_URL, "%.60s:%u: " FETCH_NO_TLS,
				  u->host, u->port);
	n = conn_addrs(env, u, timeout_ms, addrs, e);
	if (n < 0)
		return n;
	end = clock_ms() + timeout_ms;
	fd = race_connect(addrs, n, u->port, end, &c->path);
	if (fd < 0)
		return fetch_fail(e, CODE_CONNECT, "%.60s:%u: %s", u->host,
				  u->port, strerror(-fd));
	if (u->tls)
		c->tls = tlscage_start(env->tls, fd, u, end, &fd, e);
	if (c->tls < 0) {
		conn_reset(c);
		return -EPROTO;
	}
	c->fd = fd;
	c->port = u->port;
	memcpy(c->host, u->host, sizeof(c->host));
	return 0;
}

int conn_send(struct fetch_conn *c, const void *p, size_t size,
	      uint64_t deadline)
{
	const char *from = p;
	ssize_t n;
	int ret;

	while (size) {
		n = send(c->fd, from, size, MSG_NOSIGNAL);
		if (n > 0) {
			from += n;
			size -= (size_t)n;
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		ret = conn_wait(c->fd, POLLOUT, deadline);
		if (ret)
			return ret;
	}
	return 0;
}

static ssize_t conn_take(struct fetch_conn *c, void *p, size_t size,
			 uint64_t deadline)
{
	ssize_t n;
	int ret;

	for (;;) {
		n = recv(c->fd, p, size, 0);
		if (n >= 0)
			return n;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		ret = conn_wait(c->fd, POLLIN, deadline);
		if (ret)
			return ret;
	}
}

ssize_t conn_fill(struct fetch_conn *c, uint64_t deadline)
{
	ssize_t n;

	if (c->at) {
		memmove(c->buf, c->buf + c->at, c->have - c->at);
		c->have -= c->at;
		c->at = 0;
	}
	if (c->have == sizeof(c->buf))
		return -ENOBUFS;
	n = conn_take(c, c->buf + c->have, sizeof(c->buf) - c->have, deadline);
	if (n > 0)
		c->have += (size_t)n;
	return n;
}

ssize_t conn_recv(struct fetch_conn *c, void *p, size_t size, uint64_t deadline)
{
	size_t n = c->have - c->at;

	if (!n)
		return conn_take(c, p, size, deadline);
	if (n > size)
		n = size;
	memcpy(p, c->buf + c->at, n);
	c->at += n;
	return (ssize_t)n;
}
