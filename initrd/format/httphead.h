/* SPDX-License-Identifier: MIT */
/*
 * httphead.h - the head of an HTTP/1.x response (RFC 9112), narrowed to what
 * a boot needs and bounded everywhere.
 */
#ifndef FORMAT_HTTPHEAD_H
#define FORMAT_HTTPHEAD_H

#include "format/text.h"

#define HTTPHEAD_MAX (16u << 10)
#define HTTPHEAD_LINES_MAX 100

struct httphead {
	unsigned int status;		/* 100..599 */
	bool keep_alive;		/* may the connection be used again? */
	bool has_length;
	uint64_t length;		/* Content-Length */
	bool has_range;
	uint64_t first, last, total;	/* Content-Range, inclusive */
	bool has_retry_after;
	uint64_t retry_after;		/* seconds; a date is ignored */
	bool has_date;
	struct span location;		/* inside the head, or n 0 */
	struct span type;		/* Content-Type, or n 0 */
};

/*
 * httphead_end - length of the head in @buf including its empty line, 0 when
 * more bytes are needed, -EOVERFLOW above HTTPHEAD_MAX, -EBADMSG when the
 * bytes so far cannot begin an HTTP/1.x response.
 */
int httphead_end(const char *buf, size_t size, struct fault *f);

/*
 * httphead_parse - decode a whole head of exactly @size bytes.
 *
 * Refuses (-EBADMSG) bare LF, folded lines, NUL, bad numbers, a second
 * Content-Length, Content-Range that contradicts itself, a 206 without one;
 * -ENOTSUP, for the 200 and 206 whose bodies are read: any Transfer-Encoding,
 * any Content-Encoding but identity, multipart ranges; with other statuses
 * these only end keep_alive. -EOVERFLOW: too many lines. @f says why.
 */
int httphead_parse(struct httphead *h, const char *buf, size_t size,
		   struct fault *f);

#endif
