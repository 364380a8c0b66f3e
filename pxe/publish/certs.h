/* SPDX-License-Identifier: MIT */
/*
 * certs.h - private keys and X.509 certificates as a site's authority makes
 * them. Everything here dies, naming the file, when it cannot.
 */
#ifndef PUBLISH_CERTS_H
#define PUBLISH_CERTS_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "format/digest.h"

enum certs_kind { CERTS_ROOT, CERTS_INTERMEDIATE, CERTS_LEAF, CERTS_FIRMWARE };

/* What to issue; @issuer NULL: it signs itself with @key. */
struct certs_spec {
	enum certs_kind kind;
	const char *site; /* its name is "SITE what" */
	const char *what;
	unsigned int days; /* shortened to the issuer's own end */
	EVP_PKEY *key;	   /* a leaf's may be the public half alone */
	X509 *issuer;
	EVP_PKEY *issuer_key;
};

/* certs_make_key - @type ecdsa-p256 (P-384 for roots) or rsa-3072; rsa-2048 is
 * for firmware, machines refuse it. */
EVP_PKEY *certs_make_key(const char *type, enum certs_kind kind);

X509 *certs_issue(const struct certs_spec *spec);

/* certs_read - all certificates of a PEM file, at least one. */
STACK_OF(X509) * certs_read(const char *path);

/* certs_read_key - a private key; certs_read_request - the key of a PKCS#10
 * request whose own signature holds. */
EVP_PKEY *certs_read_key(const char *path);
EVP_PKEY *certs_read_request(const char *path);

/* certs_write, certs_write_key - PEM, mode 0644 and 0600. */
void certs_write(const char *path, STACK_OF(X509) * list);
void certs_write_key(const char *path, EVP_PKEY *key);

/* certs_digest - what a key is revoked by (anchor_key), in hex. */
void certs_digest(X509 *cert, char hex[DIGEST_HEX + 1]);

/* certs_days - whole days until @cert ends, negative when it has. */
int certs_days(const X509 *cert);

/* certs_name - the common name of the subject or the issuer, malloc-ed. */
char *certs_name(const X509_NAME *name);

#endif
