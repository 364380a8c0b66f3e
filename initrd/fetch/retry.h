/* SPDX-License-Identifier: MIT */
/*
 * retry.h - how long, how often, and who is asked next: every budget of the
 * engine is in one table here.
 */
#ifndef FETCH_RETRY_H
#define FETCH_RETRY_H

#include "fetch/fetch.h"

struct retry_budget {
	uint64_t connect_ms;	    /* all addresses of a name together */
	uint64_t head_ms;	    /* request sent to head complete */
	uint64_t body_window_ms;    /* a window that brought less than ... */
	uint64_t body_window_bytes; /* ... this is a stall */
	unsigned int tries;	    /* of one mirror for one object */
	unsigned int tries_bad;	    /* of one that gave 4xx or wrong bytes */
	unsigned int tries_stall; /* of one that stalled: each costs a window */
	unsigned int tries_all;	  /* over all mirrors */
	uint64_t backoff_ms;	  /* first wait is below this, then doubled, */
	uint64_t backoff_max_ms;  /* up to this */
	uint64_t after_max_ms;	  /* Retry-After is believed up to this */
	uint64_t patience_ms;	  /* an unreachable server is waited for this
				     long even when its tries are spent */
	unsigned int redirects;	  /* followed for one request */
	unsigned int interim;	  /* 1xx heads skipped for one request */
};

/* What a boot uses; fetch_env.budget replaces it in tests. */
extern const struct retry_budget retry_default;

/* The tries of one object. */
struct retry {
	const char *object;			/* for messages */
	unsigned int all;			/* over all mirrors */
	unsigned int of[FETCH_MIRRORS_MAX];	/* since its last good bytes */
	uint64_t not_before[FETCH_MIRRORS_MAX]; /* Retry-After, ms to wait */
	enum code last[FETCH_MIRRORS_MAX];
	uint64_t waited_ms;
};

void retry_start(struct retry *r, const char *object);

/* retry_good - the mirror in use gave bytes that were proven. */
void retry_good(struct fetch *f, struct retry *r);

/*
 * retry_next - a try of the mirror in use ended with @e: note it, choose who
 * is asked next (f->current) and wait as long as that takes.
 *
 * A mirror not tried yet is asked at once; one that was tried waits
 * rand(0, min(backoff_max, backoff * 2^n)) and what it asked for itself.
 * Returns 0, or -EPROTO when the budget is spent; @e is left as it is.
 */
int retry_next(struct fetch *f, struct retry *r, const struct fetch_error *e);

/* retry_bad - is @e an answer that asking again will hardly change? */
bool retry_bad(const struct fetch_error *e);

/* retry_random - splitmix64; state must have been seeded. */
uint64_t retry_random(uint64_t *state);

#endif
