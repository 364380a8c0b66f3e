/* SPDX-License-Identifier: MIT */
/* anchor.c - roots and revoked keys, walked as plain DER. */
#include "format/anchor.h"
#include "format/der.h"

static int bad(struct fault *f, int err, const char *why)
{
	return fault_set(f, err, why, 0);
}

int anchor_read(struct anchor *a, const void *p, size_t size, struct fault *f)
{
	struct span rest = {p, size};
	struct der d;
	int n;

	memset(a, 0, sizeof(*a));
	if (size > ANCHOR_SIZE_MAX)
		return bad(f, -EOVERFLOW, "trust anchor too long");
	a->revoked = rest;
	while ((n = der_next(&rest, &d)) == 1 && d.tag == DER_SEQUENCE) {
		if (a->n_roots == ANCHOR_ROOTS_MAX)
			return bad(f, -EOVERFLOW, "too many trust anchors");
		a->roots[a->n_roots++] = d.whole;
		a->revoked = rest;
	}
	for (; n == 1; n = der_next(&rest, &d)) {
		if (d.tag != ANCHOR_TAG || d.body.n != DIGEST_SIZE)
			return bad(f, -EBADMSG, "no digest of a revoked key");
		if (a->n_revoked++ == ANCHOR_REVOKED_MAX)
			return bad(f, -EOVERFLOW, "too many revoked keys");
	}
	if (n || !a->n_roots)
		return bad(f, -EBADMSG, "no certificate as trust anchor");
	return 0;
}

bool anchor_revokes(const struct anchor *a, const uint8_t key[DIGEST_SIZE])
{
	struct span rest = a->revoked;
	struct der d;

	while (der_next(&rest, &d) == 1)
		if (digest_equal((const uint8_t *)d.body.p, key))
			return true;
	return false;
}

/* RFC 5280 4.1: [0] version, serial, signature, issuer, validity, subject. */
int anchor_key(struct span cert, uint8_t key[DIGEST_SIZE])
{
	static const uint8_t before[] = {DER_CONTEXT0, DER_INTEGER,
					 DER_SEQUENCE, DER_SEQUENCE,
					 DER_SEQUENCE, DER_SEQUENCE};
	struct der seq, tbs, d;
	size_t i;

	if (der_expect(&cert, DER_SEQUENCE, &seq) || cert.n ||
	    der_expect(&seq.body, DER_SEQUENCE, &tbs))
		return -EBADMSG;
	for (i = 0; i < ARRAY_SIZE(before); i++)
		if (der_expect(&tbs.body, before[i], &d))
			return -EBADMSG;
	if (der_expect(&tbs.body, DER_SEQUENCE, &d))
		return -EBADMSG;
	digest_of(d.whole.p, d.whole.n, key);
	return 0;
}

int anchor_certs(const struct anchor *a, struct span certs, struct fault *f)
{
	uint8_t key[DIGEST_SIZE];
	struct der cert;
	int n;

	if (!a->n_revoked)
		return 0;
	while ((n = der_next(&certs, &cert)) == 1) {
		if (anchor_key(cert.whole, key))
			return bad(f, -EBADMSG, "a certificate is malformed");
		if (anchor_revokes(a, key))
			return bad(f, -EKEYREJECTED, "a key of it is revoked");
	}
	return n ? bad(f, -EBADMSG, "a certificate is malformed") : 0;
}
