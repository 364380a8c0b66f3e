/* SPDX-License-Identifier: MIT */
/*
 * worker.h - a process that fetches ranges of layers: it is told a task, and
 * says what it has proven and how the task ended. What it says is checked by
 * its owner (pool.c) for sense, but not for truth: it hashes, and parses
 * nothing. Heads of responses go to a cage.
 */
#ifndef FETCH_WORKER_H
#define FETCH_WORKER_H

#include "fetch/fetch.h"
#include "fetch/plan.h"

struct worker_task {
	uint32_t layer, mirror;
	uint64_t wait_ms;	 /* first */
	bool stream;		 /* without a range, proven chunks skipped */
	struct plan_range range;
};

enum worker_what { WORKER_PROVEN, WORKER_DONE, WORKER_FAILED };

struct worker_word {
	enum worker_what what;
	struct plan_range proven;
	uint64_t bytes, ms;	 /* of the task, with DONE and FAILED */
	/* with FAILED */
	uint64_t after_ms;	 /* Retry-After */
	bool no_range;		 /* a 200 for a range: no failure */
	bool mixed;		 /* the wrong chunk came from two tries */
	struct fetch_error e;
};

/* Counted by the worker, read by its owner: shared memory. */
struct worker_stats {
	uint64_t bytes, requests, redirects;
};

struct worker_setup {
	struct fetch *f;	 /* the worker's copy, by fork */
	const struct fetch_layer *layers;
	uint8_t *const *states;	 /* plan_state of each, shared memory */
	unsigned int n_layers;
	struct worker_stats *stats;
	const int *foreign;	 /* descriptors it has no business with */
	unsigned int n_foreign;
};

/*
 * worker_start - fork one; *@fd is its owner's end: a struct worker_task in,
 * struct worker_words out, a datagram each. It ends when that is closed.
 *
 * Returns the process, or -errno.
 */
pid_t worker_start(const struct worker_setup *s, int *fd);

#endif
