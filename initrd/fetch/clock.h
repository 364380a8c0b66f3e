/* SPDX-License-Identifier: MIT */
/* clock.h - the one call of this folder that klibc lacks. */
#ifndef FETCH_CLOCK_H
#define FETCH_CLOCK_H

#include <stdint.h>

/* clock_ms - CLOCK_MONOTONIC: the wall clock of a machine at boot jumps. */
uint64_t clock_ms(void);

/* clock_pause - sleep @ms, whatever signals arrive. */
void clock_pause(uint64_t ms);

#endif
