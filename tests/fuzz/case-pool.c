// SPDX-License-Identifier: MIT
/* case-pool.c - courses of a transfer: see fuzz-pool.c for what bytes mean. */
#include "cases.h"

/* Mostly good workers, mostly bad ones, and every length of misfortune. */
static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	uint64_t n = 40 + k * k * 3, i;
	uint8_t c;

	b->n = 0;
	for (i = 0; i < n; i++) {
		c = (uint8_t)(rng_next(r) >> 13);
		if (k % 3 == 0 && i > 20)
			c &= 0xf9;
		bytes_add(b, &c, 1);
	}
}

static const char *const words[] = {"\xff", NULL};

/* Any course is one: there is nothing bad to make. */
const struct format case_pool = {.name = "pool", .good = good, .words = words};
