/* SPDX-License-Identifier: MIT */
/*
 * tlscage.h - TLS in a process of its own, between a connected socket and
 * whoever wants its plain bytes. What parses records and certificates has two
 * descriptors and can neither open nor start anything (confine.h); what it
 * gives is as little trusted as the server's bytes were.
 *
 * TLS is for privacy. No check is left out because of it.
 */
#ifndef FETCH_TLSCAGE_H
#define FETCH_TLSCAGE_H

#include <sys/types.h>
#include "fetch/error.h"
#include "format/url.h"

#define TLSCAGE_PLAIN 0 /* descriptors of the process */
#define TLSCAGE_SOCK  1
#define TLSCAGE_WHY   64

/* What all connections over TLS are held against. */
struct fetch_tls {
	/* tls_client(): a program that leaves it out has no libssl */
	void (*client)(const struct fetch_tls *t, const char *host,
		       bool numeric);
	const void *roots; /* X.509 DER, one after another */
	size_t roots_size;
	uint64_t now; /* seconds since 1970; 0: no clock to check dates by */
};

/* The process' first word: the handshake is done, or why it is not. */
struct tls_word {
	uint32_t done;
	uint32_t lost; /* the server said nothing more */
	char why[TLSCAGE_WHY];
};

/*
 * tlscage_start - put TLS with @u's host between @sock and the caller. @sock
 * is closed in any case; *@fd is the plain end, not blocking, close on exec.
 * @deadline (clock_ms) bounds the handshake.
 *
 * Returns the process, for tlscage_stop(), or -EPROTO with @e (E-TLS; E-CAGE
 * when there is no process to be had).
 */
pid_t tlscage_start(const struct fetch_tls *t, int sock, const struct url *u,
		    uint64_t deadline, int *fd, struct fetch_error *e);

/* tlscage_stop - end it; its descriptor is the caller's to close. */
void tlscage_stop(pid_t pid);

#endif
