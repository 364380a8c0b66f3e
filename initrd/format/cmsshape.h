/* SPDX-License-Identifier: MIT */
/*
 * cmsshape.h - is this file shaped as a SignedData of ours? Checked on its raw
 * DER, with what OpenSSL ignores or takes too kindly; cms.c and
 * cmschain.c use it, and who looks for the text in a signature of his own.
 */
#ifndef FORMAT_CMSSHAPE_H
#define FORMAT_CMSSHAPE_H

#include "format/env.h"

/* What was found, for comparison with what OpenSSL says. */
struct cmsshape {
	struct span issuer;  /* of the signer, DER */
	struct span content; /* eContent's octets, or n 0 */
	struct span certs;   /* one after another */
	struct span digest;  /* body of its AlgorithmIdentifier */
	struct span signature;
	bool attached;
};

/*
 * cmsshape_read - one SignedData, exactly @size long, of the profile's shape.
 *
 * Returns 0, or -EBADMSG; @f->why names the rule.
 */
int cmsshape_read(struct cmsshape *s, const void *der, size_t size,
		  struct fault *f);

#endif
