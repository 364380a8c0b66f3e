// SPDX-License-Identifier: MIT
/*
 * hashspeed.c - MB/s of digest_update(), as a klibc program and as a host one:
 * N times 64 MiB, each in pieces of 64 KiB, and the best of them, by the
 * processor's time, as `openssl speed` counts it. Then digest_many() over the
 * same, as chunks; `plain` in front of N hides the SHA instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "format/digest.h"

#define PIECE (64 << 10)
#define TOTAL (64 << 20)

static uint8_t piece[PIECE];

static long used_us(void)
{
	struct rusage ru;

	getrusage(RUSAGE_SELF, &ru);
	return ru.ru_utime.tv_sec * 1000000L + ru.ru_utime.tv_usec;
}

/* The digests keep the work from being left out. */
static void chunks(void)
{
	static uint8_t many[32 * PIECE];
	static struct digest_job jobs[32];
	size_t n, i;

	for (n = 0; n < TOTAL; n += sizeof(many)) {
		for (i = 0; i < 32; i++) {
			jobs[i].p = many + i * PIECE;
			jobs[i].size = PIECE;
		}
		digest_many(jobs, 32);
		many[0] ^= jobs[0].out[0];
	}
}

static void stream(void)
{
	uint8_t out[DIGEST_SIZE];
	struct digest_ctx d;
	size_t n;

	digest_init(&d);
	for (n = 0; n < TOTAL; n += PIECE)
		digest_update(&d, piece, PIECE);
	digest_final(&d, out);
	piece[0] ^= out[0];
}

static void measure(const char *what, void (*run)(void), long rounds)
{
	long us, best = 0, begun;

	while (rounds--) {
		begun = used_us();
		run();
		us = used_us() - begun;
		if (!best || us < best)
			best = us;
	}
	/* bytes a us are MB a second; a tick's worth of 0 is no figure */
	printf("%ld MB/s%s\n", TOTAL / (best ? best : 1), what);
}

#if defined(__slipway_klibc__) && defined(__x86_64__)
extern unsigned int OPENSSL_ia32cap_P[4];

static void hide_sha(void)
{
	OPENSSL_ia32cap_P[2] &= ~(1u << 29);
}
#else
static void hide_sha(void)
{
}
#endif

int main(int argc, char **argv)
{
	bool plain = argc > 1 && !strcmp(argv[1], "plain");
	long rounds;

	argc -= plain;
	argv += plain;
	rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 5;
	if (rounds < 1 || rounds > 1000) {
		fprintf(stderr, "usage: hashspeed [plain] [ROUNDS]\n");
		return 2;
	}
	digest_setup();
	if (plain)
		hide_sha();
	measure("", stream, rounds);
	measure(" in chunks", chunks, rounds);
	return 0;
}
