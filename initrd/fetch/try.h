/* SPDX-License-Identifier: MIT */
/* try.h - one object asked of one mirror after another. */
#ifndef FETCH_TRY_H
#define FETCH_TRY_H

#include "fetch/http.h"
#include "fetch/retry.h"

#define TRY_NAME_MAX 48

/* try_name - @rel for a message: a digest in it is cut to its first digits. */
void try_name(char out[TRY_NAME_MAX], const char *rel);

/* try_tell - to env.progress, if anybody listens. */
void try_tell(struct fetch *f, const struct fetch_progress *p);

/*
 * try_object - call @once until it returns 0 or the budget is spent.
 *
 * @once asks the mirror whose address of @rel it is given; a mirror's failure
 * is -EPROTO with @e. Returns 0 or -EPROTO.
 */
int try_object(struct fetch *f, struct retry *r, const char *rel,
	       int (*once)(struct fetch *f, struct retry *r, const char *url,
			   void *job, struct fetch_error *e),
	       void *job, struct fetch_error *e);

#endif
