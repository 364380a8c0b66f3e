// SPDX-License-Identifier: MIT
/*
 * cmsshape.c - the raw DER of a SignedData: versions, the one signer and its
 * issuer bytes, algorithm parameters, the absence of attributes and CRLs.
 */
#include "format/cmsshape.h"
#include "format/der.h"

#define SIZE_MIN  64
#define CERTS_MAX 4

static const uint8_t oid_signed[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
				     0xf7, 0x0d, 0x01, 0x07, 0x02};
static const uint8_t oid_data[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
				   0xf7, 0x0d, 0x01, 0x07, 0x01};

static int bad(struct fault *f, const char *why)
{
	return fault_set(f, -EBADMSG, why, 0);
}

static bool is_oid(const struct der *d, const uint8_t *oid, size_t n)
{
	return d->whole.n == n && !memcmp(d->whole.p, oid, n);
}

static bool is_version_1(const struct der *d)
{
	return d->body.n == 1 && d->body.p[0] == 1;
}

/* AlgorithmIdentifier with parameters absent or NULL. */
static bool is_plain_algorithm(const struct der *d)
{
	struct span rest = d->body;
	struct der oid, param;
	int n;

	if (d->tag != DER_SEQUENCE || der_expect(&rest, DER_OID, &oid))
		return false;
	n = der_next(&rest, &param);
	if (n == 0)
		return true;
	return n == 1 && param.tag == DER_NULL && !param.body.n && !rest.n;
}

/* The one SignerInfo: version, sid, digest, signature algorithm, value. */
static int walk_signer(struct span rest, struct cmsshape *s,
		       const struct der *digest, struct fault *f)
{
	struct der d, issuer;

	if (der_expect(&rest, DER_INTEGER, &d) || !is_version_1(&d))
		return bad(f, "signer version is not 1");
	if (der_expect(&rest, DER_SEQUENCE, &d) ||
	    der_expect(&d.body, DER_SEQUENCE, &issuer))
		return bad(f, "signer is not named by issuer and serial");
	s->issuer = issuer.whole;
	if (der_next(&rest, &d) != 1 || d.whole.n != digest->whole.n ||
	    memcmp(d.whole.p, digest->whole.p, d.whole.n))
		return bad(f, "signer's digest is not the declared one");
	if (der_next(&rest, &d) != 1 || !is_plain_algorithm(&d))
		return bad(f, "signed attributes or odd signature algorithm");
	if (der_next(&rest, &d) != 1 || rest.n)
		return bad(f, "unsigned attributes");
	if (d.tag != DER_OCTETS)
		return bad(f, "signature is no octet string");
	s->signature = d.body;
	return 0;
}

static int walk_content(struct span rest, struct cmsshape *s, struct fault *f)
{
	struct der d, octets;
	int n;

	if (der_expect(&rest, DER_OID, &d) ||
	    !is_oid(&d, oid_data, sizeof(oid_data)))
		return bad(f, "signed content is not plain data");
	n = der_next(&rest, &d);
	if (n == 0)
		return 0;
	if (n < 0 || d.tag != DER_CONTEXT0 || rest.n ||
	    der_expect(&d.body, DER_OCTETS, &octets) || d.body.n)
		return bad(f, "signed content is not one octet string");
	s->attached = true;
	s->content = octets.body;
	return 0;
}

static int walk_certs(struct span *rest, struct cmsshape *s, struct fault *f)
{
	struct der d, cert;
	unsigned int n = 0;

	if (der_expect(rest, DER_CONTEXT0, &d))
		return bad(f, "no certificates");
	s->certs = d.body;
	while (d.body.n) {
		if (der_expect(&d.body, DER_SEQUENCE, &cert))
			return bad(f, "something other than a certificate");
		if (++n > CERTS_MAX)
			return bad(f, "too many certificates");
	}
	return 0;
}

/* SignedData: version, digest algorithms, content, certificates, signers. */
static int walk_signed(struct span rest, struct cmsshape *s, struct fault *f)
{
	struct der d, digest, signers, signer;
	int err;

	if (der_expect(&rest, DER_INTEGER, &d) || !is_version_1(&d))
		return bad(f, "SignedData version is not 1");
	if (der_expect(&rest, DER_SET, &d) || der_next(&d.body, &digest) != 1 ||
	    !is_plain_algorithm(&digest) || d.body.n)
		return bad(f, "not exactly one digest algorithm");
	s->digest = digest.body;
	if (der_expect(&rest, DER_SEQUENCE, &d))
		return bad(f, "no content");
	err = walk_content(d.body, s, f);
	if (!err)
		err = walk_certs(&rest, s, f);
	if (err)
		return err;
	if (der_expect(&rest, DER_SET, &signers) || rest.n)
		return bad(f, "CRLs, or no signers");
	if (der_expect(&signers.body, DER_SEQUENCE, &signer) || signers.body.n)
		return bad(f, "not exactly one signer");
	return walk_signer(signer.body, s, &digest, f);
}

int cmsshape_read(struct cmsshape *s, const void *der, size_t size,
		  struct fault *f)
{
	struct span rest = {der, size};
	struct der d, type, wrap, sd;

	memset(s, 0, sizeof(*s));
	if (size < SIZE_MIN)
		return bad(f, "too short for a signature");
	if (der_expect(&rest, DER_SEQUENCE, &d) || rest.n)
		return bad(f, "not one DER sequence of the file's length");
	if (der_expect(&d.body, DER_OID, &type) ||
	    !is_oid(&type, oid_signed, sizeof(oid_signed)))
		return bad(f, "not CMS SignedData");
	if (der_expect(&d.body, DER_CONTEXT0, &wrap) || d.body.n ||
	    der_expect(&wrap.body, DER_SEQUENCE, &sd) || wrap.body.n)
		return bad(f, "SignedData is malformed");
	return walk_signed(sd.body, s, f);
}
