/* SPDX-License-Identifier: MIT */
/*
 * cosign.h - the further signatures of a manifest (fetch/trust.h), taken along
 * with a release, so that the machine finds them when it boots.
 */
#ifndef INSTALL_COSIGN_H
#define INSTALL_COSIGN_H

#include "fetch/trust.h"
#include "format/cms.h"

#define COSIGN_MAX (MANIFEST_SIZE_MAX + CMS_OVERHEAD_MAX)

struct cosign_file {
	char *p; /* malloc-ed */
	size_t size;
};

struct cosign {
	const void *root; /* as anchor.h */
	size_t root_size;
	struct span text;	      /* what is signed; the caller's */
	struct trust_signers signers; /* that of the manifest first */
	/* all but the first, signers.n - 1 of them */
	struct cosign_file files[POLICY_SIGNERS_MAX - 1];
};

/*
 * How one is had: @rel of a tree into @f, and cosign_check() of that was 0.
 * @maybe: it may well not be there. 0, or -EPROTO with @e.
 */
typedef int (*cosign_get)(void *from, const char *rel, bool maybe,
			  struct cosign *c, struct cosign_file *f,
			  struct fetch_error *e);

/*
 * cosign_check - is this a signature over c->text, by a key that is new? Then
 * the key is among c->signers. @c is a struct cosign, for fetch_blob().
 */
int cosign_check(void *c, const void *p, size_t size, struct fetch_error *e);

/*
 * cosign_need - go on until @n keys have signed, or -EPROTO with @e: of what
 * @get has failed with, or E-SIG.
 */
int cosign_need(struct cosign *c, unsigned int n, cosign_get get, void *from,
		struct fetch_error *e);

/*
 * cosign_rest - go on as long as there are more. The release's own initrd may
 * ask for more keys than the rules that are in force now. One that is missing
 * or refused is the end of them, which is 0.
 */
int cosign_rest(struct cosign *c, cosign_get get, void *from,
		struct fetch_error *e);

void cosign_free(struct cosign *c);

#endif
