// SPDX-License-Identifier: MIT
/*
 * cmschain.c - from the root's key to the content, signature by signature.
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "format/anchor.h"
#include "format/cmschain.h"
#include "format/cmsshape.h"
#include "format/der.h"

/* the roots', and those of cmsshape.c's four */
#define CERTS_MAX 4
#define KEYS_MAX  (ANCHOR_ROOTS_MAX + CERTS_MAX)
#define DER_BITS  0x03

/* OIDs, whole: of signatures by digest and key, and of digests. */
static const struct {
	uint8_t n, oid[12];
	const EVP_MD *(*md)(void);
} algorithms[] = {
	{10, {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}, EVP_sha256},
	{10, {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3}, EVP_sha384},
	{10, {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4}, EVP_sha512},
	{11, {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 11}, EVP_sha256},
	{11, {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 12}, EVP_sha384},
	{11, {6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 13}, EVP_sha512},
	{11, {6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}, EVP_sha256},
	{11, {6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2}, EVP_sha384},
	{11, {6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3}, EVP_sha512},
};

struct chain {
	unsigned int n;
	EVP_PKEY *keys[KEYS_MAX];
};

static int rejected(struct fault *f, const char *why)
{
	return fault_set(f, -EKEYREJECTED, why, 0);
}

/* The digest of an AlgorithmIdentifier; NULL: none of ours. */
static const EVP_MD *digest_of_algorithm(struct span body)
{
	struct der oid;
	size_t i;

	if (der_expect(&body, DER_OID, &oid))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(algorithms); i++)
		if (oid.whole.n == algorithms[i].n &&
		    !memcmp(oid.whole.p, algorithms[i].oid, oid.whole.n))
			return algorithms[i].md();
	return NULL;
}

static bool signed_by(EVP_PKEY *key, const EVP_MD *md, struct span text,
		      struct span sig)
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	bool good;

	good = c && md && EVP_DigestVerifyInit(c, NULL, md, NULL, key) == 1 &&
	       EVP_DigestVerify(c, (const uint8_t *)sig.p, sig.n,
				(const uint8_t *)text.p, text.n) == 1;
	EVP_MD_CTX_free(c);
	return good;
}

/* Is this certificate signed by a key of the chain? Raw bytes only. */
static bool cert_signed(const struct chain *c, struct span cert)
{
	struct der seq, tbs, alg, sig;
	unsigned int k;

	if (der_expect(&cert, DER_SEQUENCE, &seq) ||
	    der_expect(&seq.body, DER_SEQUENCE, &tbs) ||
	    der_expect(&seq.body, DER_SEQUENCE, &alg) ||
	    der_expect(&seq.body, DER_BITS, &sig) || seq.body.n ||
	    !sig.body.n || sig.body.p[0])
		return false;
	sig.body.p++;
	sig.body.n--;
	for (k = 0; k < c->n; k++)
		if (signed_by(c->keys[k], digest_of_algorithm(alg.body),
			      tbs.whole, sig.body))
			return true;
	return false;
}

/* The key of a certificate whose every byte is known to be the site's. */
static bool add_key(struct chain *c, const void *cert, size_t size)
{
	const unsigned char *p = cert;
	X509 *x = d2i_X509(NULL, &p, (long)size);
	EVP_PKEY *key = x ? X509_get_pubkey(x) : NULL;

	X509_free(x);
	if (key && c->n < KEYS_MAX)
		c->keys[c->n++] = key;
	else
		EVP_PKEY_free(key);
	return key;
}

/* One more certificate that a key of the chain has signed; @seen: a bit each.
 */
static bool extend(struct chain *c, struct span certs, unsigned int *seen)
{
	struct der cert;
	unsigned int i;

	for (i = 0; i < CERTS_MAX && der_next(&certs, &cert) == 1; i++) {
		if (*seen & 1u << i || !cert_signed(c, cert.whole))
			continue;
		*seen |= 1u << i;
		return add_key(c, cert.whole.p, cert.whole.n);
	}
	return false;
}

static int follow(struct chain *c, const struct cmsshape *s,
		  const struct anchor *a, struct fault *f)
{
	const EVP_MD *md = digest_of_algorithm(s->digest);
	unsigned int seen = 0, k;

	if (!md)
		return rejected(f, "digest is not SHA-256, -384 or -512");
	for (k = 0; k < a->n_roots; k++)
		if (!add_key(c, a->roots[k].p, a->roots[k].n))
			return rejected(f, "trust anchor is no certificate");
	while (extend(c, s->certs, &seen))
		;
	/* not the roots themselves: they sign certificates only */
	for (k = a->n_roots; k < c->n; k++)
		if (signed_by(c->keys[k], md, s->content, s->signature))
			return 0;
	return rejected(f, "no chain of signatures leads to the content");
}

int cmschain_verify(const void *der, size_t size, const void *root,
		    size_t root_size, struct span *content, struct fault *f)
{
	struct chain c = {0};
	struct cmsshape s;
	struct anchor a;
	int ret;

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	ret = cmsshape_read(&s, der, size, f);
	if (!ret && !s.attached)
		ret = fault_set(f, -EBADMSG, "signature holds no content", 0);
	if (!ret && anchor_read(&a, root, root_size, NULL))
		ret = rejected(f, "trust anchor is no certificate");
	if (!ret)
		ret = anchor_certs(&a, s.certs, f);
	if (!ret)
		ret = follow(&c, &s, &a, f);
	while (c.n)
		EVP_PKEY_free(c.keys[--c.n]);
	if (!ret)
		*content = s.content;
	return ret;
}
