/* SPDX-License-Identifier: MIT */
/* hash.h - SHA-256 of whole files and small keys, through format/digest.h. */
#ifndef HOST_HASH_H
#define HOST_HASH_H

#include <fts.h>
#include <stdint.h>
#include "format/digest.h"

/* hash_file - digest and size of a file; 0 or -errno. */
int hash_file(const char *path, uint8_t out[DIGEST_SIZE], uint64_t *size);

/* hash_file_hex - the same in hex, or dies naming the path. */
void hash_file_hex(const char *path, char out[DIGEST_HEX + 1], uint64_t *size);

/*
 * What a key of inputs is made of: a text with its NUL, so that neighbours
 * cannot run into each other; a number; a file's digest; a folder's names,
 * modes, contents and link targets, in byte order. All die naming the path.
 */
void hash_add(struct digest_ctx *d, const char *text);
void hash_add_number(struct digest_ctx *d, uint64_t v);
void hash_add_file(struct digest_ctx *d, const char *path);
void hash_add_tree(struct digest_ctx *d, const char *dir);

/* @path: below the folder that is walked; "" itself, else "/..." */
typedef void (*hash_walk_fn)(void *user, const char *path, const FTSENT *e);

/* hash_walk - @one for each name in @dir and for itself, in byte order, a
 * folder before what is in it; dies naming what cannot be read. */
void hash_walk(const char *dir, hash_walk_fn one, void *user);

/* hash_add_entry - mode, and content or target, of what was walked to. */
void hash_add_entry(struct digest_ctx *d, const FTSENT *e);

#endif
