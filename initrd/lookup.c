// SPDX-License-Identifier: MIT
/* lookup.c - one name asked of all name servers. */
#include <poll.h>
#include "fetch/clock.h"
#include "fetch/retry.h"
#include "lookup.h"

#define STAGGER_MS 500	/* a dead first server costs no more */
#define WAIT_A_MS  250	/* longer, where AAAA came first, ... */
#define WAIT_6_MS  50	/* ... and where A did */
#define SETTLE_MS  1000 /* another server may know what one does not */

static const unsigned int again_ms[] = {1000, 2000, 3000, 3000};

struct server {
	bool asked;
	unsigned int tries;
	uint64_t again; /* when, if nothing came */
	struct query q[LOOKUP_FAMILIES];
};

struct state {
	struct lookup *l;
	struct server servers[LOOKUP_SERVERS_MAX]; /* in the order asked */
	uint64_t next;				   /* server, when */
	uint64_t found[LOOKUP_FAMILIES], none[LOOKUP_FAMILIES]; /* since when */
};

static bool pending(const struct query *q)
{
	return q->result == -EINPROGRESS;
}

static void ask(struct state *s, struct server *v, uint64_t now)
{
	v->asked = true;
	v->again = v->tries < ARRAY_SIZE(again_ms) ? now + again_ms[v->tries]
						   : UINT64_MAX;
	v->tries++;
	for (int f = 0; f < LOOKUP_FAMILIES; f++) {
		struct query *q = &v->q[f];

		/* what was answered is not asked again */
		if (v->tries == 1 || (q->result < 0 && q->result != -ENOENT))
			query_send(q, retry_random(s->l->rng));
	}
}

/* Is a family left with nobody who could still answer? */
static bool lonely(const struct state *s)
{
	for (int f = 0; f < LOOKUP_FAMILIES; f++) {
		unsigned int waiting = 0;

		for (unsigned int i = 0; i < s->l->n_servers; i++)
			waiting += s->servers[i].asked &&
				   pending(&s->servers[i].q[f]);
		if (!s->found[f] && !waiting)
			return true;
	}
	return false;
}

static void ask_due(struct state *s, uint64_t now)
{
	for (unsigned int i = 0; i < s->l->n_servers; i++) {
		struct server *v = &s->servers[i];

		if (v->asked && now >= v->again)
			ask(s, v, now);
		else if (!v->asked && (now >= s->next || lonely(s))) {
			s->next = now + STAGGER_MS;
			ask(s, v, now);
		}
	}
}

/* Has each server said that there is none? Those that failed may recover. */
static bool all_say_none(const struct state *s, int f)
{
	for (unsigned int i = 0; i < s->l->n_servers; i++) {
		int r = s->servers[i].q[f].result;

		if (!s->servers[i].asked || (r && r != -ENOENT))
			return false;
	}
	return true;
}

static bool settled(const struct state *s, int f, uint64_t now)
{
	return s->found[f] || (s->none[f] && (now >= s->none[f] + SETTLE_MS ||
					      all_say_none(s, f)));
}

/* When a family without an answer is not waited for any longer. */
static uint64_t patience(const struct state *s)
{
	if (s->found[LOOKUP_AAAA])
		return s->found[LOOKUP_AAAA] + WAIT_A_MS;
	return s->found[LOOKUP_A] ? s->found[LOOKUP_A] + WAIT_6_MS : UINT64_MAX;
}

static bool done(const struct state *s, uint64_t now)
{
	return (settled(s, LOOKUP_A, now) && settled(s, LOOKUP_AAAA, now)) ||
	       now >= patience(s);
}

static void take(struct state *s, unsigned int i, int f, uint64_t now)
{
	const struct query *q = &s->servers[i].q[f];
	struct lookup *l = s->l;

	if (pending(q))
		return;
	if (q->result > 0 && !s->found[f]) {
		s->found[f] = now;
		l->n[f] = q->result;
		memcpy(l->addrs[f], q->addrs, sizeof(l->addrs[f]));
		l->first = q->server - l->servers;
	}
	if ((!q->result || q->result == -ENOENT) && !s->none[f])
		s->none[f] = now;
}

/* The earliest of what is to be done without a word from outside. */
static uint64_t wake(const struct state *s, uint64_t end)
{
	uint64_t at = patience(s) < end ? patience(s) : end;

	for (unsigned int i = 0; i < s->l->n_servers; i++) {
		const struct server *v = &s->servers[i];
		uint64_t due = v->asked ? v->again : lonely(s) ? 0 : s->next;

		at = due < at ? due : at;
	}
	for (int f = 0; f < LOOKUP_FAMILIES; f++)
		if (s->none[f] && !s->found[f] && s->none[f] + SETTLE_MS < at &&
		    s->none[f] + SETTLE_MS > clock_ms())
			at = s->none[f] + SETTLE_MS;
	return at;
}

static void wait(struct state *s, uint64_t now, uint64_t end)
{
	struct pollfd p[LOOKUP_SERVERS_MAX * LOOKUP_FAMILIES];
	uint64_t at = wake(s, end);
	unsigned int i, n = 0;

	for (i = 0; i < s->l->n_servers; i++)
		for (int f = 0; f < LOOKUP_FAMILIES; f++, n++) {
			p[n].fd = s->servers[i].q[f].fd;
			p[n].events = s->servers[i].q[f].events;
			p[n].revents = 0;
		}
	if (poll(p, n, at > now ? (int)(at - now) : 0) < 0)
		return;
	for (i = 0; i < n; i++) {
		unsigned int v = i / LOOKUP_FAMILIES, f = i % LOOKUP_FAMILIES;

		if (p[i].fd >= 0 && p[i].revents)
			query_ready(&s->servers[v].q[f]);
		take(s, v, f, clock_ms());
	}
}

/* What says most of why there is nothing: not silence, where somebody spoke */
static int reason(const struct state *s)
{
	int err = -ETIMEDOUT;

	if (s->none[LOOKUP_A] || s->none[LOOKUP_AAAA])
		return -ENOENT;
	for (unsigned int i = 0; i < s->l->n_servers; i++)
		for (int f = 0; f < LOOKUP_FAMILIES; f++) {
			const struct query *q = &s->servers[i].q[f];

			if (q->result != -EINPROGRESS && q->result < 0)
				err = q->result;
			else if (q->strays)
				err = -ENOMSG;
		}
	return err;
}

static void begin(struct state *s, const char *host)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA};
	struct lookup *l = s->l;

	for (unsigned int i = 0; i < l->n_servers; i++)
		for (int f = 0; f < LOOKUP_FAMILIES; f++)
			s->servers[i].q[f] = (struct query){
				.host = host,
				.type = types[f],
				.server = &l->servers[(l->first + i) %
						      l->n_servers],
				.scope = l->scope,
				.fd = -1,
				.result = -EINPROGRESS,
			};
}

int lookup_name(struct lookup *l, const char *host, uint64_t timeout_ms)
{
	uint64_t now = clock_ms(), end = now + timeout_ms;
	struct state s = {.l = l, .next = now};
	uint8_t msg[DNS_QUERY_MAX];

	memset(l->n, 0, sizeof(l->n));
	if (dns_query(msg, sizeof(msg), 0, host, DNS_A) < 0)
		return -EBADMSG;
	begin(&s, host);
	for (; now < end && !done(&s, now); now = clock_ms()) {
		ask_due(&s, now);
		wait(&s, now, end);
	}
	for (unsigned int i = 0; i < l->n_servers; i++)
		for (int f = 0; f < LOOKUP_FAMILIES; f++)
			query_close(&s.servers[i].q[f]);
	return s.found[LOOKUP_A] || s.found[LOOKUP_AAAA] ? 0 : reason(&s);
}
