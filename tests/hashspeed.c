// SPDX-License-Identifier: MIT
/*
 * hashspeed.c - MB/s of digest_update(), as a klibc program and as a host one:
 * N times 64 MiB, each in pieces of 64 KiB, and the best of them, by the
 * processor's time, as `openssl speed` counts it.
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

/* One round in us; the digest keeps the work from being left out. */
static long measure(void)
{
	uint8_t out[DIGEST_SIZE];
	long begun = used_us();
	struct digest_ctx d;
	size_t n;

	digest_init(&d);
	for (n = 0; n < TOTAL; n += PIECE)
		digest_update(&d, piece, PIECE);
	digest_final(&d, out);
	piece[0] ^= out[0];
	return used_us() - begun;
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 5;
	long us, best = 0;

	if (rounds < 1 || rounds > 1000) {
		fprintf(stderr, "usage: hashspeed [ROUNDS]\n");
		return 2;
	}
	digest_setup();
	while (rounds--) {
		us = measure();
		if (!best || us < best)
			best = us;
	}
	/* bytes a us are MB a second; a tick's worth of 0 is no figure */
	printf("%ld MB/s\n", TOTAL / (best ? best : 1));
	return 0;
}
