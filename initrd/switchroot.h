/* SPDX-License-Identifier: MIT */
/* switchroot.h - the arguments the kernel gave PID 1. */
#ifndef SWITCHROOT_H
#define SWITCHROOT_H

/* switchroot_args - keep them for the real init. */
void switchroot_args(char **argv, char **envp);

#endif
