/* SPDX-License-Identifier: MIT */
/*
 * cage.h - a pure function in a process that can do nothing but compute:
 * nobody's uid, no capability, one socket to its owner, memory and processor
 * time bounded, and a seccomp filter (seccomp(2)) under which every other
 * system call fails. Bytes from outside are parsed in one; what it answers is
 * bounded and checked by its owner, as a stranger's answer would be.
 */
#ifndef FETCH_CAGE_H
#define FETCH_CAGE_H

#include <sys/types.h>
#include "fetch/error.h"
#include "format/env.h"

#define CAGE_IN_MAX (320u << 10) /* of one question */
#define CAGE_ANSWER_MS 20000	 /* a check takes milliseconds */

/*
 * Turns @n bytes at @in into at most @max at @out: their count, or -errno.
 * @in is writable: it is the cage's own copy.
 */
typedef int (*cage_fn)(void *in, size_t n, void *out, size_t max);

struct cage {
	pid_t pid; /* 0: none */
	int fd;
	unsigned int answer_ms; /* 0: CAGE_ANSWER_MS */
};

/*
 * cage_ask - have @fn answer, in a cage that is started when there is none
 * and stays for the next question; always the same @fn for one cage.
 *
 * Returns the count at @out, what @fn returned if that is negative, or
 * -EPROTO with @e filled (E-CAGE, naming @object) when the cage cannot be
 * made, dies, hangs or answers what no @fn could; then it is gone, and @out
 * is not to be used. -E2BIG: @n is above CAGE_IN_MAX.
 */
int cage_ask(struct cage *c, cage_fn fn, const void *in, size_t n, void *out,
	     size_t max, const char *object, struct fetch_error *e);

/* cage_close - end it; nothing happens when there is none. */
void cage_close(struct cage *c);

/* cage_once - cage_ask() in a cage of its own. */
int cage_once(cage_fn fn, const void *in, size_t n, void *out, size_t max,
	      const char *object, struct fetch_error *e);

/*
 * cage_start - a cage that runs @body over one end of a socket pair and ends;
 * for work that streams. *@fd is the other end, the caller's, close on exec.
 * @cpu_sec bounds its processor time, 0: nothing does.
 *
 * Returns the process, or -errno.
 */
pid_t cage_start(void (*body)(int fd, void *user), void *user,
		 unsigned int cpu_sec, int *fd);

#endif
