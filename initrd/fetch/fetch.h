/* SPDX-License-Identifier: MIT */
/*
 * fetch.h - from a list of mirrors to proven bytes. Compiled for PID 1 and
 * for the host: what `slipway verify` checks is what boots.
 *
 * Trust is attached to bytes: a try that fails leaves nothing behind, and the
 * next one starts from zero whatever mirror it asks.
 */
#ifndef FETCH_FETCH_H
#define FETCH_FETCH_H

#include <sys/socket.h>
#include "fetch/error.h"
#include "format/index.h"
#include "format/url.h"

#define FETCH_MIRRORS_MAX 16
#define FETCH_ADDRS_MAX 8

struct fetch_addr {
	int family;			/* AF_INET or AF_INET6 */
	uint8_t addr[16];
};

/* What the engine needs from whoever runs it. */
struct fetch_env {
	/* addresses of a name: a count, or -errno with @e filled */
	int (*resolve)(void *user, const char *host,
		       struct fetch_addr out[FETCH_ADDRS_MAX],
		       struct fetch_error *e);
	/* one line about a retry or a change of mirror; no newline */
	void (*note)(void *user, const char *text);
	/* may be called often; the callee limits what it prints */
	void (*progress)(void *user, const char *object, uint64_t done,
			 uint64_t total);
	/* wait before a retry; NULL: sleep. Tests count instead. */
	void (*pause)(void *user, uint64_t ms);
	void *user;
	uint64_t seed;			/* of the jitter, machine and boot */
	const struct retry_budget *budget; /* retry.h; NULL: what a boot uses */
};

struct fetch_mirror {
	char url[URL_MAX + 1];		/* base, no trailing slash */
	unsigned int failures;		/* in a row */
	bool bad;			/* gave wrong bytes or 4xx: last choice */
};

struct fetch_stats {
	uint64_t bytes;			/* body bytes received */
	unsigned int requests, retries, redirects;
};

struct fetch_conn;			/* conn.h */
struct retry_budget;			/* retry.h */

struct fetch {
	struct fetch_env env;
	unsigned int n_mirrors;
	struct fetch_mirror mirrors[FETCH_MIRRORS_MAX];
	unsigned int current;		/* mirror in use */
	struct fetch_conn *conn;	/* storage of the caller's */
	const struct retry_budget *budget;
	uint64_t rng;
	uint64_t after_ms;		/* Retry-After of the last response */
	struct fetch_stats stats;
};

/*
 * fetch_init - @conn is storage for one connection (see conn.h).
 * fetch_add_mirror - 0, -ENOSPC, or -EBADMSG (not a URL, @f says why); one
 * that is there already is not added twice.
 */
void fetch_init(struct fetch *f, const struct fetch_env *env,
		struct fetch_conn *conn);
int fetch_add_mirror(struct fetch *f, struct span url, struct fault *fault);

/*
 * fetch_blob - a small object whole.
 *
 * @rel is joined to each mirror. At most @max bytes are read into @buf. When
 * @digest is given the object must be *@size bytes with that digest; else
 * *@size receives its length. @check, if given, is asked last; what it
 * refuses is a failed try of that mirror, not of the transfer.
 *
 * Returns 0, or -EPROTO with the last failure in @e when the budget of
 * retry.h is spent.
 */
int fetch_blob(struct fetch *f, const char *rel, void *buf, size_t max,
	       size_t *size, const uint8_t *digest,
	       int (*check)(void *user, const void *p, size_t size,
			    struct fetch_error *e),
	       void *user, struct fetch_error *e);

/*
 * fetch_layer - a layer into @map, which has ix->layer_size bytes.
 *
 * Ranges of a few MiB over a kept-alive connection; each chunk is hashed
 * before it counts, a wrong one is fetched again from another mirror, one
 * that is right never again. A server without Range is read as one stream,
 * verified chunks skipped. @name is for messages.
 *
 * Returns 0 when every chunk of @ix is proven, else as fetch_blob.
 */
int fetch_layer(struct fetch *f, const char *rel, const char *name,
		const struct index *ix, uint8_t *map, struct fetch_error *e);

/* fetch_close - drop the connection. */
void fetch_close(struct fetch *f);

#endif
