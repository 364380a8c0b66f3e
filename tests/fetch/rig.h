/* SPDX-License-Identifier: MIT */
/*
 * rig.h - what the tests of the engine stand on: a folder with a blob and a
 * layer in it, badhttpd serving it, and an engine whose waits are counted
 * instead of slept.
 */
#ifndef RIG_H
#define RIG_H

#include "fetch/conn.h"
#include "fetch/retry.h"

#define RIG_BLOB      "manifest.cms"
#define RIG_LAYER     "layers/rig.squashfs"
#define RIG_BLOB_SIZE 3000
#define RIG_WAITS_MAX 64
#define RIG_LOG_MAX   256
#define RIG_RULES_MAX 4

struct rig_server {
	int pid;
	unsigned int port;
	char log[192];
};

/* One line of a server's log. */
struct rig_request {
	unsigned long conn;
	char path[64];
	bool ranged;
	uint64_t first, last;
	unsigned int status;
};

struct rig {
	struct fetch f;
	struct fetch_conn conn;
	struct fetch_error e;
	struct fetch_layer layer; /* the last one fetched */
	unsigned int n_waits, n_notes;
	uint64_t waits[RIG_WAITS_MAX];
	uint64_t progress; /* last one told */
	char note[256];	   /* last one told */
};

extern uint8_t rig_blob[RIG_BLOB_SIZE], *rig_bytes, *rig_map;
extern struct index rig_index;

/* rig_setup - make the files; safe to call again. rig_offset - of a chunk. */
void rig_setup(void);
uint64_t rig_offset(uint64_t chunk);

/* rig_serve - start badhttpd; @rules ends with NULL or RIG_RULES_MAX. */
void rig_serve(struct rig_server *s, const char *address,
	       const char *const rules[RIG_RULES_MAX]);
void rig_stop(struct rig_server *s);

/* rig_log - what was asked of it so far; the number of requests. */
unsigned int rig_log(const struct rig_server *s,
		     struct rig_request out[RIG_LOG_MAX]);

/* rig_init - an engine with fast time-outs; rig_mirror - on 127.0.0.1. */
void rig_init(struct rig *r, uint64_t seed);
void rig_mirror(struct rig *r, unsigned int port);

enum rig_what { BLOB, BLOB_DIGEST, LAYER };

/* rig_fetch* - what is fetched is held against the files when it is 0. */
int rig_fetch(struct rig *r, enum rig_what what);
int rig_fetch_blob(struct rig *r, bool digest);
int rig_fetch_layer(struct rig *r);

#endif
