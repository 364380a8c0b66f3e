/* SPDX-License-Identifier: MIT */
/*
 * cmsgen.h - keys, certificates and CMS messages, good ones and all the bad
 * ones that a library would not make: certificates by libcrypto, messages put
 * together from DER here.
 */
#ifndef CMSGEN_H
#define CMSGEN_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes in one static pool, which nobody frees. */
struct blob {
	const uint8_t *p;
	size_t n;
};

enum who {
	NONE,
	ROOT,
	ROOT_384,
	ROOT_RSA,
	ROOT_OLD,
	ROOT_WEAK,
	ROOT_OTHER,
	ROOT_TWIN,
	LEAF,
	LEAF_384,
	LEAF_3072,
	LEAF_4096,
	LEAF_OF_384,
	LEAF_OF_RSA,
	LEAF_OF_OLD,
	LEAF_OF_WEAK,
	LEAF_OF_OTHER,
	LEAF_OF_TWIN,
	INTER,
	INTER_2,
	INTER_3,
	INTER_TWIN,
	INTER_OLD,
	INTER_LAX,
	LEAF_OF_INTER,
	LEAF_OF_2,
	LEAF_OF_3,
	LEAF_OF_INTER_OLD,
	LEAF_OF_LAX,
	SHORT,
	SHORT_2,
	LEAF_OF_SHORT,
	LOOP_A,
	LOOP_B,
	LEAF_OF_LOOP,
	LEAF_LONE,
	EKU_MAIL_TOO,
	EKU_SERVER,
	EKU_MAIL,
	EKU_ANY,
	EKU_NONE,
	KU_NONE,
	KU_CRYPT,
	KU_CA,
	LEAF_OF_LEAF,
	LEAF_PAST,
	LEAF_FUTURE,
	LEAF_SHA1,
	KEY_1024,
	KEY_2048,
	KEY_16384,
	KEY_E1,
	KEY_E3,
	KEY_E64,
	KEY_PSS,
	KEY_P224,
	KEY_K256,
	KEY_P521,
	KEY_EXPLICIT,
	KEY_ED25519,
	WHO_N
};

/* What is wrong with a message, or rare. */
enum quirk {
	Q_SD_VERSION_3 = 1 << 0,
	Q_SI_VERSION_3 = 1 << 1,
	Q_SIGNED_ATTRS = 1 << 2,
	Q_UNSIGNED_ATTRS = 1 << 3,
	Q_STRIPPED = 1 << 4, /* signed with attributes, sent without */
	Q_TWO_DIGESTS = 1 << 5,
	Q_CRL = 1 << 6,
	Q_NO_CERTS = 1 << 7,
	Q_200_CERTS = 1 << 8,
	Q_ISSUER_CASE = 1 << 9,
	Q_TRAILING = 1 << 10,
	Q_INDEFINITE = 1 << 11,
	Q_LONG_LENGTH = 1 << 12,
	Q_BER_CONTENT = 1 << 13,
	Q_OTHER_CERT = 1 << 14, /* an attribute certificate's tag */
	Q_NO_SIGNER = 1 << 15,
	Q_DIGEST_PARAMS = 1 << 16, /* an explicit NULL: as good as none */
	Q_ODD_PARAMS = 1 << 17,
	Q_RSA_PLAIN_OID = 1 << 18,
	Q_BY_KEY_ID = 1 << 19,
	Q_SIGNER_DIGEST = 1 << 20, /* another one than was declared */
	Q_OTHER_DATA = 1 << 21,	   /* a good signature, of something else */
	Q_ATTACHED = 1 << 22,	   /* where a detached one is wanted */
	Q_UNATTACHED = 1 << 23,	   /* and the reverse */
	Q_ROOT_TRAILING = 1 << 24,
	Q_NO_ROOT = 1 << 25,
	Q_SD_TRAILING = 1 << 26,
	Q_SI_TRAILING = 1 << 27,
	Q_UNSORTED = 1 << 28,
};

struct message {
	const char *name, *why;
	int err;
	enum who signer, second;
	enum who with[5]; /* certificates; none named: the signer's */
	enum who anchor;  /* none named: ROOT */
	enum who beside;  /* a second anchor */
	enum who revoked; /* whose key is */
	int digest;	  /* nid; 0: SHA-256 */
	int sig_oid;	  /* nid; 0: what fits */
	int type;	  /* nid; 0: SignedData */
	int content_type; /* nid; 0: data */
	unsigned int quirks;
	bool detached, sweep;
};

/* cmspki.c: every certificate and key, made at the first call. */
X509 *pki_cert(enum who w);
EVP_PKEY *pki_key(enum who w);

/* cmsmake.c */
struct blob blob_of(const void *p, size_t n);
struct blob blob_cert(enum who w);

/* make - @m's file over *@data, which S9's forgery replaces. */
struct blob make(const struct message *m, struct blob *data);

void need(bool ok, const char *what);

#endif
