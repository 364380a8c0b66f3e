// SPDX-License-Identifier: MIT
/*
 * cms.c - CMS SignedData under the strict profile of README.md.
 *
 * cmsshape.c has walked the raw DER before OpenSSL sees a byte of it; here are
 * chain, keys, usage, algorithms and the signature.
 */
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "format/anchor.h"
#include "format/cms.h"
#include "format/cmsshape.h"

#define DEPTH	     2
#define LEVEL	     2
#define RSA_BITS_MIN 3072
#define RSA_BITS_MAX 4096
#define RSA_E	     65537

static CMS_ContentInfo *held;
static uint8_t held_key[DIGEST_SIZE]; /* of who signed it */

static int bad(struct fault *f, const char *why)
{
	return fault_set(f, -EBADMSG, why, 0);
}

static int rejected(struct fault *f, const char *why)
{
	return fault_set(f, -EKEYREJECTED, why, 0);
}

/* DER in, the same DER out: nothing in it has two readings. */
static bool is_canonical(CMS_ContentInfo *cms, const void *der, size_t size)
{
	unsigned char *again = NULL;
	int n = i2d_CMS_ContentInfo(cms, &again);
	bool same = n > 0 && (size_t)n == size && !memcmp(again, der, size);

	OPENSSL_free(again);
	return same;
}

static CMS_ContentInfo *decode(const void *der, size_t size)
{
	const unsigned char *p = der;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, size);

	if (cms && (p != (const unsigned char *)der + size ||
		    !is_canonical(cms, der, size))) {
		CMS_ContentInfo_free(cms);
		return NULL;
	}
	return cms;
}

static bool rsa_ok(EVP_PKEY *key)
{
	BIGNUM *e = NULL;
	int bits = EVP_PKEY_get_bits(key);
	bool good;

	good = bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX &&
	       EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) &&
	       BN_is_word(e, RSA_E);
	BN_free(e);
	return good;
}

/* Named P-256 or P-384, or RSA of 3072..4096 bits with e 65537. */
static bool key_ok(X509 *cert)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);
	X509_ALGOR *algor = NULL;
	const ASN1_OBJECT *curve;
	const void *param;
	int type, nid;

	if (!key || !X509_PUBKEY_get0_param(NULL, NULL, NULL, &algor,
					    X509_get_X509_PUBKEY(cert)))
		return false;
	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
		return rsa_ok(key);
	if (EVP_PKEY_get_base_id(key) != EVP_PKEY_EC)
		return false;
	X509_ALGOR_get0(NULL, &type, &param, algor);
	if (type != V_ASN1_OBJECT)
		return false;
	curve = param;
	nid = OBJ_obj2nid(curve);
	return nid == NID_X9_62_prime256v1 || nid == NID_secp384r1;
}

/* May this certificate sign for us? The getters answer all-ones when the
 * extension is absent, so the flags are asked first. */
static bool usage_ok(X509 *leaf)
{
	uint32_t flags = X509_get_extension_flags(leaf);

	return (flags & EXFLAG_KUSAGE) &&
	       (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) &&
	       (flags & EXFLAG_XKUSAGE) &&
	       (X509_get_extended_key_usage(leaf) & XKU_CODE_SIGN) &&
	       !(flags & (EXFLAG_CA | EXFLAG_INVALID));
}

/* The signature algorithm must fit key and digest; OpenSSL ignores it. */
static bool algorithms_ok(CMS_SignerInfo *si, X509 *leaf)
{
	static const struct {
		int digest, ecdsa, rsa;
	} fit[] = {
		{NID_sha256, NID_ecdsa_with_SHA256,
		 NID_sha256WithRSAEncryption},
		{NID_sha384, NID_ecdsa_with_SHA384,
		 NID_sha384WithRSAEncryption},
		{NID_sha512, NID_ecdsa_with_SHA512,
		 NID_sha512WithRSAEncryption},
	};
	bool rsa = EVP_PKEY_get_base_id(X509_get0_pubkey(leaf)) == EVP_PKEY_RSA;
	const ASN1_OBJECT *dig_oid, *sig_oid;
	X509_ALGOR *dig, *sig;
	unsigned int i;
	int nid;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, &dig, &sig);
	X509_ALGOR_get0(&dig_oid, NULL, NULL, dig);
	X509_ALGOR_get0(&sig_oid, NULL, NULL, sig);
	nid = OBJ_obj2nid(sig_oid);
	for (i = 0; i < ARRAY_SIZE(fit); i++)
		if (OBJ_obj2nid(dig_oid) == fit[i].digest)
			return rsa ? nid == fit[i].rsa ||
					       nid == NID_rsaEncryption
				   : nid == fit[i].ecdsa;
	return false;
}

/* The signer's name for its issuer, byte for byte the certificate's. */
static bool issuer_ok(X509 *leaf, struct span issuer)
{
	const unsigned char *der;
	size_t n;

	return X509_NAME_get0_der(X509_get_issuer_name(leaf), &der, &n) &&
	       n == issuer.n && !memcmp(der, issuer.p, n);
}

static int check_certs(CMS_ContentInfo *cms, struct fault *f)
{
	STACK_OF(X509) *certs = CMS_get1_certs(cms);
	int i, err = 0;

	if (!certs)
		return bad(f, "no certificates");
	for (i = 0; i < sk_X509_num(certs) && !err; i++)
		if (!key_ok(sk_X509_value(certs, i)))
			err = rejected(
				f,
				"a key is not P-256, P-384 or RSA-3072..4096");
	sk_X509_pop_free(certs, X509_free);
	return err;
}

/* As anchor_key(), of the very certificate that OpenSSL took for the signer's:
 * a message may hold a second one of its name and serial. */
static bool note_key(X509 *leaf)
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(leaf), &der);

	if (n <= 0)
		return false;
	digest_of(der, n, held_key);
	OPENSSL_free(der);
	return true;
}

/* After CMS_verify(): the signer is known, is it one of ours? */
static int check_signer(CMS_ContentInfo *cms, const struct cmsshape *s,
			struct fault *f)
{
	STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
	STACK_OF(X509) *signers = CMS_get0_signers(cms);
	CMS_SignerInfo *si;
	X509 *leaf;
	int err = 0;

	if (sk_CMS_SignerInfo_num(infos) != 1 || sk_X509_num(signers) != 1) {
		sk_X509_free(signers);
		return rejected(f, "not exactly one signer");
	}
	si = sk_CMS_SignerInfo_value(infos, 0);
	leaf = sk_X509_value(signers, 0);
	if (CMS_signed_get_attr_count(si) > 0 ||
	    CMS_unsigned_get_attr_count(si) > 0)
		err = rejected(f, "signature has attributes");
	else if (!usage_ok(leaf))
		err = rejected(f, "certificate is not for signing code");
	else if (!algorithms_ok(si, leaf))
		err = rejected(f, "signature algorithm does not fit");
	else if (!issuer_ok(leaf, s->issuer))
		err = rejected(f, "signer's issuer differs from its name");
	else if (!note_key(leaf))
		err = fault_set(f, -ENOMEM, "no memory", 0);
	sk_X509_free(signers);
	return err;
}

static X509 *get_root(struct span der)
{
	const unsigned char *p = (const unsigned char *)der.p;
	X509 *root = d2i_X509(NULL, &p, der.n);

	if (root && (p != (const unsigned char *)der.p + der.n ||
		     X509_check_ca(root) != 1 || !key_ok(root) ||
		     X509_self_signed(root, 1) != 1)) {
		X509_free(root);
		root = NULL;
	}
	return root;
}

static int add_roots(X509_STORE *store, const struct anchor *a, struct fault *f)
{
	unsigned int i;
	X509 *root;
	bool added;

	for (i = 0; i < a->n_roots; i++) {
		root = get_root(a->roots[i]);
		if (!root)
			return rejected(f,
					"trust anchor is not a self-signed CA");
		added = X509_STORE_add_cert(store, root);
		X509_free(root);
		if (!added)
			return fault_set(f, -ENOMEM, "no memory", 0);
	}
	return 0;
}

static int make_store(const struct anchor *a, X509_STORE **out, struct fault *f)
{
	X509_STORE *store = X509_STORE_new();
	X509_VERIFY_PARAM *p = store ? X509_STORE_get0_param(store) : NULL;
	int err = 0;

	if (!p || !X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_ANY) ||
	    !X509_VERIFY_PARAM_set_flags(p, X509_V_FLAG_NO_CHECK_TIME |
						    X509_V_FLAG_X509_STRICT))
		err = fault_set(f, -ENOMEM, "no memory", 0);
	if (!err) {
		X509_VERIFY_PARAM_set_depth(p, DEPTH);
		X509_VERIFY_PARAM_set_auth_level(p, LEVEL);
		err = add_roots(store, a, f);
	}
	if (err)
		X509_STORE_free(store);
	*out = store;
	return err;
}

static int verify_chain(CMS_ContentInfo *cms, X509_STORE *store, BIO *data,
			struct fault *f)
{
	unsigned int flags = CMS_BINARY | CMS_NOCRL;

	if (data)
		flags |= CMS_DETACHED;
	if (CMS_verify(cms, NULL, store, data, NULL, flags) != 1)
		return rejected(
			f,
			"signature or chain does not verify under the site's root");
	return 0;
}

/* The message's shape and its certificates' keys, before OpenSSL sees it. */
static int read_raw(struct cmsshape *s, const void *der, size_t size,
		    struct anchor *a, const void *root, size_t root_size,
		    struct fault *f)
{
	int err = cmsshape_read(s, der, size, f);

	if (err)
		return err;
	if (anchor_read(a, root, root_size, NULL))
		return rejected(f, "trust anchor is not a self-signed CA");
	return anchor_certs(a, s->certs, f);
}

/* All of the profile; @data is what a detached signature is over. */
static int verify(const void *der, size_t size, const void *root,
		  size_t root_size, BIO *data, CMS_ContentInfo **out,
		  struct cmsshape *s, struct fault *f)
{
	CMS_ContentInfo *cms;
	X509_STORE *store;
	struct anchor a;
	int err;

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	err = read_raw(s, der, size, &a, root, root_size, f);
	if (err)
		return err;
	if (s->attached == !!data)
		return bad(f, data ? "signature is not detached"
				   : "signature holds no content");
	err = make_store(&a, &store, f);
	if (err)
		return err;
	cms = decode(der, size);
	err = cms ? check_certs(cms, f) : bad(f, "not canonical DER");
	if (!err)
		err = verify_chain(cms, store, data, f);
	if (!err)
		err = check_signer(cms, s, f);
	X509_STORE_free(store);
	if (err) {
		CMS_ContentInfo_free(cms);
		return err;
	}
	*out = cms;
	return 0;
}

int cms_verify(const void *der, size_t der_size, const void *root,
	       size_t root_size, size_t content_max, const void **content,
	       size_t *content_size, struct fault *f)
{
	ASN1_OCTET_STRING **octets;
	CMS_ContentInfo *cms;
	struct cmsshape s;
	int err;

	if (der_size > content_max + CMS_OVERHEAD_MAX)
		return fault_set(f, -EOVERFLOW, "larger than a manifest may be",
				 der_size);
	err = verify(der, der_size, root, root_size, NULL, &cms, &s, f);
	if (err)
		return err;
	octets = CMS_get0_content(cms);
	if (!octets || !*octets ||
	    (size_t)ASN1_STRING_length(*octets) != s.content.n ||
	    s.content.n > content_max) {
		CMS_ContentInfo_free(cms);
		return bad(f, "content is missing or too long");
	}
	cms_release();
	held = cms;
	*content = ASN1_STRING_get0_data(*octets);
	*content_size = s.content.n;
	return 0;
}

int cms_verify_detached(const void *der, size_t der_size, const void *root,
			size_t root_size, const void *data, size_t data_size,
			struct fault *f)
{
	CMS_ContentInfo *cms;
	struct cmsshape s;
	BIO *bio;
	int err;

	if (der_size > CMS_OVERHEAD_MAX || data_size > INT32_MAX)
		return fault_set(f, -EOVERFLOW, "too large", der_size);
	bio = BIO_new_mem_buf(data, data_size);
	if (!bio)
		return fault_set(f, -ENOMEM, "no memory", 0);
	err = verify(der, der_size, root, root_size, bio, &cms, &s, f);
	if (!err)
		CMS_ContentInfo_free(cms);
	BIO_free(bio);
	return err;
}

void cms_signer(uint8_t key[DIGEST_SIZE])
{
	memcpy(key, held_key, DIGEST_SIZE);
}

void cms_release(void)
{
	CMS_ContentInfo_free(held);
	held = NULL;
}
