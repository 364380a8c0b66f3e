/* SPDX-License-Identifier: MIT */
/*
 * cpiomodel.h - the archive format once more, written to be read and not to
 * stream: what cpio.c must agree with. And a sink that records what it is told.
 */
#ifndef CPIOMODEL_H
#define CPIOMODEL_H

#include "format/cpio.h"

#define MODEL_ENTRIES 256 /* limits given to both */
#define MODEL_BYTES   (256u << 10)

struct model_entry {
	struct cpio_entry e;
	char name[CPIO_NAME_MAX + 1];
	uint64_t data; /* hash of the bytes */
	uint32_t got;
	bool ended;
};

struct model {
	unsigned int n;
	int64_t bytes;
	struct model_entry entry[MODEL_ENTRIES];
};

/* model_read - 0, or -1: to be refused. */
int model_read(struct model *m, const uint8_t *p, size_t size);

bool model_equal(const struct model *a, const struct model *b);

/* Fills the struct model that is the decoder's user. */
extern const struct cpio_sink model_sink;

/* model_encode - @m again, data as zeros; the length, or 0: no room. */
size_t model_encode(const struct model *m, uint8_t *p, size_t room);

#endif
