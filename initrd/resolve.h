/* SPDX-License-Identifier: MIT */
/* resolve.h - names to addresses, for the fetch engine. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include "boot.h"
#include "lookup.h"

/*
 * resolve_start - learn the link that a server at fe80::/10 is on; once there
 * is an address, before workers are made: they may not ask.
 */
void resolve_start(const struct boot *b);

/*
 * resolve_host - fetch_env.resolve; @user is the struct boot.
 *
 * A name with a dot is asked as it is, then with the lease's search list (its
 * domain, if it has none) behind it; one without the other way round. All of it
 * takes 10 s and @timeout_ms at most. What was found is kept for a minute, and
 * longer while no server answers. AAAA and A take turns in @out, AAAA first.
 */
int resolve_host(void *user, const char *host, uint64_t timeout_ms,
		 struct fetch_addr out[FETCH_ADDRS_MAX], struct fetch_error *e);

#endif
