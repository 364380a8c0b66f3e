/* SPDX-License-Identifier: MIT */
/*
 * sign.h - write the signatures that format/cms.h accepts: CMS SignedData,
 * DER, binary, no attributes, one signer.
 */
#ifndef PUBLISH_SIGN_H
#define PUBLISH_SIGN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * sign_cms - sign @data with the PEM key and certificate at those paths.
 *
 * *@out is malloc-ed, *@out_size bytes of DER: the content inside unless
 * @detached. The result is checked with cms_verify() against @root_path (PEM)
 * before it is returned. Dies, naming the file, when a key is unreadable,
 * does not match its certificate, or the check fails.
 */
void sign_cms(const char *key_path, const char *cert_path,
	      const char *root_path, const void *data, size_t size,
	      bool detached, void **out, size_t *out_size);

/* sign_root_der - a PEM certificate as malloc-ed DER, or dies naming it. */
void sign_root_der(const char *path, void **der, size_t *size);

#endif
