/* SPDX-License-Identifier: MIT */
/*
 * plan.h - which chunks of a layer are free, asked for, proven. One byte a
 * chunk, in the caller's memory; workers may read it.
 */
#ifndef FETCH_PLAN_H
#define FETCH_PLAN_H

#include "format/index.h"

enum plan_state { PLAN_FREE, PLAN_TAKEN, PLAN_PROVEN };

struct plan {
	const struct index *ix;
	uint8_t *state;
	uint64_t left;	   /* bytes that are not proven */
	uint64_t free;	   /* no chunk before this one is free */
	uint64_t free_at;  /* its offset */
};

/* Neighbours: chunks first .. first + n - 1, at offset, of size bytes. */
struct plan_range {
	uint64_t first, n, offset, size;
};

/* plan_init - all free; @state has ix->n bytes. */
void plan_init(struct plan *p, const struct index *ix, uint8_t *state);

/*
 * plan_take - the first free neighbours of at most @max bytes together, but
 * at least one. False when nothing is free.
 */
bool plan_take(struct plan *p, uint64_t max, struct plan_range *r);

/*
 * plan_stream - from the first free chunk to the end, whatever is between.
 * They stay free: who can fetch ranges need not wait for a stream.
 */
bool plan_stream(struct plan *p, struct plan_range *r);

/* plan_back - what is taken and not proven of @r is free again. */
void plan_back(struct plan *p, const struct plan_range *r);

/*
 * plan_prove - the chunks of @r are proven. Returns how many bytes of them
 * were not before; a range outside the layer is 0 and changes nothing.
 */
uint64_t plan_prove(struct plan *p, const struct plan_range *r);

/* plan_rest - drop the proven chunks at the beginning of @r. */
void plan_rest(const struct plan *p, struct plan_range *r);

#endif
