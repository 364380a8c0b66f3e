// SPDX-License-Identifier: MIT
/*
 * digest.c - SHA-256 through libcrypto's low-level calls, which need neither
 * memory nor a context of the library's.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "format/digest.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct digest_ctx),
	       "digest_ctx has no room for SHA256_CTX");

#ifdef __slipway_klibc__
void OPENSSL_cpuid_setup(void);
#endif

void digest_setup(void)
{
#ifdef __slipway_klibc__
	OPENSSL_cpuid_setup();
#endif
}

static SHA256_CTX *inner(struct digest_ctx *d)
{
	return (SHA256_CTX *)d->opaque;
}

void digest_init(struct digest_ctx *d)
{
	SHA256_Init(inner(d));
}

void digest_update(struct digest_ctx *d, const void *p, size_t size)
{
	SHA256_Update(inner(d), p, size);
}

void digest_final(struct digest_ctx *d, uint8_t out[DIGEST_SIZE])
{
	SHA256_Final(out, inner(d));
}

void digest_of(const void *p, size_t size, uint8_t out[DIGEST_SIZE])
{
	struct digest_ctx d;

	digest_init(&d);
	digest_update(&d, p, size);
	digest_final(&d, out);
}

void digest_hex(const uint8_t d[DIGEST_SIZE], char out[DIGEST_HEX + 1])
{
	static const char digits[] = "0123456789abcdef";
	unsigned int i;

	for (i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = digits[d[i] >> 4];
		out[2 * i + 1] = digits[d[i] & 15];
	}
	out[DIGEST_HEX] = '\0';
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int digest_unhex(struct span s, uint8_t out[DIGEST_SIZE])
{
	uint8_t d[DIGEST_SIZE];
	unsigned int i;
	int hi, lo;

	if (s.n != DIGEST_HEX)
		return -EBADMSG;
	for (i = 0; i < DIGEST_SIZE; i++) {
		hi = nibble(s.p[2 * i]);
		lo = nibble(s.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return -EBADMSG;
		d[i] = hi << 4 | lo;
	}
	memcpy(out, d, sizeof(d));
	return 0;
}

bool digest_equal(const uint8_t a[DIGEST_SIZE], const uint8_t b[DIGEST_SIZE])
{
	return !memcmp(a, b, DIGEST_SIZE);
}
