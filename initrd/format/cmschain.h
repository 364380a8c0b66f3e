/* SPDX-License-Identifier: MIT */
/*
 * cmschain.h - a second opinion on a signature, by another way than cms.c:
 * signatures over raw bytes first, certificates parsed only once a key that is
 * known has signed them. Foreign bytes meet der.c and the arithmetic of the
 * signature, nothing else, so it may run where cms.c must not be trusted.
 */
#ifndef FORMAT_CMSCHAIN_H
#define FORMAT_CMSCHAIN_H

#include "format/env.h"

/*
 * cmschain_verify - is the content of this enveloping SignedData signed by a
 * key that a chain of signatures in it leads to from @root (as cms.h), with no
 * revoked key in it?
 *
 * It does not look at what a certificate is for, nor at how long the chain
 * is: that is cms_verify()'s, which may see the bytes after this. *@content
 * is inside @der.
 *
 * Returns 0, -EBADMSG (not of the shape), -EKEYREJECTED, -ENOMEM; @f->why.
 */
int cmschain_verify(const void *der, size_t size, const void *root,
		    size_t root_size, struct span *content, struct fault *f);

#endif
