/* SPDX-License-Identifier: MIT */
/*
 * local.h - objects of a publish tree that is here (medium.c), under the same
 * digests as those from a server.
 */
#ifndef LOCAL_H
#define LOCAL_H

#include "boot.h"

/*
 * local_blob - a small object whole into @buf, as fetch_blob(): with @digest
 * it must have it and *@size bytes, else at most @max. 0, or -EPROTO with
 * b->error (E-MEDIUM, E-LEN, E-HASH).
 */
int local_blob(struct boot *b, const char *rel, void *buf, size_t max,
	       size_t *size, const uint8_t *digest);

/*
 * local_layer - layer @i of b->layers, every chunk proven: into the file
 * layers.l[i].fd, or, where that is -1, in its own place, which must be one
 * that nobody can change; layers.files[i] is then open. As local_blob.
 */
int local_layer(struct boot *b, unsigned int i);

#endif
