/* SPDX-License-Identifier: MIT */
/* payload.h - modules and the firmware they name, into an archive. */
#ifndef MKINITRD_PAYLOAD_H
#define MKINITRD_PAYLOAD_H

#include "pack.h"

/*
 * payload_add - module @i of @p's and its firmware into @a, counted in @t.
 * What is read is kept: a module goes into more than one archive.
 */
void payload_add(struct pack *p, struct bundle *a, struct tally *t, size_t i);

#endif
