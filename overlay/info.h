/* SPDX-License-Identifier: MIT */
/* info.h - what is known of a packed overlay: overlay.info, and --json. */
#ifndef OVERLAY_INFO_H
#define OVERLAY_INFO_H

#include <stdbool.h>
#include <stdint.h>
#include "format/digest.h"

struct info {
	char digest[DIGEST_HEX + 1]; /* of overlay.cpio.gz */
	uint64_t size;		     /* of overlay.cpio.gz, bytes */
	uint64_t unpacked, inodes;   /* what it takes on a tmpfs */
	uint64_t entries, deletes;
};

struct role;
struct base;
struct times;

/* info_write - write overlay.info at @path, whole or not at all. */
void info_write(const char *path, const struct info *i, const struct role *r,
		const struct base *b, const char *inputs,
		const char *arguments);

/* info_read - 0; -ENOENT when there is none or a number is missing;
 * @inputs and @base_digest receive its keys. */
int info_read(const char *path, struct info *i, char inputs[DIGEST_HEX + 1],
	      char base_digest[DIGEST_HEX + 1]);

/* info_print - the facts on standard output, one line or one JSON object with
 * the times of hooks; @t NULL: nothing was built. */
void info_print(const struct info *i, const struct role *r,
		const struct base *b, const struct times *t, bool json);

#endif
