// SPDX-License-Identifier: MIT
/*
 * fuzz-anchor.c - anchors are what they say, byte for byte, and a key on the
 * list is refused whichever certificate has it.
 */
#include "format/anchor.h"
#include "format/der.h"
#include "fuzz.h"

#define KEY_SIZE (2 + DIGEST_SIZE)

/* Roots, one behind the other, then the list, and nothing else. */
static void check_whole(const struct anchor *a, struct span text)
{
	const char *at = text.p;
	unsigned int i;

	NEED(a->n_roots >= 1 && a->n_roots <= ANCHOR_ROOTS_MAX);
	NEED(a->n_revoked <= ANCHOR_REVOKED_MAX);
	for (i = 0; i < a->n_roots; i++) {
		NEED(a->roots[i].p == at && *at == DER_SEQUENCE);
		NEED(fuzz_inside(a->roots[i], text));
		at += a->roots[i].n;
	}
	NEED(a->revoked.p == at && a->revoked.n == a->n_revoked * KEY_SIZE);
	NEED(at + a->revoked.n == text.p + text.n);
}

static void check_list(const struct anchor *a)
{
	const uint8_t *p = (const uint8_t *)a->revoked.p + 2;
	uint8_t other[DIGEST_SIZE];
	bool there = false;
	unsigned int i;

	digest_of(a->revoked.p, a->revoked.n, other);
	for (i = 0; i < a->n_revoked; i++, p += KEY_SIZE) {
		NEED(anchor_revokes(a, p));
		there |= digest_equal(p, other);
	}
	NEED(anchor_revokes(a, other) == there);
}

/* @certs, under anchors that revoke the key of the first of them, or not. */
static void check_certs(struct span certs)
{
	uint8_t text[2 + KEY_SIZE] = {DER_SEQUENCE, 0, ANCHOR_TAG, DIGEST_SIZE};
	struct anchor a;
	struct fault f = {0};
	struct der first;
	struct span rest = certs;
	int err;

	if (der_next(&rest, &first) != 1 || anchor_key(first.whole, text + 4))
		return;
	NEED(!anchor_read(&a, text, sizeof(text), NULL));
	NEED(anchor_certs(&a, certs, &f) == -EKEYREJECTED && f.why);
	text[4] ^= 1;
	err = anchor_certs(&a, first.whole, &f);
	NEED(!err);
	NEED(!anchor_read(&a, text, 2, NULL) && !anchor_certs(&a, certs, &f));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = {(const char *)data, size};
	struct fault f = {0};
	struct anchor a;
	int err = anchor_read(&a, data, size, &f);

	check_certs(text);
	if (err) {
		fuzz_refusal(err, &f, size);
		return 0;
	}
	check_whole(&a, text);
	check_list(&a);
	return 0;
}
