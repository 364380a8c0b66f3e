// SPDX-License-Identifier: MIT
/* u-digest.c - SHA-256 and its hex form. */
#include "format/digest.h"
#include "unit.h"

/* FIPS 180-4 examples, and the ends of the padding's two cases. */
static const struct {
	const char *name, *unit;
	unsigned int times;
	const char *hex;
} vectors[] = {
	{"empty", "", 1,
	 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
	{"abc", "abc", 1,
	 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{"two blocks",
	 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
	 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	{"55 a", "a", 55,
	 "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"},
	{"56 a", "a", 56,
	 "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"},
	{"64 a", "a", 64,
	 "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"},
	{"a million a", "a", 1000000,
	 "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
};

static void check_vectors(void)
{
	char hex[DIGEST_HEX + 1];
	uint8_t out[DIGEST_SIZE];
	struct digest_ctx d;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		unit_row = vectors[i].name;
		digest_init(&d);
		for (k = 0; k < vectors[i].times; k++)
			digest_update(&d, vectors[i].unit,
				      strlen(vectors[i].unit));
		digest_final(&d, out);
		digest_hex(out, hex);
		CHECK_STR(hex, vectors[i].hex);
	}
}

/* The plain code before digest_setup(), the CPU's own after it. */
static void published(void)
{
	check_vectors();
	digest_setup();
	check_vectors();
}

#if defined(__slipway_klibc__) && defined(__x86_64__)
extern unsigned int OPENSSL_ia32cap_P[4];
#endif

/* klibc runs no constructors: without digest_setup() this word is 0. First,
 * as libcrypto looks at the CPU once. */
static void cpu_known(void)
{
#if defined(__slipway_klibc__) && defined(__x86_64__)
	digest_setup();
	CHECK(OPENSSL_ia32cap_P[0] != 0);
#endif
}

/* One message, cut in two and in three at every offset, at odd addresses. */
static void splits(void)
{
	uint8_t text[200], want[DIGEST_SIZE], got[DIGEST_SIZE];
	struct digest_ctx d;
	size_t i, k;

	for (i = 0; i < sizeof(text); i++)
		text[i] = i * 7 + 1;
	digest_of(text, sizeof(text), want);
	for (i = 0; i <= sizeof(text); i++) {
		for (k = i; k <= sizeof(text); k++) {
			digest_init(&d);
			digest_update(&d, text, i);
			digest_update(&d, text + i, k - i);
			digest_update(&d, text + k, sizeof(text) - k);
			digest_final(&d, got);
			CHECK(digest_equal(want, got));
		}
	}
}

static void equal(void)
{
	uint8_t a[DIGEST_SIZE], b[DIGEST_SIZE];
	unsigned int bit;

	memset(a, 0x5a, sizeof(a));
	memcpy(b, a, sizeof(b));
	CHECK(digest_equal(a, b));
	for (bit = 0; bit < 8 * DIGEST_SIZE; bit++) {
		b[bit / 8] ^= 1 << bit % 8;
		CHECK(!digest_equal(a, b));
		b[bit / 8] ^= 1 << bit % 8;
	}
}

static void hex_and_back(void)
{
	char hex[DIGEST_HEX + 1];
	uint8_t in[DIGEST_SIZE], out[DIGEST_SIZE];
	unsigned int i;

	for (i = 0; i < DIGEST_SIZE; i++)
		in[i] = i << 4 | (15 - i % 16);
	digest_hex(in, hex);
	CHECK_INT(strlen(hex), DIGEST_HEX);
	CHECK_INT(digest_unhex((struct span){hex, DIGEST_HEX}, out), 0);
	CHECK(digest_equal(in, out));
	CHECK_INT(digest_unhex((struct span){hex, DIGEST_HEX - 1}, out),
		  -EBADMSG);
	CHECK_INT(digest_unhex((struct span){hex, DIGEST_HEX + 1}, out),
		  -EBADMSG);
	CHECK_INT(digest_unhex((struct span){hex, 0}, out), -EBADMSG);
}

/* Any one character outside [0-9a-f], anywhere, and nothing is written. */
static void unhex_refuses(void)
{
	uint8_t out[DIGEST_SIZE], untouched[DIGEST_SIZE];
	char hex[DIGEST_HEX];
	unsigned int i, c;
	bool digit;

	memset(out, 0xee, sizeof(out));
	memset(untouched, 0xee, sizeof(untouched));
	memset(hex, '7', sizeof(hex));
	for (i = 0; i < DIGEST_HEX; i++) {
		for (c = 0; c < 256; c++) {
			digit = (c >= '0' && c <= '9') ||
				(c >= 'a' && c <= 'f');
			if (digit)
				continue;
			hex[i] = c;
			CHECK_INT(digest_unhex((struct span){hex, DIGEST_HEX},
					       out),
				  -EBADMSG);
		}
		hex[i] = '7';
	}
	CHECK(digest_equal(out, untouched));
}

#define MANY 70

/* Sizes around every edge of a block, and a few long ones among them. */
static size_t many_size(size_t i)
{
	static const size_t edges[] = {0,   1,   55,  56,   57,	  63,  64,
				       65,  119, 120, 127,  128,  129, 4096,
				       191, 192, 193, 5000, 70000};

	return edges[i % ARRAY_SIZE(edges)] + i / ARRAY_SIZE(edges) * 7;
}

static void check_many(const uint8_t *text, size_t n)
{
	static struct digest_job jobs[MANY];
	uint8_t want[DIGEST_SIZE];
	size_t i, sum = 0, all = 0;

	for (i = 0; i < n; i++) {
		jobs[i].p = text + i;
		jobs[i].size = many_size(i * 5);
		all += jobs[i].size;
	}
	digest_many(jobs, n);
	for (i = 0; i < n; i++) {
		digest_of(jobs[i].p, jobs[i].size, want);
		CHECK(digest_equal(jobs[i].out, want));
		sum += jobs[i].size;
	}
	CHECK_INT(sum, all);
}

/* Every count of lanes, with the vector code and without it. */
static void many(void)
{
	static uint8_t text[80000];
	size_t i, n;

	for (i = 0; i < sizeof(text); i++)
		text[i] = (i * 2654435761u) >> 24;
	for (n = 0; n <= MANY; n++)
		check_many(text, n);
#if defined(__slipway_klibc__) && defined(__x86_64__)
	OPENSSL_ia32cap_P[2] &= ~(1u << 29);
	for (n = 0; n <= MANY; n++)
		check_many(text, n);
	OPENSSL_ia32cap_P[2] &= ~(1u << 5);
	check_many(text, MANY);
#endif
}

UNIT_MAIN(UNIT_CASE(cpu_known), UNIT_CASE(published), UNIT_CASE(splits),
	  UNIT_CASE(equal), UNIT_CASE(hex_and_back), UNIT_CASE(unhex_refuses),
	  UNIT_CASE(many))
