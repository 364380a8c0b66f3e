/* SPDX-License-Identifier: MIT */
/*
 * cms.h - is this ours? CMS SignedData (RFC 5652) under a strict profile;
 * README.md of this folder lists every rule. cms.c is the only home of the
 * signature choice and, with digest.c, the only file that names libcrypto.
 */
#ifndef FORMAT_CMS_H
#define FORMAT_CMS_H

#include "format/digest.h"

#define CMS_OVERHEAD_MAX (16u << 10)	/* signature and certificates */

/*
 * cms_verify - check an enveloping signature and hand out what was signed.
 *
 * @der, @der_size: the whole file. @root, @root_size: the site's trust
 * anchors and what is revoked, as anchor.h reads them; of one certificate it
 * is that certificate's DER. On success *@content points to @*content_size
 * bytes that live until cms_release(). The content is not looked at: the
 * caller checks its magic before any other use.
 *
 * Returns 0; -EBADMSG (not canonical DER SignedData of this profile),
 * -EKEYREJECTED (chain, key, algorithm, usage or signature refused),
 * -EOVERFLOW (larger than @content_max + CMS_OVERHEAD_MAX), -ENOMEM.
 * @f->why names the rule.
 */
int cms_verify(const void *der, size_t der_size, const void *root,
	       size_t root_size, size_t content_max, const void **content,
	       size_t *content_size, struct fault *f);

/*
 * cms_verify_detached - the same profile for a .sig beside a file.
 */
int cms_verify_detached(const void *der, size_t der_size, const void *root,
			size_t root_size, const void *data, size_t data_size,
			struct fault *f);

/* cms_signer - the key (as anchor_key() tells it) that signed what the last
 * good cms_verify() or cms_verify_detached() looked at. */
void cms_signer(uint8_t key[DIGEST_SIZE]);

/* cms_release - free what the last cms_verify() handed out. */
void cms_release(void);

#endif
