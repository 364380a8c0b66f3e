// SPDX-License-Identifier: MIT
/*
 * sys.c - the calls klibc lacks; numbers come from the kernel's own headers.
 */
#include <errno.h>
#include <linux/auxvec.h>
#include <linux/openat2.h>
#include <linux/reboot.h>
#include <sys/auxv.h>
#include <sys/time.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "fetch/raw.h"
#include "sys.h"

#define OPENAT2_TRIES 1000

void sys_sleep_ms(uint64_t ms)
{
	struct timespec t = {
		.tv_sec = ms / 1000,
		.tv_nsec = ms % 1000 * 1000000,
	};

	while (raw_call(__NR_nanosleep, (long)&t, (long)&t, 0, 0, 0) == -EINTR)
		;
}

uint64_t sys_seed(void)
{
	const void *random = (const void *)getauxval(AT_RANDOM);
	uint64_t seed = 0, more = 0;

	if (random)
		memcpy(&seed, random, sizeof(seed));
	/* never blocks: the pool may not be ready this early */
	raw_call(__NR_getrandom, (long)&more, sizeof(more), 1, 0, 0);
	return seed ^ more ^ clock_ms();
}

int sys_fallocate(int fd, uint64_t at, uint64_t size)
{
	int ret;

	do {
		ret = raw_call(__NR_fallocate, fd, 0, (long)at, (long)size,
			       0);
	} while (ret == -EINTR);
	return ret;
}

int sys_fsetxattr(int fd, const char *name, const void *value, size_t size)
{
	return raw_call(__NR_fsetxattr, fd, (long)name, (long)value, (long)size,
		     0);
}

/*
 * A ".." under RESOLVE_* is -EAGAIN whenever anything is renamed or mounted
 * meanwhile, wherever that is.
 */
static int openat2(int dir, const char *path, int flags, uint64_t resolve)
{
	int tries = OPENAT2_TRIES, ret;
	struct open_how how = {
		.flags = (uint64_t)flags,
		.resolve = resolve,
	};

	do {
		ret = raw_call(__NR_openat2, dir, (long)path, (long)&how,
			       sizeof(how), 0);
	} while (ret == -EAGAIN && --tries);
	return ret;
}

int sys_openat2_beneath(int dir, const char *path, int flags)
{
	return openat2(dir, path, flags,
		       RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
}

int sys_openat2_in_root(int dir, const char *path, int flags)
{
	return openat2(dir, path, flags, RESOLVE_IN_ROOT);
}

int sys_finit_module(int fd, const char *args, int flags)
{
	return raw_call(__NR_finit_module, fd, (long)args, flags, 0, 0);
}

int sys_close_from(unsigned int first)
{
	return raw_call(__NR_close_range, first, ~0u, 0, 0, 0);
}

int sys_reboot(unsigned int cmd)
{
	return raw_call(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, cmd,
		     0, 0);
}
