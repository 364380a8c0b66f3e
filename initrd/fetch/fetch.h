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
#include "fetch/cage.h"
#include "format/index.h"
#include "format/url.h"

#define FETCH_MIRRORS_MAX 16
#define FETCH_ADDRS_MAX 8
#define FETCH_NO_TLS	"https needs an initrd packed with --https"

struct fetch_addr {
	int family;			/* AF_INET or AF_INET6 */
	uint8_t addr[16];
};

struct fetch_progress {
	const char *object;
	uint64_t done, total;		/* bytes; total 0: not known */
	uint64_t rate;			/* bytes a second, of late; 0: not yet */
	unsigned int connections, mirrors; /* in use */
};

struct fetch_tls;

/* What the engine needs from whoever runs it. */
struct fetch_env {
	/* addresses of a name, those of the family to be tried first at the
	   front: a count, or -errno with @e filled; in about @timeout_ms */
	int (*resolve)(void *user, const char *host, uint64_t timeout_ms,
		       struct fetch_addr out[FETCH_ADDRS_MAX],
		       struct fetch_error *e);
	/* one line about a retry or a change of mirror; no newline */
	void (*note)(void *user, const char *text);
	/* may be called often; the callee limits what it prints */
	void (*progress)(void *user, const struct fetch_progress *p);
	/* wait before a retry; NULL: sleep. Tests count instead. */
	void (*pause)(void *user, uint64_t ms);
	const struct fetch_tls *tls;	/* tlscage.h; NULL: no https */
	void *user;
	uint64_t seed;			/* of the jitter, machine and boot */
	unsigned int connections;	/* at most, for layers; 0: as the
					   machine and the server allow */
	uint64_t limit;			/* bytes a second over one connection,
					   the only one then; 0: none */
	bool confine;			/* workers have no use for files */
	const struct retry_budget *budget; /* retry.h; NULL: what a boot uses */
};

struct fetch_mirror {
	char url[URL_MAX + 1];		/* base, no trailing slash */
	unsigned int failures;		/* in a row */
	unsigned int failed;		/* tries, in all */
	bool bad;			/* gave wrong bytes or 4xx: last */
	unsigned int marks;		/* choice, how often, until when */
	uint64_t bad_until_ms;
	uint64_t away_until_ms;		/* not reached: others first */
	bool no_range;			/* answers 200 to a range */
	uint64_t rate;			/* bytes a second of one connection */
	uint64_t rated_ms;		/* when that was measured */
	uint64_t most;			/* it gives now at most this; 0: unknown */
	unsigned int active;		/* workers that ask it now */
	uint64_t bytes;			/* of layers, proven */
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
	struct cage cage;		/* reads response heads */
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

/* One of the layers that fetch_layers() gets. */
struct fetch_layer {
	const char *rel;		/* in the tree */
	const char *name;		/* for messages */
	struct index ix;
	int fd;				/* a file of ix.layer_size bytes */
	bool held;			/* not to be begun yet */
	const uint8_t *proven;		/* a byte a chunk, not 0: in the file
					   and proven already; NULL: none */
	/* what became of it */
	bool done;
	uint64_t start_ms, stop_ms;	/* clock_ms */
	uint64_t bytes;			/* received, wrong ones included */
	unsigned int tries, mirror;	/* failed ones; whose bytes were most */
};

#define FETCH_LAYERS_MAX 32

struct fetch_watch {
	/* layer @i is whole; may set held of others to false. 0, or -EPROTO
	   with @e, which ends the transfer */
	int (*whole)(void *user, unsigned int i, struct fetch_error *e);
	/* something came at fds[@i] (-1: none): as above */
	int (*ready)(void *user, unsigned int i, struct fetch_error *e);
	const int *fds;
	unsigned int n_fds;		/* at most FETCH_LAYERS_MAX */
	void *user;
};

/*
 * fetch_layers - @n layers at once, each chunk hashed before it is written.
 *
 * Worker processes ask for ranges of a few MiB over kept-alive connections;
 * how many follows the processors, the server and env.connections. Nothing
 * reaches a file but bytes that are proven. A chunk that is wrong is fetched
 * again from another mirror, one that is right never again; what was cut off
 * is continued at its byte. A server without Range is read as one stream,
 * proven chunks skipped. When nothing is left to begin, what is slow is asked
 * for once more elsewhere, and the first answer counts.
 *
 * Returns 0 when every chunk of every layer is proven, else -EPROTO with the
 * last failure. No worker is left either way.
 */
int fetch_layers(struct fetch *f, struct fetch_layer *layers, unsigned int n,
		 const struct fetch_watch *watch, struct fetch_error *e);

/* fetch_close - drop the connection, and the cage. */
void fetch_close(struct fetch *f);

#endif
