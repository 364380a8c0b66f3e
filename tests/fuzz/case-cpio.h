/* SPDX-License-Identifier: MIT */
/* case-cpio.h - what the gzip cases take from the cpio ones. */
#ifndef CASE_CPIO_H
#define CASE_CPIO_H

#include "cases.h"
#include "format/cpio.h"

#define CASE_ENTRIES 64 /* as if a manifest had declared them */
#define CASE_BYTES   65536

/* A sink that takes all; what it is told is others' business. */
extern const struct cpio_sink case_cpio_sink;

#endif
