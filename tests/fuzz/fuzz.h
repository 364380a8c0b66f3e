/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h - what the targets share. A target is fuzz-NAME.c with libFuzzer's
 * one entry point; replay.c gives it a main() where there is no clang.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/env.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An oracle's sentence: false ends the program, which is a finding. */
#define NEED(cond)                                                             \
	do {                                                                   \
		if (!(cond))                                                   \
			fuzz_broken(#cond, __FILE__, __LINE__);                \
	} while (0)

static inline __attribute__((noreturn)) void
fuzz_broken(const char *cond, const char *file, int line)
{
	fprintf(stderr, "%s:%d: oracle broken: %s\n", file, line, cond);
	abort();
}

/* FNV-1a: what is random in a target follows from its input alone. */
static inline uint64_t fuzz_hash(const uint8_t *p, size_t n)
{
	uint64_t h = 0xcbf29ce484222325;

	while (n--)
		h = (h ^ *p++) * 0x100000001b3;
	return h;
}

static inline uint32_t fuzz_next(uint64_t *state)
{
	*state = *state * 6364136223846793005 + 1442695040888963407;
	return *state >> 33;
}

static inline bool fuzz_inside(struct span s, struct span text)
{
	return !s.n || (s.p >= text.p && s.p + s.n <= text.p + text.n);
}

/* Every refusal says why, within the input, by one of four codes. */
static inline void fuzz_refusal(int err, const struct fault *f, size_t size)
{
	NEED(err == -EBADMSG || err == -ENOTSUP || err == -EOVERFLOW ||
	     err == -ENODATA);
	NEED(f->why);
	NEED(f->where <= size);
}

#endif
