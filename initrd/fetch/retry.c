// SPDX-License-Identifier: MIT
/* retry.c - budgets, jitter and the choice of the next mirror. */
#include <stdio.h>
#include "fetch/clock.h"
#include "fetch/retry.h"

const struct retry_budget retry_default = {
	.connect_ms = 20000,
	.head_ms = 20000,
	.body_window_ms = 30000,
	.body_window_bytes = 30 * 4096,
	.tries = 5,
	.tries_bad = 4,
	.tries_stall = 3,
	.tries_all = 20,
	.backoff_ms = 1000,
	.backoff_max_ms = 30000,
	.after_max_ms = 60000,
	.patience_ms = 30000,
	.redirects = 5,
	.interim = 8,
};

void retry_start(struct retry *r, const char *object)
{
	memset(r, 0, sizeof(*r));
	r->object = object;
}

void retry_good(struct fetch *f, struct retry *r)
{
	f->mirrors[f->current].failures = 0;
	r->of[f->current] = 0;
}

uint64_t retry_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

bool retry_bad(const struct fetch_error *e)
{
	switch (e->code) {
	case CODE_CONNECT:
	case CODE_DNS:
	case CODE_STALL:
	case CODE_CUT:
		return false;
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
	if (f->mirrors[i].bad && limit > f->budget->tries_bad)
		limit = f->budget->tries_bad;
	return r->of[i] < limit || retry_patient(f, r, i);
}

/* Good before bad, then the least tried, then the one after this one. */
static int retry_choose(const struct fetch *f, const struct retry *r)
{
	unsigned int i, k;
	int best = -1;

	for (k = 1; k <= f->n_mirrors; k++) {
		i = (f->current + k) % f->n_mirrors;
		if (!retry_left(f, r, i))
			continue;
		if (best < 0 || f->mirrors[best].bad > f->mirrors[i].bad ||
		    (f->mirrors[best].bad == f->mirrors[i].bad &&
		     r->of[best] > r->of[i]))
			best = (int)i;
	}
	return best;
}

static uint64_t retry_wait_ms(struct fetch *f, struct retry *r)
{
	const struct retry_budget *b = f->budget;
	unsigned int n = r->of[f->current];
	uint64_t limit = b->backoff_ms, wait;

	if (!n)
		return 0;
	while (--n && limit < b->backoff_max_ms)
		limit *= 2;
	if (limit > b->backoff_max_ms)
		limit = b->backoff_max_ms;
	wait = retry_random(&f->rng) % (limit + 1);
	/* past its tries only patience is left: not a second longer */
	if (r->of[f->current] >= b->tries && r->waited_ms < b->patience_ms &&
	    wait > b->patience_ms - r->waited_ms)
		wait = b->patience_ms - r->waited_ms;
	return wait + r->not_before[f->current];
}

static void retry_note(struct fetch *f, const struct retry *r,
		       const struct fetch_error *e, uint64_t wait)
{
	char text[256], name[24];

	if (!f->env.note)
		return;
	snprintf(text, sizeof(text),
		 "retry: %s: %s; next: try %u of %u from "
		 "mirror %u in %llu ms",
		 fetch_error_name(e, name), e->text, r->all + 1,
		 f->budget->tries_all, f->current + 1,
		 (unsigned long long)wait);
	f->env.note(f->env.user, text);
}

int retry_next(struct fetch *f, struct retry *r, const struct fetch_error *e)
{
	unsigned int now = f->current;
	uint64_t wait;
	int next;

	r->all++;
	r->of[now]++;
	r->last[now] = e->code;
	r->not_before[now] = f->after_ms;
	f->after_ms = 0;
	f->mirrors[now].failures++;
	f->mirrors[now].bad |= retry_bad(e);
	next = retry_choose(f, r);
	if (next < 0 || r->all >= f->budget->tries_all)
		return -EPROTO;
	f->current = (unsigned int)next;
	f->stats.retries++;
	wait = retry_wait_ms(f, r);
	retry_note(f, r, e, wait);
	r->waited_ms += wait;
	if (wait && f->env.pause)
		f->env.pause(f->env.user, wait);
	else if (wait)
		clock_pause(wait);
	return 0;
}
