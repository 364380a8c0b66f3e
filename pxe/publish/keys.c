// SPDX-License-Identifier: MIT
/*
 * keys.c - a site's certification authority.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "keys.h"

#define ROOT_DAYS (20 * 365)
#define LEAF_DAYS 400

static EVP_PKEY *make_key(const char *type, bool root)
{
	EVP_PKEY *key = NULL;

	if (!strcmp(type, "ecdsa-p256"))
		key = EVP_EC_gen(root ? "P-384" : "P-256");
	else if (!strcmp(type, "rsa-3072"))
		key = EVP_RSA_gen(3072);
	else
		die("key type %s: expected ecdsa-p256 or rsa-3072", type);
	if (!key)
		die("key type %s: cannot be made", type);
	return key;
}

static void add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;

	X509V3_set_ctx_nodb(&ctx);
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!ext || !X509_add_ext(cert, ext, -1))
		die("certificate: extension %s=%s refused", OBJ_nid2sn(nid),
		    value);
	X509_EXTENSION_free(ext);
}

static void set_serial(X509 *cert)
{
	BIGNUM *n = BN_new();

	if (!n || !BN_rand(n, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) ||
	    !BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)))
		die("certificate: no serial number");
	BN_free(n);
}

/* A certificate for @key in the name of "@site @what", not signed yet. */
static X509 *make_cert(EVP_PKEY *key, const char *site, const char *what,
		       int days)
{
	char *cn = xasprintf("%.40s %s", site, what);
	X509 *cert = X509_new();
	X509_NAME *name = cert ? X509_get_subject_name(cert) : NULL;

	if (!name || !X509_set_version(cert, X509_VERSION_3) ||
	    !X509_gmtime_adj(X509_getm_notBefore(cert), -86400) ||
	    !X509_time_adj_ex(X509_getm_notAfter(cert), days - 1, 0, NULL) ||
	    !X509_set_pubkey(cert, key) ||
	    !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
					(unsigned char *)cn, -1, -1, 0))
		die("certificate of %s: cannot be made", cn);
	set_serial(cert);
	free(cn);
	return cert;
}

static void write_pem(const char *dir, const char *name, EVP_PKEY *key,
		      X509 *cert)
{
	char *path = xasprintf("%s/%s", dir, name), *text;
	BIO *bio = BIO_new(BIO_s_mem());
	long n;

	if (!bio || (key ? !PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL,
							  0, NULL, NULL)
			 : !PEM_write_bio_X509(bio, cert)))
		die("%s: cannot be encoded", path);
	n = BIO_get_mem_data(bio, &text);
	outfile_put(path, key ? 0600 : 0644, text, n);
	BIO_free(bio);
	free(path);
}

void keys_make(const char *dir, const char *site, const char *type)
{
	EVP_PKEY *root_key = make_key(type, true);
	EVP_PKEY *leaf_key = make_key(type, false);
	X509 *root = make_cert(root_key, site, "root", ROOT_DAYS);
	X509 *leaf = make_cert(leaf_key, site, "boot leaf", LEAF_DAYS);

	if (!X509_set_issuer_name(root, X509_get_subject_name(root)) ||
	    !X509_set_issuer_name(leaf, X509_get_subject_name(root)))
		die("certificate: no issuer");
	add_extension(root, root, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(root, root, NID_key_usage,
		      "critical,keyCertSign,cRLSign");
	add_extension(root, root, NID_subject_key_identifier, "hash");
	if (!X509_sign(root, root_key, EVP_sha256()))
		die("certificate: root cannot be signed");
	add_extension(leaf, root, NID_basic_constraints, "critical,CA:FALSE");
	add_extension(leaf, root, NID_key_usage, "critical,digitalSignature");
	add_extension(leaf, root, NID_ext_key_usage, "codeSigning");
	add_extension(leaf, root, NID_subject_key_identifier, "hash");
	add_extension(leaf, root, NID_authority_key_identifier, "keyid");
	if (!X509_sign(leaf, root_key, EVP_sha256()))
		die("certificate: leaf cannot be signed");
	write_pem(dir, "root.key", root_key, NULL);
	write_pem(dir, "root.crt", NULL, root);
	write_pem(dir, "leaf.key", leaf_key, NULL);
	write_pem(dir, "leaf.crt", NULL, leaf);
	X509_free(root);
	X509_free(leaf);
	EVP_PKEY_free(root_key);
	EVP_PKEY_free(leaf_key);
}
