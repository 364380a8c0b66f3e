// SPDX-License-Identifier: MIT
/* clock.c - the monotonic clock, which klibc has no function for. */
#include <limits.h>
#include <poll.h>
#include <time.h>
#include "fetch/clock.h"
#include "fetch/raw.h"

uint64_t clock_ms(void)
{
	struct timespec t = {0};

	raw_call(__NR_clock_gettime, 1, (long)&t, 0, 0, 0);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void clock_pause(uint64_t ms)
{
	uint64_t now = clock_ms(), end = now + ms;

	for (; now < end; now = clock_ms())
		poll(NULL, 0, end - now > INT_MAX ? INT_MAX : (int)(end - now));
}
