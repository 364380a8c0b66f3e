// SPDX-License-Identifier: MIT
/*
 * hashspeed.c - SHA-256 as /init does it: MB/s over a second or so, printed
 * alone, for the bench to set beside `openssl speed`.
 */
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>

#include "format/digest.h"

#define BLOCK (64u << 10)
#define LEAST_US 1000000

static uint8_t block[BLOCK];

static uint64_t now_us(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	return (uint64_t)tv.tv_sec * 1000000 + tv.tv_usec;
}

int main(void)
{
	uint8_t digest[DIGEST_SIZE];
	uint64_t start, used, bytes = 0;
	struct digest_ctx ctx;
	unsigned int i;

	digest_setup();
	digest_init(&ctx);
	start = now_us();
	do {
		for (i = 0; i < 256; i++)
			digest_update(&ctx, block, BLOCK);
		bytes += 256 * BLOCK;
		used = now_us() - start;
	} while (used < LEAST_US);
	digest_final(&ctx, digest);
	/* bytes per microsecond are MB/s */
	printf("%u\n", (unsigned int)(bytes / used));
	return 0;
}
