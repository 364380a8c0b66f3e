/* SPDX-License-Identifier: MIT */
/*
 * times.h - how long each hook took: noted by the child that builds, told by
 * its parent, also when the child did not live to the end.
 */
#ifndef OVERLAY_TIMES_H
#define OVERLAY_TIMES_H

#include <stdbool.h>
#include <stdint.h>

struct times;

/* times_new - memory that a child of ours will share. */
struct times *times_new(void);

/* times_now - milliseconds of a clock that only goes forward. */
uint64_t times_now(void);

/* times_add - @what began at @since and ended now. */
void times_add(struct times *t, const char *what, uint64_t since);

/* times_say - one line each, as talk. times_json - ,"hooks":[...] on standard
 * output. */
void times_say(const struct times *t);
void times_json(const struct times *t);

#endif
