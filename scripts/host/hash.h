/* SPDX-License-Identifier: MIT */
/* hash.h - SHA-256 of whole files and small keys, through format/digest.h. */
#ifndef HOST_HASH_H
#define HOST_HASH_H

#include <stdint.h>
#include "format/digest.h"

/* hash_file - digest and size of a file; 0 or -errno. */
int hash_file(const char *path, uint8_t out[DIGEST_SIZE], uint64_t *size);

/* hash_file_hex - the same in hex, or dies naming the path. */
void hash_file_hex(const char *path, char out[DIGEST_HEX + 1],
		   uint64_t *size);

#endif
