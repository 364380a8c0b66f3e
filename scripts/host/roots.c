// SPDX-License-Identifier: MIT
/*
 * roots.c - a file of certificates, PEM or DER.
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "format/policy.h"
#include "host/alloc.h"
#include "host/error.h"
#include "host/outfile.h"
#include "host/roots.h"

#define FILE_MAX (8u << 20)

struct roots {
	const char *path;
	uint8_t *der;
	size_t size;
};

static void add(struct roots *r, X509 *cert)
{
	int n = i2d_X509(cert, NULL);
	uint8_t *p;

	if (n <= 0 || (size_t)n > POLICY_TLS_MAX - r->size)
		die("%s: more certificates than an initrd may carry (%u bytes)",
		    r->path, POLICY_TLS_MAX);
	r->der = xrealloc(r->der, r->size + n, 1);
	p = r->der + r->size;
	r->size += i2d_X509(cert, &p);
	X509_free(cert);
}

static void read_pem(struct roots *r, const void *text, size_t size)
{
	BIO *bio = BIO_new_mem_buf(text, (int)size);
	unsigned long err;
	X509 *cert;

	while ((cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)))
		add(r, cert);
	err = ERR_peek_last_error();
	if (ERR_GET_REASON(err) != PEM_R_NO_START_LINE)
		die("%s: a certificate in it is broken", r->path);
	BIO_free(bio);
	ERR_clear_error();
}

static void read_der(struct roots *r, const uint8_t *p, size_t size)
{
	const uint8_t *end = p + size;
	X509 *cert;

	while (p < end) {
		cert = d2i_X509(NULL, &p, end - p);
		if (!cert)
			die("%s: neither PEM nor DER certificates", r->path);
		add(r, cert);
	}
}

void *roots_read(const char *path, size_t *size)
{
	struct roots r = {.path = path};
	size_t n;
	char *data = outfile_slurp(path, FILE_MAX, &n);

	if (!data)
		die("%s: cannot read:", path);
	if (n && (uint8_t)data[0] == 0x30)
		read_der(&r, (const uint8_t *)data, n);
	else
		read_pem(&r, data, n);
	if (!r.size)
		die("%s: holds no certificate", path);
	free(data);
	*size = r.size;
	return r.der;
}
