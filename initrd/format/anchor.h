/* SPDX-License-Identifier: MIT */
/*
 * anchor.h - whom a machine believes, and whom no longer: the file root.der of
 * an initrd. One or two root certificates (two while a root is replaced), then
 * the SHA-256 of every revoked key's SubjectPublicKeyInfo, all DER (README.md).
 */
#ifndef FORMAT_ANCHOR_H
#define FORMAT_ANCHOR_H

#include "format/digest.h"

#define ANCHOR_ROOTS_MAX   2
#define ANCHOR_REVOKED_MAX 64
#define ANCHOR_SIZE_MAX	   16384
#define ANCHOR_TAG	   0x04 /* OCTET STRING of DIGEST_SIZE bytes */

struct anchor {
	unsigned int n_roots;
	struct span roots[ANCHOR_ROOTS_MAX]; /* X.509, DER; not looked into */
	unsigned int n_revoked;
	struct span revoked; /* elements, one after another */
};

/*
 * anchor_read - split the @size bytes at @p, into which @a then points.
 *
 * Returns 0, -EBADMSG (not of this form, or no root), -EOVERFLOW (a limit
 * above); @f->why. @a is not to be used then.
 */
int anchor_read(struct anchor *a, const void *p, size_t size, struct fault *f);

/* anchor_revokes - is a key of this digest on the list? */
bool anchor_revokes(const struct anchor *a, const uint8_t key[DIGEST_SIZE]);

/*
 * anchor_key - the digest by which a certificate's key is revoked: SHA-256 of
 * its SubjectPublicKeyInfo as it stands in the @cert's DER.
 *
 * Returns 0, or -EBADMSG (@key untouched) when it is not found.
 */
int anchor_key(struct span cert, uint8_t key[DIGEST_SIZE]);

/*
 * anchor_certs - is every key of @certs (certificates one after another) one
 * that is not revoked?
 *
 * Returns 0, -EKEYREJECTED (one is), -EBADMSG (one that cannot be told);
 * @f->why. Nothing is looked into when nothing is revoked.
 */
int anchor_certs(const struct anchor *a, struct span certs, struct fault *f);

#endif
