/* SPDX-License-Identifier: MIT */
/*
 * confine.h - what a child gives up before it touches bytes from outside:
 * uid and gid become 65534, every capability goes with them, no new
 * privileges, processor time and memory bounded, and a seccomp filter under
 * which all but a few system calls fail with EPERM (seccomp(2), BPF).
 *
 * A child that cannot be confined ends at once.
 */
#ifndef FETCH_CONFINE_H
#define FETCH_CONFINE_H

/*
 * confine_compute - keep @fd, as descriptor 0, and nothing else. What stays:
 * read, write, exit, and memory that is never executable.
 */
void confine_compute(int fd);

/* confine_cpu - end after @sec seconds of processor time; before the above. */
void confine_cpu(unsigned int sec);

/*
 * confine_stream - keep @plain as descriptor 0 and @sock as 1: besides
 * confine_compute()'s calls send, recv, poll and the time.
 */
void confine_stream(int plain, int sock);

/*
 * confine_network - keep all descriptors, and besides confine_compute()'s:
 * sockets of the internet families, time, fork of cages, pwrite.
 */
void confine_network(void);

/* confine_exit - without a C library's way out, which may call anything. */
void confine_exit(int status) __attribute__((noreturn));

#endif
