/* SPDX-License-Identifier: MIT */
/* info.h - what is known of a packed initrd: initrd.info, and --json. */
#ifndef MKINITRD_INFO_H
#define MKINITRD_INFO_H

#include <stdbool.h>
#include <stdint.h>
#include "format/digest.h"
#include "pack.h"

struct info {
	char digest[DIGEST_HEX + 1];  /* of initrd.img */
	uint64_t size, unpacked;      /* of initrd.img; of its cpio archive */
	char vmlinuz[DIGEST_HEX + 1]; /* its digest */
	char core[DIGEST_HEX + 1];    /* of core.img; "": there is none */
	char drivers[DIGEST_HEX + 1]; /* of drivers.info */
	uint64_t core_size;
	size_t n_archives, n_ids;
	char inputs[DIGEST_HEX + 1]; /* key of all that went in */
};

/*
 * info_inputs - the key of all that goes into @p: base, programs, rules,
 * options and this program.
 */
void info_inputs(const struct pack *p, char out[DIGEST_HEX + 1]);

/*
 * info_same - does initrd.info of @dir describe, with the same inputs, what
 * lies beside it?
 */
bool info_same(const char *dir, const char *inputs);

/* info_write - write initrd.info at @path. */
void info_write(const char *path, const struct info *i, const struct pack *p);

/* info_print - the facts of @path on standard output, for people or JSON. */
void info_print(const char *path, bool unchanged, bool json);

#endif
