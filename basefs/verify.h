/* SPDX-License-Identifier: MIT */
/* verify.h - --verify: a base built twice. */
#ifndef BASEFS_VERIFY_H
#define BASEFS_VERIFY_H

#include "make.h"

/*
 * verify_base - build it anew, from @existing or by the recipe (NULL), then
 * once more under other conditions (host/twice.h), and compare. Returns an exit
 * status, after one line with the first path that differs and in what.
 */
int verify_base(const struct site *s, struct work *w, struct from *existing);

#endif
