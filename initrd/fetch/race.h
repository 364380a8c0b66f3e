/* SPDX-License-Identifier: MIT */
/*
 * race.h - one TCP connection to whichever of several addresses answers first
 * (RFC 8305, "happy eyeballs").
 */
#ifndef FETCH_RACE_H
#define FETCH_RACE_H

#include "fetch/fetch.h"

/* What was learned about the path; kept from one connection to the next. */
struct race_path {
	int avoid; /* AF_INET or AF_INET6: it failed, or was slower; 0: none */
	bool narrow; /* large packets seem to be lost: ask for small ones */
};

/*
 * race_connect - the addresses' families take turns, the first one's first
 * unless @path says to avoid it; an attempt begins 250 ms after the one
 * before, or at once when that has failed. All of it ends at @deadline_ms
 * (clock_ms). When another family than the first wins, @path learns that.
 *
 * Returns a non-blocking descriptor, the caller's; -ETIMEDOUT, or the errno
 * of the last attempt that failed.
 */
int race_connect(const struct fetch_addr *addrs, unsigned int n, uint16_t port,
		 uint64_t deadline_ms, struct race_path *path);

#endif
