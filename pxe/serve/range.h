/* SPDX-License-Identifier: MIT */
/* range.h - the Range header of a request (RFC 9110, 14.1.2). */
#ifndef SERVE_RANGE_H
#define SERVE_RANGE_H

#include <stdint.h>

/*
 * range_parse - "bytes=A-B", "bytes=A-" or "bytes=-N" of an object of @size.
 *
 * Returns 1 with *@first..*@last inside the object, 0 when the header is to
 * be ignored (another unit, several ranges, not the grammar), -ERANGE when
 * nothing of the object is meant.
 */
int range_parse(const char *text, uint64_t size, uint64_t *first,
		uint64_t *last);

#endif
