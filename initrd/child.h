/* SPDX-License-Identifier: MIT */
/* child.h - helper processes of PID 1. */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* child_start - fork and exec @argv; output is dropped if @quiet. */
pid_t child_start(char *const argv[], bool quiet);

/*
 * child_stop - SIGTERM, SIGKILL after @ms, reap. Returns the wait status.
 */
int child_stop(pid_t pid, uint64_t ms);

/* child_reap - collect whoever ended; is @pid still running? */
bool child_reap(pid_t pid);

#endif
