/* SPDX-License-Identifier: MIT */
/*
 * progress.h - one line that moves on a terminal, and nothing in a pipe.
 */
#ifndef HOST_PROGRESS_H
#define HOST_PROGRESS_H

#include <stdint.h>

/* progress - "what: done of total" on standard error when it is a terminal,
 * at most five times a second; @total 0: unknown. */
void progress(const char *what, uint64_t done, uint64_t total);

/* progress_end - wipe the line. */
void progress_end(void);

#endif
