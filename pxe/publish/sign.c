// SPDX-License-Identifier: MIT
/*
 * sign.c - write the signatures that format/cms.h accepts.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "format/cms.h"
#include "host/alloc.h"
#include "host/error.h"
#include "sign.h"

static FILE *open_pem(const char *path)
{
	FILE *f = fopen(path, "re");

	if (!f)
		die("%s: cannot read:", path);
	return f;
}

static EVP_PKEY *read_key(const char *path)
{
	FILE *f = open_pem(path);
	EVP_PKEY *key = PEM_read_PrivateKey(f, NULL, NULL, NULL);

	fclose(f);
	if (!key)
		die("%s: not a private key in PEM", path);
	return key;
}

static X509 *read_cert(const char *path)
{
	FILE *f = open_pem(path);
	X509 *cert = PEM_read_X509(f, NULL, NULL, NULL);

	fclose(f);
	if (!cert)
		die("%s: not a certificate in PEM", path);
	return cert;
}

void sign_root_der(const char *path, void **der, size_t *size)
{
	X509 *cert = read_cert(path);
	unsigned char *out = NULL;
	int n = i2d_X509(cert, &out);

	if (n <= 0)
		die("%s: cannot be encoded", path);
	*der = xmalloc(n);
	memcpy(*der, out, n);
	*size = n;
	OPENSSL_free(out);
	X509_free(cert);
}

/* What was signed must pass the very check that machines make. */
static void check(const char *root_path, const void *der, size_t der_size,
		  const void *data, size_t size, bool detached,
		  const char *cert_path)
{
	struct fault f = {0};
	const void *content;
	size_t root_size, content_size;
	void *root;
	int err;

	sign_root_der(root_path, &root, &root_size);
	if (detached)
		err = cms_verify_detached(der, der_size, root, root_size, data,
					  size, &f);
	else
		err = cms_verify(der, der_size, root, root_size, size, &content,
				 &content_size, &f);
	if (err)
		die("%s: machines would refuse its signature: %s", cert_path,
		    f.why);
	cms_release();
	free(root);
}

void sign_cms(const char *key_path, const char *cert_path,
	      const char *root_path, const void *data, size_t size,
	      bool detached, void **out, size_t *out_size)
{
	unsigned int flags = CMS_BINARY | CMS_NOATTR | CMS_NOSMIMECAP |
			     (detached ? CMS_DETACHED : 0);
	EVP_PKEY *key = read_key(key_path);
	X509 *cert = read_cert(cert_path);
	BIO *bio = BIO_new_mem_buf(data, size);
	unsigned char *der = NULL;
	CMS_ContentInfo *cms;
	int n;

	if (!X509_check_private_key(cert, key))
		die("%s: is not the key of %s", key_path, cert_path);
	cms = bio ? CMS_sign(cert, key, NULL, bio, flags) : NULL;
	n = cms ? i2d_CMS_ContentInfo(cms, &der) : 0;
	if (n <= 0)
		die("%s: signing failed", key_path);
	*out = xmalloc(n);
	memcpy(*out, der, n);
	*out_size = n;
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	X509_free(cert);
	EVP_PKEY_free(key);
	check(root_path, *out, *out_size, data, size, detached, cert_path);
}
