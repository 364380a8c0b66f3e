// SPDX-License-Identifier: MIT
/*
 * certs.c - private keys and X.509 certificates.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "certs.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"

struct extension {
	int nid;
	const char *value;
};

static const struct extension root_extensions[] = {
	{NID_basic_constraints, "critical,CA:TRUE"},
	{NID_key_usage, "critical,keyCertSign,cRLSign"},
	{NID_subject_key_identifier, "hash"},
	{0},
};

static const struct extension intermediate_extensions[] = {
	{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
	{NID_key_usage, "critical,keyCertSign,cRLSign"},
	{NID_subject_key_identifier, "hash"},
	{NID_authority_key_identifier, "keyid"},
	{0},
};

static const struct extension leaf_extensions[] = {
	{NID_basic_constraints, "critical,CA:FALSE"},
	{NID_key_usage, "critical,digitalSignature"},
	{NID_ext_key_usage, "codeSigning"},
	{NID_subject_key_identifier, "hash"},
	{NID_authority_key_identifier, "keyid"},
	{0},
};

/* Secure Boot's: firmware looks at the key, sbverify at what it is for too. */
static const struct extension firmware_extensions[] = {
	{NID_basic_constraints, "critical,CA:TRUE"},
	{NID_key_usage, "critical,digitalSignature,keyCertSign"},
	{NID_subject_key_identifier, "hash"},
	{0},
};

static const struct extension *const extensions[] = {
	root_extensions, intermediate_extensions, leaf_extensions,
	firmware_extensions};

EVP_PKEY *certs_make_key(const char *type, enum certs_kind kind)
{
	EVP_PKEY *key = NULL;

	if (!strcmp(type, "ecdsa-p256"))
		key = EVP_EC_gen(kind == CERTS_ROOT ? "P-384" : "P-256");
	else if (!strcmp(type, "rsa-3072"))
		key = EVP_RSA_gen(3072);
	else if (!strcmp(type, "rsa-2048"))
		key = EVP_RSA_gen(2048);
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

/* iPXE believes no chain of which a part has ended. */
static void set_dates(X509 *cert, X509 *issuer, unsigned int days)
{
	ASN1_TIME *end = X509_getm_notAfter(cert);

	if (!X509_gmtime_adj(X509_getm_notBefore(cert), -86400) ||
	    !X509_time_adj_ex(end, (int)days - 1, 0, NULL))
		die("certificate: no dates");
	if (issuer && ASN1_TIME_compare(end, X509_get0_notAfter(issuer)) > 0 &&
	    !X509_set1_notAfter(cert, X509_get0_notAfter(issuer)))
		die("certificate: no end");
}

X509 *certs_issue(const struct certs_spec *spec)
{
	char *cn = xasprintf("%.40s %s", spec->site, spec->what);
	X509 *cert = X509_new(), *issuer = spec->issuer ? spec->issuer : cert;
	X509_NAME *name = cert ? X509_get_subject_name(cert) : NULL;
	const struct extension *e = extensions[spec->kind];

	if (!name || !X509_set_version(cert, X509_VERSION_3) ||
	    !X509_set_pubkey(cert, spec->key) ||
	    !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
					(unsigned char *)cn, -1, -1, 0) ||
	    !X509_set_issuer_name(cert, X509_get_subject_name(issuer)))
		die("certificate of %s: cannot be made", cn);
	set_serial(cert);
	set_dates(cert, spec->issuer, spec->days);
	for (; e->nid; e++)
		add_extension(cert, issuer, e->nid, e->value);
	if (!X509_sign(cert, spec->issuer ? spec->issuer_key : spec->key,
		       EVP_sha256()))
		die("certificate of %s: cannot be signed", cn);
	free(cn);
	return cert;
}

static FILE *open_pem(const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f)
		die("%s: cannot read:", path);
	return f;
}

STACK_OF(X509) * certs_read(const char *path)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	FILE *f = open_pem(path);
	X509 *cert;

	while ((cert = PEM_read_X509(f, NULL, NULL, NULL)))
		sk_X509_push(list, cert);
	ERR_clear_error();
	fclose(f);
	if (!sk_X509_num(list))
		die("%s: not a certificate in PEM", path);
	return list;
}

EVP_PKEY *certs_read_key(const char *path)
{
	FILE *f = open_pem(path);
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);

	fclose(f);
	if (!key)
		die("%s: not a private key in PEM", path);
	return key;
}

EVP_PKEY *certs_read_request(const char *path)
{
	FILE *f = open_pem(path);
	X509_REQ *request = PEM_read_X509_REQ(f, NULL, NULL, NULL);
	EVP_PKEY *key = request ? X509_REQ_get_pubkey(request) : NULL;

	fclose(f);
	if (!key)
		die("%s: not a request for a certificate in PEM", path);
	if (X509_REQ_verify(request, key) != 1)
		die("%s: not signed by its own key", path);
	X509_REQ_free(request);
	return key;
}

static void put(const char *path, unsigned int mode, BIO *bio)
{
	char *text;
	long n = BIO_get_mem_data(bio, &text);

	outfile_put(path, mode, text, n);
	BIO_free(bio);
}

void certs_write(const char *path, STACK_OF(X509) * list)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int i;

	for (i = 0; i < sk_X509_num(list); i++)
		if (!bio || !PEM_write_bio_X509(bio, sk_X509_value(list, i)))
			die("%s: cannot be encoded", path);
	put(path, 0644, bio);
}

void certs_write_key(const char *path, EVP_PKEY *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (!bio ||
	    !PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL))
		die("%s: cannot be encoded", path);
	put(path, 0600, bio);
}

void certs_digest(X509 *cert, char hex[DIGEST_HEX + 1])
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
	uint8_t digest[DIGEST_SIZE];

	if (n <= 0)
		die("certificate: its key cannot be encoded");
	digest_of(der, n, digest);
	digest_hex(digest, hex);
	OPENSSL_free(der);
}

int certs_days(const X509 *cert)
{
	int days = 0, seconds = 0;

	ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert));
	return seconds < 0 ? days - 1 : days;
}

char *certs_name(const X509_NAME *name)
{
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	unsigned char *utf8 = NULL;
	char *text;
	int n = at < 0 ? -1
		       : ASN1_STRING_to_UTF8(
				 &utf8, X509_NAME_ENTRY_get_data(
						X509_NAME_get_entry(name, at)));

	if (n < 0)
		return xstrdup("?");
	text = xasprintf("%.*s", n, (char *)utf8);
	OPENSSL_free(utf8);
	return text;
}
