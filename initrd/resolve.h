/* SPDX-License-Identifier: MIT */
/* resolve.h - names to addresses, for the fetch engine. */
#ifndef RESOLVE_H
#define RESOLVE_H

#include "fetch/fetch.h"

/*
 * resolve_host - fetch_env.resolve; @user is the struct boot. Asks the
 * servers of nameserver= and of the lease, A before AAAA.
 */
int resolve_host(void *user, const char *host, uint64_t timeout_ms,
		 struct fetch_addr out[FETCH_ADDRS_MAX], struct fetch_error *e);

#endif
