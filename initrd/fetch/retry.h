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
	uint64_t connect_first_ms;  /* the same, of a mirror that has not failed
				     yet, where there is another */
	uint64_t head_ms;	    /* request sent to head complete */
	uint64_t body_window_ms;    /* a window that brought less than ... */
	uint64_t body_window_bytes; /* ... this is a stall */
	unsigned int tries;	    /* of one mirror for one object */
	unsigned int tries_bad;	    /* of one that gave 4xx or wrong bytes */
	unsigned int tries_stall; /* of one that stalled: each costs a window */
	unsigned int tries_dns;	  /* of one whose name has no answer: name
				     servers have been asked again already */
	unsigned int tries_all;	  /* over all mirrors */
	uint64_t backoff_ms;	  /* first wait is below this, then doubled, */
	uint64_t backoff_max_ms;  /* up to this */
	uint64_t after_max_ms;	  /* Retry-After is believed up to this */
	uint64_t bad_ms;	  /* a mirror that gave wrong bytes is the
				     last choice this long, then doubled */
	uint64_t bad_max_ms;	  /* up to this */
	uint64_t patience_ms;	  /* an unreachable server is waited for this
				     long even when its tries are spent */
	unsigned int redirects;	  /* followed for one request */
	unsigned int progress;	  /* a try that brought as many new bytes
				     before it was cut counts for nothing */
	unsigned int interim;	  /* 1xx heads skipped for one request */
};

/* What a boot uses; fetch_env.budget replaces it in tests. */
extern const struct retry_budget retry_default;

/* The tries of one object. */
struct retry {
	const char *object;			/* for messages */
	unsigned int all;			/* over all mirrors, and */
	unsigned int of[FETCH_MIRRORS_MAX];	/* of each: since its last
						   bytes that were proven */
	uint64_t ready_ms[FETCH_MIRRORS_MAX];	/* not to be asked before */
	uint64_t failed_ms[FETCH_MIRRORS_MAX];	/* its last failure */
	enum code last[FETCH_MIRRORS_MAX];
	uint64_t waited_ms, waited_until_ms;
};

void retry_start(struct retry *r, const char *object);

/* retry_good - mirror @m gave bytes that were proven: new tries for all. */
void retry_good(struct fetch *f, struct retry *r, unsigned int m);

/*
 * retry_failed - a try of mirror @m, begun at @begun_ms, ended with @e.
 *
 * It may be asked again after rand(0, min(backoff_max, backoff * 2^n)) and
 * what it asked for itself (f->after_ms). Of tries that were on their way
 * together when one failed, one counts.
 */
void retry_failed(struct fetch *f, struct retry *r, unsigned int m,
		  uint64_t begun_ms, const struct fetch_error *e);

/*
 * retry_pick - who is to be asked: a good mirror before one that gave wrong
 * bytes, a fast one before a slow one, the least tried, the first from @from
 * on; none of those with a bit in @but. -1 when the budget is spent.
 */
int retry_pick(const struct fetch *f, const struct retry *r, unsigned int from,
	       unsigned int but);

/* retry_rate - bytes a second of a connection to mirror @m; 0: not known. */
uint64_t retry_rate(const struct fetch *f, unsigned int m);

/* retry_slow - does another mirror give more than @times as much? */
bool retry_slow(const struct fetch *f, unsigned int m, unsigned int times);

/*
 * retry_wait - ms until mirror @m may be asked. Where f->env.pause counts
 * waits that is told them, and it is 0.
 */
uint64_t retry_wait(struct fetch *f, struct retry *r, unsigned int m);

/* retry_note - tell f->env.note of the failure @e and what comes next. */
void retry_note(struct fetch *f, const struct retry *r,
		const struct fetch_error *e, unsigned int next, uint64_t wait);

/*
 * retry_next - for an object that is asked of one mirror at a time: note the
 * failure of f->current, choose who is asked next and wait as long as that
 * takes. 0, or -EPROTO when the budget is spent; @e is left as it is.
 */
int retry_next(struct fetch *f, struct retry *r, const struct fetch_error *e);

/* retry_random - splitmix64; state must have been seeded. */
uint64_t retry_random(uint64_t *state);

#endif
