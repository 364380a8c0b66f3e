/* SPDX-License-Identifier: MIT */
/* goodinput.h - good input that takes a file of its own to make. */
#ifndef GOODINPUT_H
#define GOODINPUT_H

#include "bytes.h"

/* As format.good of cases.h. */
void good_manifest(struct bytes *b, uint64_t k, struct rng *r);

#endif
