/* SPDX-License-Identifier: MIT */
/* pieces.h - what roles add to an initrd (overlay/pieces.c gathers it). */
#ifndef MKINITRD_PIECES_H
#define MKINITRD_PIECES_H

#include "format/digest.h"
#include "pack.h"

/*
 * pieces_add - the files of build/overlays/ROLE/initrd of each of @p->roles
 * into @a. What several bring must be the same; what the initrd has already
 * stays. Dies on a role that adds nothing or was built on another base.
 */
void pieces_add(const struct pack *p, struct bundle *a);

/* pieces_hash - all of them, for a key of inputs. */
void pieces_hash(const struct pack *p, struct digest_ctx *d);

#endif
