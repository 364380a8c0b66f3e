/* SPDX-License-Identifier: MIT */
/*
 * beside.h - work on a layer in a process of its own, while the boot goes on
 * loading. One at a time for each layer; layers.said[] of it becomes readable
 * when it has ended.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include "boot.h"

/*
 * beside_start - have @work done for layer @i: 0, or -EPROTO with its own
 * b->error filled. Here: 0, or -EPROTO with E-SYS.
 */
int beside_start(struct boot *b, unsigned int i,
		 int (*work)(struct boot *b, unsigned int i));

/*
 * beside_end - wait for it; @what it was doing is for a message ("unpacks").
 * Returns as @work did.
 */
int beside_end(struct boot *b, unsigned int i, const char *what);

#endif
