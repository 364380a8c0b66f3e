/* SPDX-License-Identifier: MIT */
/*
 * sign.h - write the signatures that format/cms.h accepts: CMS SignedData,
 * DER, binary, no attributes, one signer; with a key in a file, in a token, or
 * by a command that knows how.
 */
#ifndef PUBLISH_SIGN_H
#define PUBLISH_SIGN_H

#include <stdbool.h>
#include <stddef.h>

enum sign_how { SIGN_FILE, SIGN_TOKEN, SIGN_COMMAND };

/* Who signs. */
struct signer {
	enum sign_how how;
	char *key;     /* file, pkcs11: URI, or command of the shell */
	char *cert;    /* file or token: certificate first, PEM */
	char *between; /* token: the intermediate's, or NULL */
};

/*
 * sign_with - a signer out of what the operator says: "pkcs11:..." is a key in
 * a token, its certificate @keys/leaf.crt; a file is a private key, its
 * certificate beside it, .crt for .key; all else is a command, which gets what
 * is to be signed on its standard input and "--detached" as one more argument
 * where that is wanted, and writes CMS in DER to its standard output.
 */
void sign_with(struct signer *s, const char *spec, const char *keys);

/*
 * sign_cms - have @data signed.
 *
 * *@out is malloc-ed, *@out_size bytes of DER: the content inside unless
 * @detached. The result is checked as machines do, against @root_path (PEM;
 * anchors_read) and @data, before it is returned. Dies, naming the key, when
 * it is unreadable, does not match its certificate, or the check fails.
 */
void sign_cms(const struct signer *s, const char *root_path, const void *data,
	      size_t size, bool detached, void **out, size_t *out_size);

/* sign_raw - the same without the check. */
void sign_raw(const struct signer *s, const void *data, size_t size,
	      bool detached, void **out, size_t *out_size);

/*
 * sign_check - would machines accept this signature, and is it over @data?
 * Returns NULL, or why not.
 */
const char *sign_check(const char *root_path, const void *der, size_t der_size,
		       const void *data, size_t size, bool detached);

#endif
