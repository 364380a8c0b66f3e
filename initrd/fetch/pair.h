/* SPDX-License-Identifier: MIT */
/* pair.h - processes at the two ends of a socket pair. */
#ifndef FETCH_PAIR_H
#define FETCH_PAIR_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * pair_fork - fork(2) over a socket pair of @type, close on exec: *@fd is the
 * caller's end in the parent, the other one in the child.
 *
 * Returns the child, 0 in it, or -errno with *@fd untouched.
 */
pid_t pair_fork(int type, int *fd);

/*
 * pair_read, pair_write - @size bytes, however many calls they take; where
 * @fd is non-blocking until @deadline, which is one of clock_ms().
 *
 * 0, -EPIPE (the other end is closed), -ETIMEDOUT, or another -errno; how much
 * was moved until then is not known.
 */
int pair_read(int fd, void *p, size_t size, uint64_t deadline);
int pair_write(int fd, const void *p, size_t size, uint64_t deadline);

#endif
