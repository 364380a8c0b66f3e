// SPDX-License-Identifier: MIT
/*
 * fuzz-cpio.c - the streaming decoder against a plain second reading of the
 * same rules: one verdict, one tree, wherever the input is cut, and what is
 * encoded again is that tree again.
 */
#include "cpiomodel.h"
#include "fuzz.h"

static struct model want, got, again;
static uint8_t copy[2u << 20];

/* In pieces of 1 to @step bytes; @step 0: all at once. */
static int decode(struct model *m, const uint8_t *p, size_t n,
		  unsigned int step, struct fault *f)
{
	static struct cpio_decoder d;
	uint64_t state = fuzz_hash(p, n);
	size_t k;
	int err;

	m->n = 0;
	m->bytes = 0;
	cpio_decode_init(&d, &model_sink, m, MODEL_ENTRIES, MODEL_BYTES);
	for (; n; p += k, n -= k) {
		k = step ? 1 + fuzz_next(&state) % step : n;
		k = k < n ? k : n;
		err = cpio_decode(&d, p, k, f);
		if (err)
			return err;
	}
	return cpio_decode_end(&d, f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int steps[] = {1, 7, 300};
	int bad = model_read(&want, data, size), err;
	struct fault f = {0}, f2;
	size_t n;

	err = decode(&got, data, size, 0, &f);
	NEED(!bad == !err);
	if (err)
		fuzz_refusal(err, &f, size);
	else
		NEED(model_equal(&want, &got));
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		memset(&f2, 0, sizeof(f2));
		NEED(decode(&again, data, size, steps[i], &f2) == err);
		NEED(f2.why == f.why && f2.where == f.where);
		NEED(err || model_equal(&got, &again));
	}
	if (err)
		return 0;
	n = model_encode(&want, copy, sizeof(copy));
	NEED(n && !decode(&again, copy, n, 0, NULL));
	NEED(again.n == want.n);
	for (unsigned int i = 0; i < want.n; i++)
		NEED(!strcmp(again.entry[i].name, want.entry[i].name) &&
		     again.entry[i].e.mode == want.entry[i].e.mode);
	return 0;
}
