/* SPDX-License-Identifier: MIT */
/*
 * keys_sign.h - sign on the machine that has the key, which knows no site: no
 * check but that key and certificate fit. `slipway publish --signature` makes
 * the others.
 */
#ifndef PUBLISH_KEYS_SIGN_H
#define PUBLISH_KEYS_SIGN_H

#include "sign.h"

/* keys_sign_folder - all that signing.h says is to be signed in @dir. */
void keys_sign_folder(const struct signer *s, const char *dir);

/* keys_sign_stream - standard input to standard output, as sign_with()'s
 * commands do. */
void keys_sign_stream(const struct signer *s, bool detached);

#endif
