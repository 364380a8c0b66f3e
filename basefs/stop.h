/* SPDX-License-Identifier: MIT */
/*
 * stop.h - what a person's Ctrl-C does here. A thread of its own reacts: a
 * handler must not allocate, and to remove a folder allocates.
 */
#ifndef BASEFS_STOP_H
#define BASEFS_STOP_H

#include <sys/types.h>

/* stop_watch - from now on SIGINT, SIGTERM and SIGHUP end the program by
 * exit(), with 128 and the signal's number. */
void stop_watch(void);

/*
 * stop_child - while @pid is not 0 they go to it as SIGTERM instead, and the
 * caller asks stop_signal() when it has ended. When the program ends by
 * itself meanwhile, the child is stopped and waited for.
 */
void stop_child(pid_t pid);

/* stop_signal - the signal that came, or 0. */
int stop_signal(void);

#endif
