// SPDX-License-Identifier: MIT
/* clock.c - the monotonic clock, by raw system call where libc has none. */
#include <limits.h>
#include <poll.h>
#include <time.h>
#include "fetch/clock.h"

#ifdef __KLIBC__
#include <sys/syscall.h>

#if defined(__x86_64__)
static void clock_read(struct timespec *t)
{
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(__NR_clock_gettime), "D"(1L), "S"(t)
			 : "rcx", "r11", "memory");
}
#elif defined(__aarch64__)
static void clock_read(struct timespec *t)
{
	register long x8 __asm__("x8") = __NR_clock_gettime;
	register long x0 __asm__("x0") = 1;
	register long x1 __asm__("x1") = (long)t;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1) : "memory");
}
#else
#error "no system call stub for this machine"
#endif

#else
static void clock_read(struct timespec *t)
{
	clock_gettime(CLOCK_MONOTONIC, t);
}
#endif

uint64_t clock_ms(void)
{
	struct timespec t = {0};

	clock_read(&t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void clock_pause(uint64_t ms)
{
	uint64_t now = clock_ms(), end = now + ms;

	for (; now < end; now = clock_ms())
		poll(NULL, 0, end - now > INT_MAX ? INT_MAX : (int)(end - now));
}
