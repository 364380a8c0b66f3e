/* SPDX-License-Identifier: MIT */
/* bootstrap.h - have mmdebstrap build a system, and pack it as it comes. */
#ifndef BASEFS_BOOTSTRAP_H
#define BASEFS_BOOTSTRAP_H

#include "image.h"
#include "recipe.h"

struct bootstrap {
	const struct recipe *recipe;
	const char *work;   /* a folder for a few small files */
	const char *log;    /* what mmdebstrap and hooks say */
	const char *locked; /* archive of a lock's packages, or NULL */
	uint32_t epoch;
};

/*
 * bootstrap_run - feed @im. Dies with the reason when it fails; on a signal
 * (stop.h) waits until mmdebstrap has cleaned up, and exits.
 */
void bootstrap_run(const struct bootstrap *b, struct image *im);

#endif
