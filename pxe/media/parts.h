/* SPDX-License-Identifier: MIT */
/*
 * parts.h - the partitions of a disk that slipway boots from (UEFI 2.10,
 * chapter 5: GPT), written by libfdisk out of a layout in sfdisk's language.
 *
 * A layout names its partitions: name=BOOT and name=PERSISTENT, both ext4; the
 * ESP and the BIOS boot partition are known by their types. "size=NN%" is a
 * share of the whole disk.
 */
#ifndef MEDIA_PARTS_H
#define MEDIA_PARTS_H

#include <stdint.h>

#include "format/digest.h"

#define PARTS_UUID 37 /* text, with its NUL */
#define PARTS_MIN  (512ull << 20)

enum parts_role {
	PARTS_BIOS,
	PARTS_ESP,
	PARTS_BOOT,
	PARTS_PERSISTENT,
	PARTS_N
};

struct parts_one {
	unsigned int number;  /* from 1; 0: the layout has none */
	uint64_t start, size; /* bytes */
};

struct parts {
	unsigned int sector; /* bytes: 512 or 4096 */
	struct parts_one p[PARTS_N];
};

struct parts_plan {
	const char *layout;	   /* path of a file, or NULL: the default */
	unsigned int persistent;   /* default: its percent of what the others
				      leave, 0: none */
	uint8_t seed[DIGEST_SIZE]; /* of all UUIDs */
};

/* parts_uuid - the UUID (RFC 9562, version 8) that @seed gives to @name. */
void parts_uuid(const uint8_t seed[DIGEST_SIZE], const char *name,
		char out[PARTS_UUID]);

/*
 * parts_text - the layout of @plan for a disk of @size bytes, every share
 * counted out; malloc-ed. Dies naming the line that is not a layout's.
 */
char *parts_text(const struct parts_plan *plan, uint64_t size,
		 unsigned int sector);

/*
 * parts_look - what parts_write() would make of @path, which stays as it is.
 *
 * parts_write - put the table @text onto @path, an image or a disk, and tell
 * what came of it in @p. Whatever table or signature was there is gone; so are
 * the first and last MiB of each partition. Dies when it does not fit, or when
 * there is no BOOT, or neither ESP nor BIOS boot partition.
 */
void parts_look(const char *path, unsigned int sector, const char *text,
		struct parts *p);
void parts_write(const char *path, unsigned int sector, const char *text,
		 struct parts *p);

#endif
