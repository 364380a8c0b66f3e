// SPDX-License-Identifier: MIT
/*
 * sign.c - write the signatures that format/cms.h accepts.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/cms.h>

#include "certs.h"
#include "format/cms.h"
#include "format/manifest.h"
#include "host/alloc.h"
#include "host/anchors.h"
#include "host/error.h"
#include "host/spawn.h"
#include "sign.h"

#define LAST_LINES 3

void sign_with(struct signer *s, const char *spec, const char *keys)
{
	size_t n = strlen(spec);
	char *between;

	memset(s, 0, sizeof(*s));
	s->key = xstrdup(spec);
	s->how = SIGN_COMMAND;
	if (!strncmp(spec, "pkcs11:", 7)) {
		s->how = SIGN_TOKEN;
		s->cert = xasprintf("%s/leaf.crt", keys);
		between = xasprintf("%s/intermediate.crt", keys);
		if (!access(between, R_OK))
			s->between = between;
		else
			free(between);
	} else if (n > 4 && !strcmp(spec + n - 4, ".key")) {
		s->how = SIGN_FILE;
		s->cert = xasprintf("%.*s.crt", (int)n - 4, spec);
	}
}

const char *sign_check(const char *root_path, const void *der, size_t der_size,
		       const void *data, size_t size, bool detached)
{
	struct fault f = {0};
	const void *content;
	/* what is longer is another thing, not too much */
	size_t max = size > MANIFEST_SIZE_MAX ? size : MANIFEST_SIZE_MAX;
	size_t root_size, content_size;
	void *root = anchors_read(root_path, &root_size);
	int err;

	if (detached)
		err = cms_verify_detached(der, der_size, root, root_size, data,
					  size, &f);
	else
		err = cms_verify(der, der_size, root, root_size, max, &content,
				 &content_size, &f);
	if (!err && !detached &&
	    (content_size != size || memcmp(content, data, size)))
		f.why = "signs something else";
	cms_release();
	free(root);
	return f.why;
}

static void by_file(const struct signer *s, const void *data, size_t size,
		    bool detached, void **out, size_t *out_size)
{
	unsigned int flags = CMS_BINARY | CMS_NOATTR | CMS_NOSMIMECAP |
			     (detached ? CMS_DETACHED : 0);
	EVP_PKEY *key = certs_read_key(s->key);
	STACK_OF(X509) *certs = certs_read(s->cert);
	X509 *cert = sk_X509_shift(certs);
	BIO *bio = BIO_new_mem_buf(data, (int)size);
	unsigned char *der = NULL;
	CMS_ContentInfo *cms;
	int n;

	if (!X509_check_private_key(cert, key))
		die("%s: is not the key of %s", s->key, s->cert);
	cms = bio ? CMS_sign(cert, key, certs, bio, flags) : NULL;
	n = cms ? i2d_CMS_ContentInfo(cms, &der) : 0;
	if (n <= 0)
		die("%s: signing failed", s->key);
	*out = xmalloc(n);
	memcpy(*out, der, n);
	*out_size = n;
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	X509_free(cert);
	sk_X509_pop_free(certs, X509_free);
	EVP_PKEY_free(key);
}

static int memory(const void *p, size_t size)
{
	int fd = memfd_create("slipway-sign", MFD_CLOEXEC);

	if (fd < 0 || write(fd, p, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET))
		die("signing: cannot hold what is to be signed:");
	return fd;
}

static void *all_of(int fd, size_t *size)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st))
		die("signing:");
	*size = st.st_size;
	p = xmalloc(*size + 1);
	if (pread(fd, p, *size, 0) != (ssize_t)*size)
		die("signing: cannot read what was signed:");
	close(fd);
	return p;
}

static char *last_words(int fd)
{
	char *text, *p;

	lseek(fd, 0, SEEK_SET);
	text = spawn_tail(fd, -1, LAST_LINES);
	for (p = text; *p; p++)
		if (*p == '\n')
			*p = p[1] ? ';' : '\0';
	return text;
}

/* What it says is of interest only when it fails. */
static void run(const struct signer *s, const char *const *argv,
		const void *data, size_t size, void **out, size_t *out_size)
{
	struct spawn p = {.argv = argv,
			  .in = memory(data, size),
			  .out = memory("", 0),
			  .err = memory("", 0)};
	int status = spawn_run(&p);

	close(p.in);
	if (status)
		die("%s: signing failed with status %d: %s", s->key, status,
		    last_words(p.err));
	close(p.err);
	*out = all_of(p.out, out_size);
}

/* By the openssl command, which knows engines; the check below judges it. */
static void by_token(const struct signer *s, const void *data, size_t size,
		     bool detached, void **out, size_t *out_size)
{
	const char *argv[24] = {"openssl", "cms",      "-sign",	 "-binary",
				"-noattr", "-outform", "DER",	 "-engine",
				"pkcs11",  "-keyform", "engine", "-inkey",
				s->key,	   "-signer",  s->cert};
	size_t n = 15;

	if (s->between) {
		argv[n++] = "-certfile";
		argv[n++] = s->between;
	}
	if (!detached)
		argv[n++] = "-nodetach";
	spawn_need("openssl", "openssl");
	run(s, argv, data, size, out, out_size);
}

static void by_command(const struct signer *s, const void *data, size_t size,
		       bool detached, void **out, size_t *out_size)
{
	char *line = xasprintf("%s%s", s->key, detached ? " --detached" : "");
	const char *const argv[] = {"sh", "-c", line, NULL};

	run(s, argv, data, size, out, out_size);
	free(line);
}

void sign_raw(const struct signer *s, const void *data, size_t size,
	      bool detached, void **out, size_t *out_size)
{
	static void (*const by[])(const struct signer *, const void *, size_t,
				  bool, void **, size_t *) = {
		[SIGN_FILE] = by_file,
		[SIGN_TOKEN] = by_token,
		[SIGN_COMMAND] = by_command,
	};

	by[s->how](s, data, size, detached, out, out_size);
}

void sign_cms(const struct signer *s, const char *root_path, const void *data,
	      size_t size, bool detached, void **out, size_t *out_size)
{
	const char *why;

	sign_raw(s, data, size, detached, out, out_size);
	why = sign_check(root_path, *out, *out_size, data, size, detached);
	if (why)
		die("%s: machines would refuse its signature: %s",
		    s->cert ? s->cert : s->key, why);
}
