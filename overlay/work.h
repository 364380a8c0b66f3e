/* SPDX-License-Identifier: MIT */
/* work.h - the folder that a build works in, as its parent sees it. */
#ifndef OVERLAY_WORK_H
#define OVERLAY_WORK_H

#include "build.h"

/*
 * work_make - remove what a killed build left in @b->out, and make @b->work
 * anew; it goes when we do unless @b->keep. Dies with the path.
 */
void work_make(const struct build *b);

/* work_cache - $CACHE, with its debs/; malloc-ed. */
char *work_cache(void);

#endif
