/* SPDX-License-Identifier: MIT */
/* output.h - what was packed, into build/initrd/BASE. */
#ifndef MKINITRD_OUTPUT_H
#define MKINITRD_OUTPUT_H

#include "info.h"
#include "split.h"

/*
 * output_write - @p's bundle, sealed, the kernel and the parts of @s into
 * @dir; @i receives sizes and digests. initrd.info comes last.
 */
void output_write(struct pack *p, struct split *s, struct info *i,
		  const char *dir);

#endif
