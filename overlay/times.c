/* SPDX-License-Identifier: MIT */
/* times.c - how long each hook took. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include "host/error.h"
#include "times.h"

#define TIMES_MAX 512 /* what comes after is not told */

struct times {
	unsigned int n;
	struct {
		char what[168];
		uint64_t ms;
	} hook[TIMES_MAX];
};

struct times *times_new(void)
{
	struct times *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (t == MAP_FAILED)
		die("memory:");
	return t;
}

uint64_t times_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000u + ts.tv_nsec / 1000000;
}

void times_add(struct times *t, const char *what, uint64_t since)
{
	if (t->n == TIMES_MAX)
		return;
	snprintf(t->hook[t->n].what, sizeof(t->hook[0].what), "%s", what);
	t->hook[t->n].ms = times_now() - since;
	t->n++;
}

void times_say(const struct times *t)
{
	for (unsigned int i = 0; i < t->n; i++)
		info("%6" PRIu64 ".%03u s  %s", t->hook[i].ms / 1000,
		     (unsigned int)(t->hook[i].ms % 1000), t->hook[i].what);
}

void times_json(const struct times *t)
{
	/* names of hooks hold nothing that JSON would have to escape */
	printf(",\"hooks\":[");
	for (unsigned int i = 0; i < t->n; i++)
		printf("%s{\"hook\":\"%s\",\"ms\":%" PRIu64 "}", i ? "," : "",
		       t->hook[i].what, t->hook[i].ms);
	printf("]");
}
