/* SPDX-License-Identifier: MIT */
/* mirror.h - the engine of /init (fetch/fetch.h), on a running machine. */
#ifndef INSTALL_MIRROR_H
#define INSTALL_MIRROR_H

#include "cosign.h"
#include "fetch/conn.h"
#include "fetch/fetch.h"
#include "update.h"

struct mirror {
	struct fetch fetch;
	struct fetch_conn conn;
};

/* mirror_open - --url, else those of the policy; dies when there is none. */
void mirror_open(struct mirror *m, const struct update *u);

/* mirror_add - those of a proven manifest as well. */
void mirror_add(struct mirror *m, const struct manifest *manifest);
void mirror_close(struct mirror *m);

/*
 * mirror_manifest - the site's manifest, under the installed anchor, not
 * below the floor nor below the last good release, not past its date, signed
 * by as many keys as the policy asks for; decoded into @man. *@cms of *@size
 * is malloc-ed, and @c, which is empty, has the further signatures of it. 0,
 * or -EPROTO with @e.
 */
int mirror_manifest(struct mirror *m, struct update *u, struct manifest *man,
		    char **cms, size_t *size, struct cosign *c,
		    struct fetch_error *e);

/* mirror_signatures - those that nobody asks for yet, if any (cosign_rest). */
int mirror_signatures(struct mirror *m, struct cosign *c,
		      struct fetch_error *e);

#endif
