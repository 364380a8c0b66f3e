/* SPDX-License-Identifier: MIT */
/*
 * sys.h - the system calls that klibc lacks, each returning the kernel's
 * answer: 0 or more, or -errno (errno itself is not touched).
 */
#ifndef SYS_H
#define SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void sys_sleep_ms(uint64_t ms);
uint64_t sys_seed(void); /* for jitter, never for secrets */
int sys_fallocate(int fd, uint64_t at, uint64_t size);
int sys_fsetxattr(int fd, const char *name, const void *value, size_t size);
int sys_openat2_beneath(int dir, const char *path, int flags);
int sys_openat2_in_root(int dir, const char *path, int flags);
int sys_finit_module(int fd, const char *args, int flags);
int sys_close_from(unsigned int first);
int sys_reboot(unsigned int cmd);

#endif
