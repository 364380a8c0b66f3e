// SPDX-License-Identifier: MIT
/*
 * fuzz-gzip.c - gunzip and cpio as one pipe, cut at random between them. A
 * gzip file that passes is one for zlib too, with the same bytes; and any other
 * input, packed here first, must fare as it does without gzip.
 */
#include "cpiomodel.h"
#include "fuzz.h"

/* /init's file itself: it is in no library */
#include "gunzip.c"

static struct model direct, piped;

struct pipe {
	struct cpio_decoder d;
	struct fault *f;
	uint64_t state, hash, total;
};

static int feed(void *user, const void *p, size_t n)
{
	struct pipe *s = user;
	const uint8_t *b = p;
	size_t k;
	int err;

	for (k = 0; k < n; k++)
		s->hash = (s->hash ^ b[k]) * 0x100000001b3;
	s->total += n;
	for (; n; b += k, n -= k) {
		k = 1 + fuzz_next(&s->state) % 700;
		k = k < n ? k : n;
		err = cpio_decode(&s->d, b, k, s->f);
		if (err)
			return err;
	}
	return 0;
}

static int run(struct pipe *s, const uint8_t *p, size_t n, struct fault *f)
{
	int err;

	*s = (struct pipe){
		.f = f, .state = fuzz_hash(p, n), .hash = fuzz_hash(NULL, 0)};
	piped.n = 0;
	piped.bytes = 0;
	cpio_decode_init(&s->d, &model_sink, &piped, MODEL_ENTRIES,
			 MODEL_BYTES);
	err = gunzip_run(p, n, feed, s, f);
	return err ? err : cpio_decode_end(&s->d, f);
}

/* zlib's own reading of the wrapping. */
static void check_zlib(const uint8_t *p, size_t n, const struct pipe *s)
{
	static uint8_t out[64 << 10];
	uint64_t hash = fuzz_hash(NULL, 0), total = 0;
	z_stream z = {.next_in = (uint8_t *)p, .avail_in = n};
	int state = Z_OK;

	NEED(inflateInit2(&z, 15 + 16) == Z_OK);
	while (state == Z_OK) {
		z.next_out = out;
		z.avail_out = sizeof(out);
		state = inflate(&z, Z_NO_FLUSH);
		for (size_t i = 0; i < sizeof(out) - z.avail_out; i++)
			hash = (hash ^ out[i]) * 0x100000001b3;
		total += sizeof(out) - z.avail_out;
	}
	NEED(state == Z_STREAM_END && !z.avail_in);
	NEED(hash == s->hash && total == s->total);
	inflateEnd(&z);
}

static size_t pack(uint8_t *to, size_t room, const uint8_t *p, size_t n)
{
	z_stream z = {.next_in = (uint8_t *)p,
		      .avail_in = n,
		      .next_out = to,
		      .avail_out = room};

	NEED(deflateInit2(&z, n % 10, Z_DEFLATED, 15 + 16, 8, n % 5) == Z_OK);
	NEED(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out;
}

static void packed_here(const uint8_t *data, size_t size)
{
	static uint8_t gz[256 << 10];
	struct fault f = {0};
	struct pipe s;
	size_t n;
	int bad;

	if (size > sizeof(gz) / 2)
		return;
	n = pack(gz, sizeof(gz), data, size);
	bad = model_read(&direct, data, size);
	NEED(!bad == !run(&s, gz, n, &f));
	NEED(bad || (model_equal(&direct, &piped) && s.total == size));
	NEED(s.total <= size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f = {0};
	struct pipe s;
	int err;

	if (size < 2 || data[0] != 0x1f || data[1] != 0x8b)
		packed_here(data, size);
	err = run(&s, data, size, &f);
	if (err) {
		NEED(err == -EBADMSG || err == -EOVERFLOW || err == -ENODATA);
		NEED(f.why);
	} else {
		check_zlib(data, size, &s);
	}
	return 0;
}
