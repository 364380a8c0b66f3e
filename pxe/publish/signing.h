/* SPDX-License-Identifier: MIT */
/*
 * signing.h - how one publish gets its signatures: at once, or in two steps
 * with a folder carried to whoever holds the key and back.
 *
 *	DIR/manifest			what is to be signed ...
 *	DIR/boot/HEX/FILE
 *	DIR/manifest.cms		... and what comes back
 *	DIR/boot/HEX/FILE.sig
 */
#ifndef PUBLISH_SIGNING_H
#define PUBLISH_SIGNING_H

#include "format/policy.h"
#include "sign.h"

struct signing {
	const char *tree;    /* public/ */
	char *root;	     /* keys/root.crt */
	unsigned int wanted; /* signatures on a manifest */
	unsigned int n;
	struct signer signers[POLICY_SIGNERS_MAX];
	const char *ask; /* the first step: a folder to be made */
	char **answers;	 /* the second: folders that came back */
};

struct site;

/*
 * signing_open - @with: what --sign-with said, a line each, or NULL for
 * leaf.key, then leaf-*.key, of keys/. @ask, @answers as above, or NULL. Dies
 * when there are fewer signers than site.conf asks for.
 */
void signing_open(struct signing *g, const struct site *site, const char *tree,
		  const char *with, const char *ask, char **answers);

/* signing_warn - say so when a certificate that signs ends soon. */
void signing_warn(const struct signing *g);

/*
 * signing_file - the detached signature of the boot file @path of the tree,
 * malloc-ed; NULL when it was asked for instead.
 */
void *signing_file(const struct signing *g, const char *path, const void *data,
		   size_t size, size_t *sig_size);

/* signing_manifest - signature @i of a manifest's @text, malloc-ed. */
void *signing_manifest(const struct signing *g, unsigned int i,
		       const char *text, size_t size, size_t *cms_size);

#endif
