/* SPDX-License-Identifier: MIT */
/* roots.h - a file of certificates, PEM or DER. */
#ifndef HOST_ROOTS_H
#define HOST_ROOTS_H

#include <stddef.h>

#define ROOTS_SYSTEM "/etc/ssl/certs/ca-certificates.crt" /* Debian's */

/*
 * roots_read - the certificates of @path as DER, one after another, sorted
 * out of whatever stands between them; malloc-ed. Dies when there is none,
 * one is broken, or they are more than an initrd may carry.
 */
void *roots_read(const char *path, size_t *size);

#endif
