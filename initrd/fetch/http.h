/* SPDX-License-Identifier: MIT */
/*
 * http.h - GET over HTTP/1.1 (RFC 9110, 9112), narrowed: only a 200, and a
 * 206 that was asked for, carry data; only http redirects, few; no codings.
 *
 * Order of calls: http_get(), http_read() until it returns 0, http_end().
 * After an error the connection is closed already.
 */
#ifndef FETCH_HTTP_H
#define FETCH_HTTP_H

#include "fetch/conn.h"

#define HTTP_MIRROR_MAX 64

struct http_get {
	const char *object; /* for messages */
	const char *url;
	bool has_size; /* is the whole object's size known? */
	uint64_t size; /* then exactly this, else at most this */
	bool ranged;   /* ask for first..last, inclusive, only */
	uint64_t first, last;
};

struct http_body {
	const struct http_get *get;
	bool partial;	  /* 206: begins at get->first, else at 0 */
	bool until_close; /* no length was given */
	bool keep;	  /* connection may serve another request */
	uint64_t left;	  /* bytes still to come */
	uint64_t window_end, window_bytes;
	char from[HTTP_MIRROR_MAX]; /* host:port that answered */
};

/*
 * http_get - ask, follow redirects, and check the head against what is
 * expected. A kept-alive connection that the server had closed meanwhile is
 * opened again once, unseen.
 *
 * Returns 0 with @b at the first byte of the body, or -EPROTO with @e.
 */
int http_get(struct fetch *f, const struct http_get *g, struct http_body *b,
	     struct fetch_error *e);

/*
 * http_read - the next bytes of the body, at most @size.
 *
 * Returns their count, 0 at the end of the body, or -EPROTO (E-CUT, E-STALL).
 */
ssize_t http_read(struct fetch *f, struct http_body *b, void *p, size_t size,
		  struct fetch_error *e);

/* http_end - keep the connection if the body ended where it should. */
void http_end(struct fetch *f, const struct http_body *b);

#endif
