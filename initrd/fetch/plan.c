// SPDX-License-Identifier: MIT
/* plan.c - who fetches which chunk of a layer. */
#include "fetch/plan.h"

void plan_init(struct plan *p, const struct index *ix, uint8_t *state)
{
	p->ix = ix;
	p->state = state;
	p->left = ix->layer_size;
	p->free = p->free_at = 0;
	memset(state, PLAN_FREE, ix->n);
}

static bool plan_seek(struct plan *p)
{
	while (p->free < p->ix->n && p->state[p->free] != PLAN_FREE)
		p->free_at += index_len(p->ix, p->free++);
	return p->free < p->ix->n;
}

bool plan_take(struct plan *p, uint64_t max, struct plan_range *r)
{
	uint64_t i;

	if (!plan_seek(p))
		return false;
	*r = (struct plan_range){.first = p->free, .offset = p->free_at};
	for (i = p->free; i < p->ix->n && p->state[i] == PLAN_FREE; i++) {
		uint32_t len = index_len(p->ix, i);

		if (r->n && r->size + len > max)
			break;
		p->state[i] = PLAN_TAKEN;
		r->size += len;
		r->n++;
	}
	return true;
}

bool plan_stream(struct plan *p, struct plan_range *r)
{
	if (!plan_seek(p))
		return false;
	*r = (struct plan_range){
		.first = p->free,
		.n = p->ix->n - p->free,
		.offset = p->free_at,
		.size = p->ix->layer_size - p->free_at,
	};
	return true;
}

void plan_back(struct plan *p, const struct plan_range *r)
{
	bool any = false;
	uint64_t i;

	for (i = r->first; i < r->first + r->n; i++) {
		if (p->state[i] != PLAN_TAKEN)
			continue;
		p->state[i] = PLAN_FREE;
		any = true;
	}
	if (any && r->first < p->free) {
		p->free = r->first;
		p->free_at = r->offset;
	}
}

uint64_t plan_prove(struct plan *p, const struct plan_range *r)
{
	uint64_t i, fresh = 0;

	if (r->first > p->ix->n || r->n > p->ix->n - r->first)
		return 0;
	for (i = r->first; i < r->first + r->n; i++) {
		if (p->state[i] == PLAN_PROVEN)
			continue;
		p->state[i] = PLAN_PROVEN;
		fresh += index_len(p->ix, i);
	}
	p->left -= fresh;
	return fresh;
}

void plan_rest(const struct plan *p, struct plan_range *r)
{
	while (r->n && p->state[r->first] == PLAN_PROVEN) {
		uint32_t len = index_len(p->ix, r->first);

		r->first++;
		r->n--;
		r->offset += len;
		r->size -= len;
	}
}
