/* SPDX-License-Identifier: MIT */
/* gunzip.h - one plain gzip member, inflated as a stream. */
#ifndef GUNZIP_H
#define GUNZIP_H

#include "format/env.h"

/*
 * gunzip_run - inflate exactly @size bytes at @p into @out.
 *
 * Refused (-EBADMSG, @f says why): anything but gzip, optional header fields,
 * a wrong CRC or length, a cut stream, bytes behind it. What @out returns
 * other than 0 stops the work and is returned.
 */
int gunzip_run(const uint8_t *p, size_t size,
	       int (*out)(void *user, const void *p, size_t size), void *user,
	       struct fault *f);

#endif
