// SPDX-License-Identifier: MIT
/* retry.c - budgets, jitter and the choice of the next mirror. */
#include <stdio.h>
#include "fetch/clock.h"
#include "fetch/retry.h"

const struct retry_budget retry_default = {
	.connect_ms = 20000,
	.connect_first_ms = 5000,
	.head_ms = 20000,
	.body_window_ms = 30000,
	.body_window_bytes = 30 * 4096,
	.tries = 5,
	.tries_bad = 4,
	.tries_stall = 3,
	.tries_dns = 2,
	.tries_all = 20,
	.backoff_ms = 1000,
	.backoff_max_ms = 30000,
	.after_max_ms = 60000,
	.bad_ms = 30000,
	.bad_max_ms = 300000,
	.patience_ms = 30000,
	.redirects = 5,
	.progress = 4096,
	.interim = 8,
};

void retry_start(struct retry *r, const char *object)
{
	memset(r, 0, sizeof(*r));
	r->object = object;
}

void retry_good(struct fetch *f, struct retry *r, unsigned int m)
{
	f->mirrors[m].failures = 0;
	f->mirrors[m].away_until_ms = 0;
	r->of[m] = r->all = 0;
	r->waited_ms = 0;
}

uint64_t retry_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

/* An answer that asking again will hardly change. */
static bool retry_bad(const struct fetch_error *e)
{
	switch (e->code) {
	case CODE_CONNECT:
	case CODE_DNS:
	case CODE_STALL:
	case CODE_CUT:
		return false;
	case CODE_TLS:
		return !e->lost;
	case CODE_FETCH:
		/* 408, 425 and 429 mean later, like all of 5xx */
		return e->status < 500 && e->status != 408 &&
		       e->status != 425 && e->status != 429;
	default:
		return true;
	}
}

static bool retry_patient(const struct fetch *f, const struct retry *r,
			  unsigned int i)
{
	return r->last[i] == CODE_CONNECT &&
	       r->waited_ms < f->budget->patience_ms;
}

static bool retry_left(const struct fetch *f, const struct retry *r,
		       unsigned int i)
{
	unsigned int limit = f->budget->tries;

	if (r->last[i] == CODE_STALL)
		limit = f->budget->tries_stall;
	if (r->last[i] == CODE_DNS)
		limit = f->budget->tries_dns;
	if (f->mirrors[i].bad && limit > f->budget->tries_bad)
		limit = f->budget->tries_bad;
	return r->of[i] < limit || retry_patient(f, r, i);
}

uint64_t retry_rate(const struct fetch *f, unsigned int m)
{
	const struct fetch_mirror *mirror = &f->mirrors[m];

	if (mirror->most && (!mirror->rate || mirror->most < mirror->rate))
		return mirror->most;
	return mirror->rate;
}

bool retry_slow(const struct fetch *f, unsigned int m, unsigned int times)
{
	uint64_t rate = retry_rate(f, m), other;
	unsigned int k;

	for (k = 0; rate && k < f->n_mirrors; k++) {
		other = retry_rate(f, k);
		if (other / times > rate)
			return true;
	}
	return false;
}

/*
 * Less is better. Order is the operator's, unless it costs more than half of
 * the speed. Each rank outweighs all those after it. */
static uint64_t retry_rank(const struct fetch *f, const struct retry *r,
			   unsigned int i, uint64_t now)
{
	const struct fetch_mirror *m = &f->mirrors[i];
	bool bad = m->bad && now < m->bad_until_ms;
	bool away = now < m->away_until_ms;

	return (uint64_t)bad << 40 | (uint64_t)away << 36 |
	       (uint64_t)retry_slow(f, i, 2) << 32 | r->of[i];
}

int retry_pick(const struct fetch *f, const struct retry *r, unsigned int from,
	       unsigned int but)
{
	uint64_t now = clock_ms(), rank, least = UINT64_MAX;
	unsigned int i, k;
	int best = -1;

	if (r->all >= f->budget->tries_all)
		return -1;
	for (k = 0; k < f->n_mirrors; k++) {
		i = (from + k) % f->n_mirrors;
		rank = retry_rank(f, r, i, now);
		if (!(but & 1u << i) && rank < least && retry_left(f, r, i)) {
			least = rank;
			best = (int)i;
		}
	}
	return best;
}

static uint64_t retry_backoff(struct fetch *f, const struct retry *r,
			      unsigned int m)
{
	const struct retry_budget *b = f->budget;
	uint64_t limit = b->backoff_ms, wait;
	unsigned int n = r->of[m];

	while (--n && limit < b->backoff_max_ms)
		limit *= 2;
	if (limit > b->backoff_max_ms)
		limit = b->backoff_max_ms;
	wait = retry_random(&f->rng) % (limit + 1);
	/* past its tries only patience is left: not a second longer */
	if (r->of[m] >= b->tries && r->waited_ms < b->patience_ms &&
	    wait > b->patience_ms - r->waited_ms)
		wait = b->patience_ms - r->waited_ms;
	return wait;
}

static void retry_mark(struct fetch *f, unsigned int m, uint64_t now)
{
	struct fetch_mirror *mirror = &f->mirrors[m];
	uint64_t ms = f->budget->bad_ms;
	unsigned int n;

	mirror->bad = true;
	for (n = mirror->marks++; n && ms < f->budget->bad_max_ms; n--)
		ms *= 2;
	mirror->bad_until_ms = now + ms;
}

void retry_failed(struct fetch *f, struct retry *r, unsigned int m,
		  uint64_t begun_ms, const struct fetch_error *e)
{
	uint64_t now = clock_ms();

	if (begun_ms < r->failed_ms[m])
		return;
	r->failed_ms[m] = now;
	r->all++;
	r->of[m]++;
	r->last[m] = e->code;
	f->mirrors[m].failures++;
	f->mirrors[m].failed++;
	if (retry_bad(e))
		retry_mark(f, m, now);
	if (e->code == CODE_CONNECT)
		f->mirrors[m].away_until_ms = now + f->budget->bad_ms;
	r->ready_ms[m] = now + retry_backoff(f, r, m) + f->after_ms;
	f->after_ms = 0;
}

uint64_t retry_wait(struct fetch *f, struct retry *r, unsigned int m)
{
	uint64_t now = clock_ms(), ready = r->ready_ms[m], from = now;

	if (ready <= now)
		return 0;
	/* what several wait for together is waited for once */
	if (from < r->waited_until_ms && !f->env.pause)
		from = r->waited_until_ms;
	if (from < ready)
		r->waited_ms += ready - from;
	r->waited_until_ms = ready;
	if (!f->env.pause)
		return ready - now;
	f->env.pause(f->env.user, ready - now);
	r->ready_ms[m] = now;
	return 0;
}

void retry_note(struct fetch *f, const struct retry *r,
		const struct fetch_error *e, unsigned int next, uint64_t wait)
{
	char text[256], name[24];

	if (!f->env.note)
		return;
	snprintf(text, sizeof(text),
		 "retry: %s: %s; next: try %u of %u from "
		 "mirror %u in %llu ms",
		 fetch_error_name(e, name), e->text, r->all + 1,
		 f->budget->tries_all, next + 1, (unsigned long long)wait);
	f->env.note(f->env.user, text);
}

int retry_next(struct fetch *f, struct retry *r, const struct fetch_error *e)
{
	uint64_t now = clock_ms(), wait;
	int next;

	retry_failed(f, r, f->current, now, e);
	next = retry_pick(f, r, f->current + 1, 0);
	if (next < 0)
		return -EPROTO;
	f->current = (unsigned int)next;
	f->stats.retries++;
	wait = r->ready_ms[next] > now ? r->ready_ms[next] - now : 0;
	retry_note(f, r, e, f->current, wait);
	wait = retry_wait(f, r, f->current);
	if (wait)
		clock_pause(wait);
	return 0;
}
