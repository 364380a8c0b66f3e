/* SPDX-License-Identifier: MIT */
/*
 * verify.h - check a publish tree with the code that boots: trust_manifest(),
 * the index and chunk checks, the superblock and archive decoders.
 */
#ifndef PUBLISH_VERIFY_H
#define PUBLISH_VERIFY_H

#include <stddef.h>

#include "fetch/error.h"

/* Told of each object; @e is NULL when it is good. */
typedef void (*verify_told)(void *user, const char *object,
			    const struct fetch_error *e);

/*
 * verify_tree - check the tree in the folder @dir against @root_path (PEM).
 *
 * @signers: how many must have signed the manifest, at least 1. @cms,
 * @cms_size: the manifest to use; NULL reads manifest.cms of the tree.
 * @told may be NULL: then a bad object gets a line on standard error.
 * Returns the number of bad objects. The site's own name and floor are what
 * the manifest says: whether a machine of another site or with a higher floor
 * would take it, only that machine knows.
 */
unsigned int verify_tree(const char *dir, const char *root_path,
			 unsigned int signers, const void *cms, size_t cms_size,
			 verify_told told, void *user);

/* verify_url - the same over HTTP or HTTPS (@tls_roots as source_url's),
 * through initrd/fetch; boot files, which the manifest does not name, are not
 * asked for. */
unsigned int verify_url(const char *url, const char *root_path,
			unsigned int signers, const char *tls_roots,
			verify_told told, void *user);

#endif
