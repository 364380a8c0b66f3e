/* SPDX-License-Identifier: MIT */
/*
 * keys.h - a site's certification authority, a folder:
 *
 *	root.crt	one root, or two while the second replaces the first,
 *			newest first; machines believe these
 *	root.key	of the newest; belongs offline
 *	intermediate.*	signs leaves, if there is one; so the root need not
 *	leaf.crt	signs manifests and boot files; behind it the
 *			intermediate's, if there is one
 *	leaf.key	unless it is in a token or on another machine
 *	leaf-NAME.*	more signers, for a site that asks for several
 *	revoked		what machines are told to believe no more
 *	old/		what was replaced, keys too
 */
#ifndef PUBLISH_KEYS_H
#define PUBLISH_KEYS_H

#include <stdbool.h>

#define KEYS_LEAF_DAYS	       400
#define KEYS_INTERMEDIATE_DAYS (5 * 365)
#define KEYS_ROOT_DAYS	       (20 * 365)
#define KEYS_WARN_DAYS	       30

/* All die when they cannot. @type as certs_make_key(), @days 0: the longest. */
struct keys_wish {
	const char *dir, *site, *type;
	unsigned int days;
};

/* keys_make - a new site's: a root and a leaf. */
void keys_make(const char *dir, const char *site, const char *type);

/* keys_root - a root, beside the one that is there; keys_retire - drop the
 * older of two. */
void keys_root(const struct keys_wish *w);
void keys_retire(const char *dir);

void keys_intermediate(const struct keys_wish *w);

/* keys_leaf - @name NULL: leaf.*, else leaf-@name.*; @request: certify the key
 * of this PKCS#10 file instead of making one. */
void keys_leaf(const struct keys_wish *w, const char *name,
	       const char *request);

/* keys_revoke - add a key to revoked: that of a certificate in PEM, or its
 * digest in hex. */
void keys_revoke(const char *dir, const char *what);

/* keys_show - who signs whom, and for how long. Returns how many of those that
 * are in use have ended or are revoked. */
unsigned int keys_show(const char *dir, bool json);

#endif
