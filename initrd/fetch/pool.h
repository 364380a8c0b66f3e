/* SPDX-License-Identifier: MIT */
/*
 * pool.h - the owner of the workers: it alone decides, so nothing is locked.
 * pool.c gives out tasks and hears what became of them, pick.c says which.
 */
#ifndef FETCH_POOL_H
#define FETCH_POOL_H

#include "fetch/retry.h"
#include "fetch/worker.h"

#define POOL_WORKERS_MAX 8 /* each takes 1.3 MiB */

struct pool_layer {
	struct plan plan;
	struct retry retry;
	struct fetch_error last; /* failure */
	unsigned int same, other; /* wrong bytes as the time before, or not */
	uint64_t of[FETCH_MIRRORS_MAX]; /* proven bytes of each mirror */
	bool streamed;		 /* a worker reads it without ranges */
};

struct pool_slot {
	pid_t pid; /* 0: no process */
	bool busy, stream;
	unsigned int layer, mirror;
	struct plan_range task;
	struct plan_range rest;	 /* of it, not proven */
	uint64_t begun_ms;	 /* when it was to ask */
	uint64_t done;		 /* bytes proven by it since */
	int twin;		 /* who was given the same, or -1 */
	struct worker_stats seen; /* already counted */
};

struct pool {
	struct fetch *f;
	struct fetch_layer *layers;
	unsigned int n;
	const struct fetch_watch *watch;

	unsigned int width, limit; /* connections now, and at most */
	uint64_t window_ms, window_bytes, window_rate;
	bool settled;		   /* more connections did not help */
	uint64_t rate, rate_ms, rate_bytes;

	struct pool_layer layer[FETCH_LAYERS_MAX];
	struct pool_slot slots[POOL_WORKERS_MAX];
	int fds[POOL_WORKERS_MAX]; /* -1: none */
	uint8_t *states[FETCH_LAYERS_MAX];
	struct worker_stats *stats; /* of each slot, shared */
	void *shared;
	size_t shared_size;
};

/*
 * pick_task - what slot @i does next; fills @t and the slot.
 *
 * Returns 1, 0 when there is nothing for it now, or -EPROTO with @e when a
 * layer can be had from nobody any more.
 */
int pick_task(struct pool *p, unsigned int i, struct worker_task *t,
	      struct fetch_error *e);

/*
 * pick_look - what the mirrors give now can be no more than what they were
 * asked for, by the time that is taking.
 *
 * pick_hopeless - is slot @i at a mirror so slow that another will have the
 * rest long before? To be asked after pick_look().
 */
void pick_look(struct pool *p);
bool pick_hopeless(const struct pool *p, unsigned int i);

/* pick_twin - is another worker at the same range? */
bool pick_twin(const struct pool *p, unsigned int i);

#endif
