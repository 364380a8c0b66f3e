// SPDX-License-Identifier: MIT
/*
 * cmsmake.c - CMS SignedData put together from DER, so that every rule of the
 * profile can be broken alone.
 */
#include <openssl/objects.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "cmsgen.h"

#define POOL (16 << 20)

#define JOIN(...)                                                              \
	join((const struct blob[]){__VA_ARGS__},                               \
	     sizeof((const struct blob[]){__VA_ARGS__}) / sizeof(struct blob))
#define SEQ(...)  tlv(0x30, JOIN(__VA_ARGS__))
#define SET(...)  tlv(0x31, JOIN(__VA_ARGS__))
#define CTX0(...) tlv(0xa0, JOIN(__VA_ARGS__))
#define CTX1(...) tlv(0xa1, JOIN(__VA_ARGS__))

static const struct blob nothing;

static uint8_t *take(size_t n)
{
	static uint8_t pool[POOL];
	static size_t used;
	uint8_t *p = pool + used;

	need(n <= sizeof(pool) - used, "room in the pool");
	used += n;
	return p;
}

struct blob blob_of(const void *p, size_t n)
{
	uint8_t *to = take(n);

	if (n)
		memcpy(to, p, n);
	return (struct blob){to, n};
}

static struct blob join(const struct blob *part, size_t parts)
{
	size_t i, n = 0;
	uint8_t *to;

	for (i = 0; i < parts; i++)
		n += part[i].n;
	to = take(n);
	for (i = 0, n = 0; i < parts; n += part[i++].n)
		if (part[i].n)
			memcpy(to + n, part[i].p, part[i].n);
	return (struct blob){to, n};
}

static struct blob tlv(uint8_t tag, struct blob body)
{
	uint8_t head[5] = {tag};
	size_t n = 0, size = body.n;

	if (size < 0x80) {
		head[1] = size;
		return JOIN(blob_of(head, 2), body);
	}
	while (size >> 8 * n)
		n++;
	head[1] = 0x80 | n;
	for (size_t i = 0; i < n; i++)
		head[2 + i] = size >> 8 * (n - 1 - i);
	return JOIN(blob_of(head, 2 + n), body);
}

static struct blob der_int(uint8_t v)
{
	return blob_of((uint8_t[]){0x02, 0x01, v}, 3);
}

static struct blob der_oid(int nid)
{
	ASN1_OBJECT *o = OBJ_nid2obj(nid);

	need(o && OBJ_length(o), "object identifier");
	return tlv(0x06, blob_of(OBJ_get0_data(o), OBJ_length(o)));
}

static struct blob algorithm(int nid, struct blob params)
{
	return SEQ(der_oid(nid), params);
}

struct blob blob_cert(enum who w)
{
	unsigned char *der = NULL;
	int n = i2d_X509(pki_cert(w), &der);
	struct blob b;

	need(n > 0, "certificate");
	b = blob_of(der, n);
	OPENSSL_free(der);
	return b;
}

/* The issuer and serial number that name a signer. */
static struct blob signer_id(const struct message *m, enum who w)
{
	X509 *x = pki_cert(w);
	const unsigned char *name;
	unsigned char *serial = NULL;
	struct blob b, issuer;
	size_t name_n;
	int n;

	need(X509_NAME_get0_der(X509_get_issuer_name(x), &name, &name_n),
	     "issuer");
	n = i2d_ASN1_INTEGER(X509_get_serialNumber(x), &serial);
	need(n > 0, "serial");
	issuer = blob_of(name, name_n);
	/* OpenSSL compares names without regard to case */
	if (m->quirks & Q_ISSUER_CASE)
		((uint8_t *)issuer.p)[issuer.n - 1] ^= 0x20;
	b = SEQ(issuer, blob_of(serial, n));
	OPENSSL_free(serial);
	return b;
}

static struct blob key_id(enum who w)
{
	const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(pki_cert(w));

	need(id, "key identifier");
	return tlv(0x80,
		   blob_of(ASN1_STRING_get0_data(id), ASN1_STRING_length(id)));
}

static struct blob hash(int nid, struct blob data)
{
	uint8_t out[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	need(EVP_Digest(data.p, data.n, out, &n, EVP_get_digestbynid(nid),
			NULL),
	     "digest");
	return blob_of(out, n);
}

/* Signed attributes as they are signed: a SET. */
static struct blob attributes(struct blob data, int digest)
{
	return SET(SEQ(der_oid(NID_pkcs9_contentType),
		       SET(der_oid(NID_pkcs7_data))),
		   SEQ(der_oid(NID_pkcs9_messageDigest),
		       SET(tlv(0x04, hash(digest, data)))));
}

/* Keys that cannot sign, or not with a digest, get noise for a signature. */
static struct blob signature(enum who w, int digest, struct blob data)
{
	EVP_PKEY *key = pki_key(w);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t out[4096];
	size_t n = sizeof(out);
	const EVP_MD *md =
		w == KEY_ED25519 ? NULL : EVP_get_digestbynid(digest);

	if (EVP_DigestSignInit(ctx, NULL, md, NULL, key) != 1 ||
	    EVP_DigestSign(ctx, out, &n, data.p, data.n) != 1) {
		n = EVP_PKEY_get_size(key);
		need(n <= sizeof(out) && RAND_bytes(out, n) == 1, "noise");
	}
	EVP_MD_CTX_free(ctx);
	return blob_of(out, n);
}

static int fitting_oid(const struct message *m, enum who w, int digest)
{
	int nid = 0, type = EVP_PKEY_get_base_id(pki_key(w));

	if (m->sig_oid)
		return m->sig_oid;
	if (type == EVP_PKEY_ED25519 || m->quirks & Q_RSA_PLAIN_OID)
		return type;
	OBJ_find_sigid_by_algs(&nid, digest, type);
	return nid ? nid : type;
}

static struct blob params_of(const struct message *m)
{
	if (m->quirks & Q_ODD_PARAMS)
		return der_int(1);
	if (m->quirks & Q_DIGEST_PARAMS)
		return blob_of("\x05", 2);
	return nothing;
}

static struct blob signer_info(const struct message *m, enum who w,
			       struct blob data)
{
	unsigned int q = m->quirks;
	int digest = m->digest ? m->digest : NID_sha256;
	bool with_attrs = q & (Q_SIGNED_ATTRS | Q_STRIPPED);
	struct blob attrs = with_attrs ? attributes(data, digest) : nothing;
	struct blob sig = signature(w, digest, with_attrs ? attrs : data);
	struct blob as_sent = nothing;

	if (q & Q_SIGNED_ATTRS) {
		as_sent = blob_of(attrs.p, attrs.n);
		*(uint8_t *)as_sent.p = 0xa0;
	}
	return SEQ(der_int(q & (Q_SI_VERSION_3 | Q_BY_KEY_ID) ? 3 : 1),
		   q & Q_BY_KEY_ID ? key_id(w) : signer_id(m, w),
		   algorithm(q & Q_SIGNER_DIGEST ? NID_sha384 : digest,
			     params_of(m)),
		   as_sent, algorithm(fitting_oid(m, w, digest), nothing),
		   tlv(0x04, sig),
		   q & Q_UNSIGNED_ATTRS
			   ? CTX1(SEQ(der_oid(NID_pkcs9_contentType),
				      SET(der_oid(NID_pkcs7_data))))
			   : nothing,
		   q & Q_SI_TRAILING ? der_int(0) : nothing);
}

static int by_bytes(const void *a, const void *b)
{
	const struct blob *x = a, *y = b;
	int order = memcmp(x->p, y->p, x->n < y->n ? x->n : y->n);

	return order ? order : (int)x->n - (int)y->n;
}

/* DER sorts a set. */
static struct blob certificates(const struct message *m)
{
	struct blob all[200], swap;
	size_t n = 0;

	if (m->quirks & Q_NO_CERTS)
		return nothing;
	while (n < 5 && m->with[n]) {
		all[n] = blob_cert(m->with[n]);
		n++;
	}
	if (!n)
		all[n++] = blob_cert(m->signer);
	while (m->quirks & Q_200_CERTS && n < 200)
		all[n++] = blob_cert(LEAF);
	qsort(all, n, sizeof(all[0]), by_bytes);
	if (m->quirks & Q_UNSORTED) {
		swap = all[0];
		all[0] = all[1];
		all[1] = swap;
	}
	if (m->quirks & Q_OTHER_CERT)
		all[n++] = CTX1(der_int(1));
	return tlv(0xa0, join(all, n));
}

static struct blob content(const struct message *m, struct blob data)
{
	int type = m->content_type ? m->content_type : NID_pkcs7_data;
	struct blob octets = tlv(0x04, data);

	if (m->detached ? !(m->quirks & Q_ATTACHED) : m->quirks & Q_UNATTACHED)
		return SEQ(der_oid(type));
	if (m->quirks & Q_BER_CONTENT)
		octets = tlv(0x24, octets);
	return SEQ(der_oid(type), CTX0(octets));
}

/* A list nobody revoked anything in is enough: its presence is refused. */
static struct blob revocations(void)
{
	X509_CRL *crl = X509_CRL_new();
	unsigned char *der = NULL;
	struct blob b;
	int n;

	need(crl && X509_CRL_set_version(crl, X509_CRL_VERSION_2) &&
		     X509_CRL_set_issuer_name(
			     crl, X509_get_subject_name(pki_cert(ROOT))) &&
		     X509_CRL_set1_lastUpdate(
			     crl, X509_get0_notBefore(pki_cert(ROOT))) &&
		     X509_CRL_sign(crl, pki_key(ROOT), EVP_sha256()),
	     "CRL");
	n = i2d_X509_CRL(crl, &der);
	need(n > 0, "CRL");
	b = CTX1(blob_of(der, n));
	OPENSSL_free(der);
	X509_CRL_free(crl);
	return b;
}

static struct blob signed_data(const struct message *m, struct blob data,
			       struct blob signed_over)
{
	unsigned int q = m->quirks;
	int digest = m->digest ? m->digest : NID_sha256;
	struct blob digests = algorithm(digest, params_of(m));
	struct blob signers = nothing;

	if (q & Q_TWO_DIGESTS)
		digests = JOIN(digests, algorithm(NID_sha512, nothing));
	if (!(q & Q_NO_SIGNER))
		signers = signer_info(m, m->signer, signed_over);
	if (m->second)
		signers = JOIN(signers, signer_info(m, m->second, signed_over));
	return SEQ(der_int(q & Q_SD_VERSION_3 ? 3 : 1), tlv(0x31, digests),
		   content(m, data), certificates(m),
		   q & Q_CRL ? revocations() : nothing, tlv(0x31, signers),
		   q & Q_SD_TRAILING ? der_int(0) : nothing);
}

/* The outermost header, in the ways DER forbids. */
static struct blob outermost(const struct message *m, struct blob body)
{
	uint8_t head[5] = {0x30, 0x83, 0, body.n >> 8, body.n & 255};

	if (m->quirks & Q_INDEFINITE)
		return JOIN(blob_of("\x30\x80", 2), body, blob_of("\0", 2));
	if (m->quirks & Q_LONG_LENGTH)
		return JOIN(blob_of(head, 5), body);
	if (m->quirks & Q_TRAILING)
		return JOIN(tlv(0x30, body), blob_of("", 1));
	return tlv(0x30, body);
}

struct blob make(const struct message *m, struct blob *data)
{
	struct blob over = *data;
	int type = m->type ? m->type : NID_pkcs7_signed;

	if (m->quirks & Q_STRIPPED)
		*data = attributes(over, NID_sha256);
	if (m->quirks & Q_OTHER_DATA)
		over = blob_of("slipway-manifest 1\nof another day\n", 34);
	return outermost(
		m, JOIN(der_oid(type), CTX0(signed_data(m, *data, over))));
}
