/* SPDX-License-Identifier: MIT */
/*
 * httpcage.h - what an HTTP server says is read in a cage (cage.h): its
 * response heads, and where they redirect to.
 */
#ifndef FETCH_HTTPCAGE_H
#define FETCH_HTTPCAGE_H

#include "fetch/fetch.h"
#include "format/httphead.h"

/*
 * httpcage_head - httphead_end() and httphead_parse() of what has come so far.
 *
 * Returns the length of the head with @h decoded (its spans inside @buf), 0
 * when more must come, what these return when they refuse (@why is set), or
 * -EPROTO with @e when the cage failed.
 */
int httpcage_head(struct fetch *f, const char *object, const char *buf,
		  size_t size, struct httphead *h, struct fault *why,
		  struct fetch_error *e);

/*
 * httpcage_redirect - url_resolve() of @location, seen at @url; @url becomes
 * where it leads. Returns 0, or -EPROTO with @e (E-REDIR, E-CAGE).
 */
int httpcage_redirect(struct fetch *f, const char *object, const char *from,
		      char url[URL_MAX + 1], struct span location,
		      struct fetch_error *e);

#endif
