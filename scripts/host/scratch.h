/* SPDX-License-Identifier: MIT */
/*
 * scratch.h - folders in build/ of one process each, gone when it is gone: at
 * its end, and by the next that works on the site when it was killed.
 */
#ifndef HOST_SCRATCH_H
#define HOST_SCRATCH_H

#include "host/site.h"

/* scratch_make - build/KIND.XXXXXX, malloc-ed, or die. @kind: "shell" or
 * "verify", which scratch_sweep() knows. */
char *scratch_make(const struct site *s, const char *kind);

/* scratch_sweep - remove those whose process does not live any more, as far
 * as it goes. */
void scratch_sweep(const struct site *s);

#endif
