// SPDX-License-Identifier: MIT
/*
 * cmspki.c - the certificates of the CMS tests, as a table.
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmsgen.h"

#define DAY    86400L
#define CA     "critical,CA:TRUE"
#define NOT_CA "critical,CA:FALSE"
#define KU_CA_ "critical,keyCertSign,cRLSign"
#define KU_SIG "critical,digitalSignature"
#define CODE   "codeSigning"

/* The defaults are a leaf's: P-256, not a CA, digitalSignature, codeSigning,
 * issued by ROOT, valid now, signed with SHA-256; "" means: leave it out. */
static const struct spec {
	const char *name, *key, *basic, *ku, *eku;
	enum who issuer;
	long from, to; /* days from now */
	const char *md;
} specs[WHO_N] = {
	[ROOT] = {"Site Root", NULL, CA, KU_CA_, "", ROOT},
	[ROOT_384] = {"Root 384", "P-384", CA, KU_CA_, "", ROOT_384},
	[ROOT_RSA] = {"Root RSA", "rsa3072", CA, KU_CA_, "", ROOT_RSA},
	[ROOT_OLD] = {"Old Root", NULL, CA, KU_CA_, "", ROOT_OLD, -20, -10},
	[ROOT_WEAK] = {"Weak Root", "rsa2048", CA, KU_CA_, "", ROOT_WEAK},
	[ROOT_OTHER] = {"Other Root", NULL, CA, KU_CA_, "", ROOT_OTHER},
	[ROOT_TWIN] = {"Site Root", NULL, CA, KU_CA_, "", ROOT_TWIN},
	[LEAF] = {"Leaf"},
	[LEAF_384] = {"Leaf 384", "P-384"},
	[LEAF_3072] = {"Leaf 3072", "rsa3072b"},
	[LEAF_4096] = {"Leaf 4096", "rsa4096"},
	[LEAF_OF_384] = {"Leaf", "P-384", .issuer = ROOT_384, .md = "SHA384"},
	[LEAF_OF_RSA] = {"Leaf", "rsa3072b", .issuer = ROOT_RSA},
	[LEAF_OF_OLD] = {"Leaf", .issuer = ROOT_OLD},
	[LEAF_OF_WEAK] = {"Leaf", .issuer = ROOT_WEAK},
	[LEAF_OF_OTHER] = {"Leaf", .issuer = ROOT_OTHER},
	[LEAF_OF_TWIN] = {"Leaf", .issuer = ROOT_TWIN},
	[INTER] = {"Inter", NULL, CA, KU_CA_, ""},
	[INTER_2] = {"Inter 2", NULL, CA, KU_CA_, "", INTER},
	[INTER_3] = {"Inter 3", NULL, CA, KU_CA_, "", INTER_2},
	[INTER_TWIN] = {"Inter", NULL, CA, KU_CA_, "", ROOT_OTHER},
	[INTER_OLD] = {"Inter Old", NULL, CA, KU_CA_, "", ROOT, -20, -10},
	[INTER_LAX] = {"Inter Lax", NULL, CA, "", ""},
	[LEAF_OF_LAX] = {"Leaf", .issuer = INTER_LAX},
	[LEAF_OF_INTER] = {"Leaf", .issuer = INTER},
	[LEAF_OF_2] = {"Leaf", .issuer = INTER_2},
	[LEAF_OF_3] = {"Leaf", .issuer = INTER_3},
	[LEAF_OF_INTER_OLD] = {"Leaf", .issuer = INTER_OLD},
	[SHORT] = {"Short", NULL, CA ",pathlen:0", KU_CA_, ""},
	[SHORT_2] = {"Short 2", NULL, CA, KU_CA_, "", SHORT},
	[LEAF_OF_SHORT] = {"Leaf", .issuer = SHORT_2},
	[LOOP_A] = {"Loop A", NULL, CA, KU_CA_, "", LOOP_B},
	[LOOP_B] = {"Loop B", NULL, CA, KU_CA_, "", LOOP_A},
	[LEAF_OF_LOOP] = {"Leaf", .issuer = LOOP_A},
	[LEAF_LONE] = {"Leaf Lone", .issuer = LEAF_LONE},
	[EKU_MAIL_TOO] = {"Leaf", .eku = CODE ",emailProtection"},
	[EKU_SERVER] = {"Leaf", .eku = "serverAuth"},
	[EKU_MAIL] = {"Leaf", .eku = "emailProtection"},
	[EKU_ANY] = {"Leaf", .eku = "anyExtendedKeyUsage"},
	[EKU_NONE] = {"Leaf", .eku = ""},
	[KU_NONE] = {"Leaf", .ku = ""},
	[KU_CRYPT] = {"Leaf", .ku = "critical,keyEncipherment"},
	[KU_CA] = {"Leaf", NULL, CA, "critical,digitalSignature,keyCertSign"},
	[LEAF_OF_LEAF] = {"Leaf", .issuer = LEAF},
	[LEAF_PAST] = {"Leaf", .from = -20, .to = -10},
	[LEAF_FUTURE] = {"Leaf", .from = 10, .to = 20},
	[LEAF_SHA1] = {"Leaf", .md = "SHA1"},
	[KEY_1024] = {"Leaf", "rsa1024"},
	[KEY_2048] = {"Leaf", "rsa2048"},
	[KEY_16384] = {"Leaf", "n16384"},
	[KEY_E1] = {"Leaf", "e1"},
	[KEY_E3] = {"Leaf", "e3"},
	[KEY_E64] = {"Leaf", "e10000000000000001"},
	[KEY_PSS] = {"Leaf", "pss"},
	[KEY_P224] = {"Leaf", "P-224"},
	[KEY_K256] = {"Leaf", "secp256k1"},
	[KEY_P521] = {"Leaf", "P-521"},
	[KEY_EXPLICIT] = {"Leaf", "explicit"},
	[KEY_ED25519] = {"Leaf", "ED25519"},
};

static X509 *certs[WHO_N];
static EVP_PKEY *keys[WHO_N];

static EVP_PKEY *explicit_curve(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;

	need(ctx && EVP_PKEY_keygen_init(ctx) == 1 &&
		     EVP_PKEY_CTX_set_group_name(ctx, "P-256") == 1 &&
		     EVP_PKEY_CTX_set_ec_param_enc(
			     ctx, OPENSSL_EC_EXPLICIT_CURVE) == 1 &&
		     EVP_PKEY_generate(ctx, &key) == 1,
	     "explicit curve");
	EVP_PKEY_CTX_free(ctx);
	return key;
}

/* A public key alone, of any modulus and exponent: nothing signs with it. */
static EVP_PKEY *public_rsa(const char *kind, BIGNUM *n, const char *e_hex)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
	OSSL_PARAM *params;
	EVP_PKEY *key = NULL;
	BIGNUM *e = NULL;

	need(n && bld && ctx && BN_hex2bn(&e, e_hex) &&
		     OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) &&
		     OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e),
	     "RSA parameters");
	params = OSSL_PARAM_BLD_to_param(bld);
	need(params && EVP_PKEY_fromdata_init(ctx) == 1 &&
		     EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY,
				       params) == 1,
	     "RSA public key");
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(bld);
	EVP_PKEY_CTX_free(ctx);
	BN_free(e);
	BN_free(n);
	return key;
}

static EVP_PKEY *odd_rsa(const char *kind)
{
	EVP_PKEY *real = pki_key(LEAF_3072);
	BIGNUM *n = NULL;

	if (*kind == 'n') {
		n = BN_new();
		need(n && BN_rand(n, atoi(kind + 1), BN_RAND_TOP_ONE,
				  BN_RAND_BOTTOM_ODD),
		     "modulus");
		return public_rsa("RSA", n, "10001");
	}
	need(EVP_PKEY_get_bn_param(real, OSSL_PKEY_PARAM_RSA_N, &n), "modulus");
	if (*kind == 'p')
		return public_rsa("RSA-PSS", n, "10001");
	return public_rsa("RSA", n, kind + 1);
}

/* Another certificate's key of the same name, as RSA keys take a second. */
static EVP_PKEY *shared(enum who w)
{
	int i;

	for (i = 0; i < WHO_N; i++) {
		if (i == (int)w || !keys[i] || !specs[i].key ||
		    strcmp(specs[i].key, specs[w].key))
			continue;
		EVP_PKEY_up_ref(keys[i]);
		return keys[i];
	}
	return EVP_PKEY_Q_keygen(NULL, NULL, "RSA",
				 (size_t)atoi(specs[w].key + 3));
}

static EVP_PKEY *new_key(enum who w)
{
	const char *kind = specs[w].key ? specs[w].key : "P-256";

	if (!strncmp(kind, "rsa", 3))
		return shared(w);
	if (!strcmp(kind, "ED25519"))
		return EVP_PKEY_Q_keygen(NULL, NULL, kind);
	if (!strcmp(kind, "explicit"))
		return explicit_curve();
	if (strchr("nep", *kind))
		return odd_rsa(kind);
	return EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
}

EVP_PKEY *pki_key(enum who w)
{
	if (!keys[w])
		keys[w] = new_key(w);
	need(keys[w], specs[w].name);
	return keys[w];
}

static void extend(X509 *x, X509V3_CTX *ctx, int nid, const char *value)
{
	X509_EXTENSION *ext;

	if (!*value)
		return;
	ext = X509V3_EXT_conf_nid(NULL, ctx, nid, value);
	need(ext && X509_add_ext(x, ext, -1), value);
	X509_EXTENSION_free(ext);
}

static void set_name(X509 *x, enum who issuer, const char *name)
{
	const char *by = specs[issuer].name;
	X509_NAME *n = X509_get_subject_name(x);

	need(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC,
					(const unsigned char *)name, -1, -1, 0),
	     "subject");
	n = X509_get_issuer_name(x);
	need(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC,
					(const unsigned char *)by, -1, -1, 0),
	     "issuer");
}

/* The key identifier of the issuer comes from its certificate; where that
 * does not exist yet (a loop), from one of the same name and key. */
static void set_extensions(X509 *x, const struct spec *s, enum who w,
			   enum who issuer)
{
	X509V3_CTX ctx;
	X509 *by = issuer == w ? x : certs[issuer];

	X509V3_set_ctx(&ctx, by ? by : x, x, NULL, NULL, 0);
	extend(x, &ctx, NID_basic_constraints, s->basic ? s->basic : NOT_CA);
	extend(x, &ctx, NID_key_usage, s->ku ? s->ku : KU_SIG);
	extend(x, &ctx, NID_ext_key_usage, s->eku ? s->eku : CODE);
	extend(x, &ctx, NID_subject_key_identifier, "hash");
	if (by)
		extend(x, &ctx, NID_authority_key_identifier, "keyid:always");
}

static X509 *new_cert(enum who w)
{
	const struct spec *s = &specs[w];
	enum who issuer = s->issuer ? s->issuer : ROOT;
	X509 *x = X509_new();

	/* only a loop's second member is made before its issuer */
	if (issuer != w && w != LOOP_B)
		pki_cert(issuer);
	need(x && X509_set_version(x, X509_VERSION_3) &&
		     ASN1_INTEGER_set(X509_get_serialNumber(x), 1000 + w) &&
		     X509_set_pubkey(x, pki_key(w)) &&
		     X509_gmtime_adj(X509_getm_notBefore(x),
				     DAY * (s->from ? s->from : -1)) &&
		     X509_gmtime_adj(X509_getm_notAfter(x),
				     DAY * (s->to ? s->to : 300)),
	     s->name);
	set_name(x, issuer, s->name);
	set_extensions(x, s, w, issuer);
	need(X509_sign(x, pki_key(issuer),
		       EVP_get_digestbyname(s->md ? s->md : "SHA256")),
	     s->name);
	return x;
}

X509 *pki_cert(enum who w)
{
	if (!certs[w])
		certs[w] = new_cert(w);
	return certs[w];
}
