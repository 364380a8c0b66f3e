/* SPDX-License-Identifier: MIT */
/*
 * env.h - the libc seam of format/: the only file here that may know which
 * libc it is compiled against. Everything else includes this and its siblings.
 */
#ifndef FORMAT_ENV_H
#define FORMAT_ENV_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* klibc has only the other name; on Linux both are one number */
#ifndef ENOTSUP
#define ENOTSUP EOPNOTSUPP
#endif

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A run of bytes inside somebody else's buffer; not NUL terminated. */
struct span {
	const char *p;
	size_t n;
};

/* Why a decoder refused: static text, and the offset where it stopped. */
struct fault {
	const char *why;
	uint64_t where;
};

/*
 * fault_set - note the first reason for a refusal and pass the code through.
 *
 * Later calls on the same fault leave the first reason in place.
 */
static inline int fault_set(struct fault *f, int err, const char *why,
			    uint64_t where)
{
	if (f && !f->why) {
		f->why = why;
		f->where = where;
	}
	return err;
}

static inline bool span_is(struct span s, const char *text)
{
	return s.n == strlen(text) && !memcmp(s.p, text, s.n);
}

static inline uint32_t get_be32(const void *p)
{
	const uint8_t *b = p;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	       (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t get_be64(const void *p)
{
	return (uint64_t)get_be32(p) << 32 |
	       get_be32((const uint8_t *)p + 4);
}

static inline void put_be32(void *p, uint32_t v)
{
	uint8_t *b = p;

	b[0] = v >> 24;
	b[1] = v >> 16;
	b[2] = v >> 8;
	b[3] = v;
}

static inline void put_be64(void *p, uint64_t v)
{
	put_be32(p, v >> 32);
	put_be32((uint8_t *)p + 4, v);
}

#endif
