// SPDX-License-Identifier: MIT
/* badsend.c - heads and bodies that end too early, too late or wrong. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "badconn.h"

static void nap_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

static bool put(const struct conn *c, const char *p, size_t n)
{
	size_t step = n;
	ssize_t sent;

	if (c->act.bytewise)
		step = 1;
	else if (c->act.slow && c->act.slow / 10 < n)
		step = c->act.slow / 10 ? c->act.slow / 10 : 1;
	while (n) {
		sent = send(c->fd, p, step < n ? step : n, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
		if (c->act.slow && n)
			nap_ms(100);
	}
	return true;
}

/* Nothing more is said; ends when the client does. */
void badsend_silence(const struct conn *c)
{
	char drain[4096];

	while (recv(c->fd, drain, sizeof(drain), 0) > 0)
		;
}

static void send_reset(const struct conn *c)
{
	struct linger l = {.l_onoff = 1};

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

/* The head, or the beginning of it and then an end, or all too slowly. */
static bool put_stops(const struct conn *c, const char *p, size_t n)
{
	const struct act *a = &c->act;
	uint64_t stop = a->headcut;
	size_t i;

	if (a->headreset < stop)
		stop = a->headreset;
	if (a->headstall < stop)
		stop = a->headstall;
	if (stop < n)
		n = (size_t)stop;
	if (!a->headslow && !put(c, p, n))
		return false;
	for (i = 0; a->headslow && i < n; i++) {
		if (!put(c, p + i, 1))
			return false;
		nap_ms((long)a->headslow);
	}
	if (stop == NEVER)
		return true;
	if (stop == a->headreset)
		send_reset(c);
	else if (stop == a->headstall)
		badsend_silence(c);
	return false;
}

/* The head of a response whose body has @size bytes; false: hang up. */
bool badsend_head(const struct conn *c, unsigned int status, uint64_t size,
		     const char *more)
{
	const struct act *a = &c->act;
	char head[HEAD_LEN], length[64] = "";
	unsigned int i;
	size_t n;

	if (a->chunked)
		snprintf(length, sizeof(length),
			 "Transfer-Encoding: chunked\r\n");
	else if (!a->length && status != 204 && status != 304)
		snprintf(length, sizeof(length), "Content-Length: %llu\r\n",
			 (unsigned long long)size);
	else if (a->length && (*a->length == '+' || *a->length == '-'))
		snprintf(length, sizeof(length), "Content-Length: %lld\r\n",
			 (long long)size + atoll(a->length));
	else if (a->length && strcmp(a->length, "none"))
		snprintf(length, sizeof(length), "Content-Length: %.40s\r\n",
			 a->length);
	for (i = 0; i < a->interim; i++)
		if (!put(c, "HTTP/1.1 100 Continue\r\n\r\n", 25))
			return false;
	n = (size_t)snprintf(head, sizeof(head), "HTTP/1.1 %u Told\r\n%s%s",
			     status, length, more);
	for (i = 0; i < a->n_headers; i++)
		n += (size_t)snprintf(head + n, sizeof(head) - n, "%s\r\n",
				      a->headers[i]);
	if (a->retry_after)
		n += (size_t)snprintf(head + n, sizeof(head) - n,
				      "Retry-After: %s\r\n", a->retry_after);
	if (a->redirect)
		n += (size_t)snprintf(head + n, sizeof(head) - n,
				      "Location: %s\r\n", a->redirect);
	n += (size_t)snprintf(head + n, sizeof(head) - n,
			      "Connection: %s\r\n\r\n",
			      c->req.keep ? "keep-alive" : "close");
	return put_stops(c, head, n);
}

/* Where the body ends too early, and how. */
static uint64_t body_stop(const struct act *a)
{
	uint64_t stop = a->truncate;

	if (a->reset < stop)
		stop = a->reset;
	return a->stall < stop ? a->stall : stop;
}

static bool put_stopped(const struct conn *c)
{
	const struct act *a = &c->act;
	uint64_t stop = body_stop(a);

	if (a->stall == stop)
		badsend_silence(c);
	else if (a->reset == stop)
		send_reset(c);
	return false;
}

/* @size bytes of @fd from @at (or of @text); false: hang up. */
bool badsend_body(const struct conn *c, int fd, const char *text,
		     uint64_t at, uint64_t size)
{
	const struct act *a = &c->act;
	uint64_t stop = body_stop(a), sent = 0;
	char buf[65536], line[32];

	if (a->chunked && !put(c, line,
			       (size_t)snprintf(line, sizeof(line), "%llx\r\n",
						(unsigned long long)size)))
		return false;
	while (sent < size && sent < stop) {
		uint64_t n = size - sent, from = at + sent;

		if (n > sizeof(buf))
			n = sizeof(buf);
		if (n > stop - sent)
			n = stop - sent;
		if (text)
			memcpy(buf, text + from, n);
		else if (pread(fd, buf, n, (off_t)from) != (ssize_t)n)
			return false;
		if (a->flip >= from && a->flip < from + n)
			buf[a->flip - from] ^= 1;
		if (!put(c, buf, n))
			return false;
		sent += n;
		if (a->pause && sent >= size / 2 && sent - n < size / 2)
			nap_ms((long)a->pause);
	}
	if (stop != NEVER && sent == stop)
		return put_stopped(c);
	if (a->chunked)
		return put(c, "\r\n0\r\n\r\n", 7);
	memset(buf, 'x', sizeof(buf));
	for (sent = 0; sent < a->extra; sent += sizeof(buf))
		if (!put(c, buf,
			 a->extra - sent < sizeof(buf) ? a->extra - sent
						       : sizeof(buf)))
			return false;
	return true;
}

void badsend_garbage(const struct conn *c)
{
	put(c, "\x16\x03\x01 not HTTP at all\r\n\r\n", 24);
}
