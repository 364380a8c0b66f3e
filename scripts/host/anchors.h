/* SPDX-License-Identifier: MIT */
/* anchors.h - a site's trust anchors and revoked keys, as machines have them. */
#ifndef HOST_ANCHORS_H
#define HOST_ANCHORS_H

#include <stddef.h>

/*
 * anchors_read - @path (root.crt: one or two roots in PEM; or what this
 * function made of it) and the file "revoked" beside it, if there is one, in
 * the form of format/anchor.h; malloc-ed. A line of "revoked" is the SHA-256 of a SubjectPublicKeyInfo in
 * hex, then what you like; '#' begins a comment. Dies naming the file.
 */
void *anchors_read(const char *path, size_t *size);

/* anchors_revoked - "revoked" in the folder of @path, malloc-ed. */
char *anchors_revoked(const char *path);

#endif
