/* SPDX-License-Identifier: MIT */
/* inflate.h - gunzip_run() in a cage (fetch/cage.h). */
#ifndef INFLATE_H
#define INFLATE_H

#include "fetch/error.h"
#include "format/env.h"

/*
 * inflate_run - as gunzip_run(), but what inflates is a process that can only
 * compute. -EPROTO with @e (E-CAGE, naming @object) when that dies, hangs for
 * INFLATE_STALL_MS or answers what none could.
 */
#define INFLATE_STALL_MS 30000
int inflate_run(const uint8_t *p, size_t size,
		int (*out)(void *user, const void *p, size_t size), void *user,
		const char *object, struct fault *f, struct fetch_error *e);

#endif
