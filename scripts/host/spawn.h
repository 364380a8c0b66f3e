/* SPDX-License-Identifier: MIT */
/*
 * spawn.h - run another program: no shell, its own process group, killed and
 * reaped when we are. Its output goes where the caller says.
 */
#ifndef HOST_SPAWN_H
#define HOST_SPAWN_H

#include <stdbool.h>
#include <sys/types.h>

struct spawn {
	const char *const *argv;	/* NULL terminated; [0] found in PATH */
	const char *const *env;		/* "K=V" added to ours, or NULL */
	const char *dir;		/* working directory, or NULL */
	int in, out, err;		/* descriptors, -1: /dev/null for in,
					   ours for out and err */
	bool apart;			/* in mount and process namespaces of
					   its own, as their first process:
					   when it or we end, the kernel takes
					   mounts and processes away */
	pid_t pid;			/* set by spawn_start */
};

/* spawn_start - 0, or -errno (-ENOENT: no such program). */
int spawn_start(struct spawn *s);

/* spawn_wait - exit status 0..255, or 256 + signal. */
int spawn_wait(struct spawn *s);

/* spawn_run - start and wait, dying with the program's name if it cannot
 * start. Returns as spawn_wait. */
int spawn_run(struct spawn *s);

/* spawn_need - die with the Debian package's name when @prog is missing. */
void spawn_need(const char *prog, const char *package);

/* spawn_output - start with its output on a pipe, and wait: all that it said,
 * malloc-ed, @status as spawn_wait has it. Dies as spawn_run. */
char *spawn_output(struct spawn *s, int *status);

/* spawn_tail - keep the last lines of what a program printed: reads @fd to
 * its end, copies it to @log (-1: nowhere), returns a malloc-ed string of at
 * most @lines last lines. */
char *spawn_tail(int fd, int log, unsigned int lines);

#endif
