// SPDX-License-Identifier: MIT
/*
 * digest.c - SHA-256 through libcrypto's low-level calls, which need neither
 * memory nor a context of the library's.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "format/digest.h"
#include "format/text.h"

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct digest_ctx),
	       "digest_ctx has no room for SHA256_CTX");

#ifdef __slipway_klibc__
void OPENSSL_cpuid_setup(void);
#endif

/* The host's shared libcrypto hides its multi-block code. */
#if defined(__slipway_klibc__) && defined(__x86_64__)
#define DIGEST_LANES 8
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

#ifdef DIGEST_LANES
#define BLOCK SHA256_CBLOCK

/* As crypto/sha/asm/sha256-mb-x86_64.pl has them. */
struct mb_state {
	uint32_t h[8][DIGEST_LANES];
} __attribute__((aligned(32)));
struct mb_input {
	const uint8_t *p;
	int blocks;
};
void sha256_multi_block(struct mb_state *s, const struct mb_input *in, int n4);
extern unsigned int OPENSSL_ia32cap_P[4];

/* One message on its way: what is whole first, then its padded end. */
struct lane {
	struct digest_job *job; /* NULL: the lane is idle */
	const uint8_t *p;
	size_t blocks;
	unsigned int end_blocks; /* of @end, 0 when they are on their way */
	uint8_t end[2 * BLOCK];
};

static void lane_start(struct lane *l, struct mb_state *s, unsigned int i,
		       struct digest_job *job)
{
	static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372,
					  0xa54ff53a, 0x510e527f, 0x9b05688c,
					  0x1f83d9ab, 0x5be0cd19};
	size_t rest = job->size % BLOCK;
	unsigned int k;

	for (k = 0; k < 8; k++)
		s->h[k][i] = first[k];
	l->job = job;
	l->p = job->p;
	l->blocks = job->size / BLOCK;
	l->end_blocks = rest + 9 > BLOCK ? 2 : 1;
	memset(l->end, 0, sizeof(l->end));
	memcpy(l->end, job->p + job->size - rest, rest);
	l->end[rest] = 0x80;
	put_be64(l->end + l->end_blocks * BLOCK - 8, (uint64_t)job->size * 8);
}

/* Take what comes next of this message; false when its digest is there. */
static bool lane_next(struct lane *l, const struct mb_state *s, unsigned int i)
{
	unsigned int k;

	if (l->blocks)
		return true;
	if (l->end_blocks) {
		l->p = l->end;
		l->blocks = l->end_blocks;
		l->end_blocks = 0;
		return true;
	}
	for (k = 0; k < 8; k++)
		put_be32(l->job->out + 4 * k, s->h[k][i]);
	l->job = NULL;
	return false;
}

/* As many blocks as every lane that has work still has. */
static void lanes_step(struct lane *l, struct mb_state *s)
{
	struct mb_input in[DIGEST_LANES] = {{NULL, 0}};
	size_t step = INT32_MAX / BLOCK;
	unsigned int i;

	for (i = 0; i < DIGEST_LANES; i++)
		if (l[i].job && l[i].blocks < step)
			step = l[i].blocks;
	for (i = 0; i < DIGEST_LANES; i++) {
		if (!l[i].job)
			continue;
		in[i].p = l[i].p;
		in[i].blocks = (int)step;
		l[i].p += step * BLOCK;
		l[i].blocks -= step;
	}
	sha256_multi_block(s, in, DIGEST_LANES / 4);
}

static void lanes_run(struct digest_job *jobs, size_t n)
{
	struct lane lanes[DIGEST_LANES] = {{NULL}};
	struct mb_state s;
	size_t next = 0;
	unsigned int i, busy;

	do {
		for (i = busy = 0; i < DIGEST_LANES; i++) {
			while ((!lanes[i].job ||
				!lane_next(&lanes[i], &s, i)) &&
			       next < n)
				lane_start(&lanes[i], &s, i, &jobs[next++]);
			busy += !!lanes[i].job;
		}
		if (busy)
			lanes_step(lanes, &s);
	} while (busy);
}

/* Longest first, so that the lanes end together. */
static void jobs_sort(struct digest_job *jobs, size_t n)
{
	size_t i, k;

	for (i = 1; i < n; i++) {
		struct digest_job j = jobs[i];

		for (k = i; k && jobs[k - 1].size < j.size; k--)
			jobs[k] = jobs[k - 1];
		jobs[k] = j;
	}
}

/* One stream of SHA instructions is faster than eight lanes of vectors. */
static bool lanes_gain(size_t n)
{
	return n > 2 && !(OPENSSL_ia32cap_P[2] & 1u << 29) &&
	       OPENSSL_ia32cap_P[2] & 1u << 5;
}
#endif

void digest_many(struct digest_job *jobs, size_t n)
{
	size_t i;

#ifdef DIGEST_LANES
	if (lanes_gain(n)) {
		jobs_sort(jobs, n);
		lanes_run(jobs, n);
		return;
	}
#endif
	for (i = 0; i < n; i++)
		digest_of(jobs[i].p, jobs[i].size, jobs[i].out);
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

int digest_unhex(struct span s, uint8_t out[DIGEST_SIZE])
{
	uint8_t d[DIGEST_SIZE];
	unsigned int i;
	int hi, lo;

	if (s.n != DIGEST_HEX)
		return -EBADMSG;
	for (i = 0; i < DIGEST_SIZE; i++) {
		hi = text_hexlow(s.p[2 * i]);
		lo = text_hexlow(s.p[2 * i + 1]);
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
