/* SPDX-License-Identifier: MIT */
/*
 * digest.h - SHA-256 (FIPS 180-4), streaming and whole, and its hex form.
 *
 * digest.c and cms.c are the only files that name libcrypto.
 */
#ifndef FORMAT_DIGEST_H
#define FORMAT_DIGEST_H

#include "format/env.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX (2 * DIGEST_SIZE)

/* Room for libcrypto's SHA256_CTX, so that this header need not name it. */
struct digest_ctx {
	uint64_t opaque[16];
};

/*
 * digest_setup - choose the fastest code for this CPU; call before any hash.
 *
 * klibc runs no constructors, so libcrypto's own CPU detection would never
 * run and SHA-256 would stay on the plain C path.
 */
void digest_setup(void);

void digest_init(struct digest_ctx *d);
void digest_update(struct digest_ctx *d, const void *p, size_t size);
void digest_final(struct digest_ctx *d, uint8_t out[DIGEST_SIZE]);

/* digest_of - the digest of @size bytes at @p. */
void digest_of(const void *p, size_t size, uint8_t out[DIGEST_SIZE]);

/* A message of digest_many() and where its digest goes. */
struct digest_job {
	const uint8_t *p;
	size_t size;
	size_t id; /* the caller's */
	uint8_t out[DIGEST_SIZE];
};

/*
 * digest_many - the digests of @n messages, several at once where libcrypto
 * has code for that and this CPU gains by it: 2 to 4 times as fast as one by
 * one on a core without SHA instructions. Reorders @jobs, longest first.
 */
void digest_many(struct digest_job *jobs, size_t n);

/* digest_hex - write 64 lower-case digits and a NUL to @out. */
void digest_hex(const uint8_t d[DIGEST_SIZE], char out[DIGEST_HEX + 1]);

/*
 * digest_unhex - read exactly 64 lower-case hex digits.
 *
 * Returns 0, or -EBADMSG (@out untouched) on any other length or character.
 */
int digest_unhex(struct span s, uint8_t out[DIGEST_SIZE]);

/* digest_equal - compare two digests. */
bool digest_equal(const uint8_t a[DIGEST_SIZE], const uint8_t b[DIGEST_SIZE]);

#endif
