/* SPDX-License-Identifier: MIT */
/*
 * run.h - programs inside the union, or beside it, in the build's own
 * namespaces. Only for PID 1 of such a namespace: when a program has ended,
 * whatever it left running is killed.
 */
#ifndef OVERLAY_RUN_H
#define OVERLAY_RUN_H

#define RUN_TAIL 20 /* last lines that are kept */

struct run {
	const char *root;	 /* directory to chroot to, or NULL */
	const char *const *argv; /* [0] is a path or found in PATH */
	char **env;		 /* the whole environment */
	int log;		 /* regular file, read and append */
	char *tail;		 /* the last lines of it, malloc-ed */
};

/* run_wait - exit status 0..255, or 256 + signal. */
int run_wait(struct run *r);

/* run_tty - the same with our own terminal instead of a log. */
int run_tty(const struct run *r);

/* run_inside - call @fn in a child chrooted to @root; it dies or returns.
 * Returns as run_wait. */
int run_inside(const char *root, void (*fn)(void *), void *user);

/* run_why - "exit status 3" or "killed by signal 9", malloc-ed. */
char *run_why(int status);

#endif
