/* SPDX-License-Identifier: MIT */
/*
 * keys.h - a site's certification authority: an offline root and a leaf that
 * signs manifests and boot files.
 */
#ifndef PUBLISH_KEYS_H
#define PUBLISH_KEYS_H

/*
 * keys_make - write root.key, root.crt, leaf.key, leaf.crt (PEM, keys 0600)
 * into @dir. @type is "ecdsa-p256" or "rsa-3072". Dies when it cannot.
 */
void keys_make(const char *dir, const char *site, const char *type);

#endif
