// SPDX-License-Identifier: MIT
/*
 * canary.c - what -fstack-protector needs and klibc lacks: a canary where the
 * compiler looks for it, before main() runs, and an end for whoever finds it
 * changed. Children inherit both.
 */
#include <asm/prctl.h>
#include <linux/auxvec.h>
#include <linux/reboot.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "fetch/raw.h"

#define PLAIN __attribute__((no_stack_protector))

int __real_main(int argc, char **argv, char **envp);
int __wrap_main(int argc, char **argv, char **envp);
void __stack_chk_fail(void) __attribute__((noreturn));

/* 16 bytes that nobody outside knows; the first stays 0, to stop strings */
static PLAIN uintptr_t canary(void)
{
	const uint8_t *random = (const void *)getauxval(AT_RANDOM);
	uintptr_t c = 0;

	if (random)
		memcpy(&c, random, sizeof(c));
	return c & ~(uintptr_t)0xff;
}

#if defined(__x86_64__)
/* gcc reads %fs:0x28 */
static uintptr_t block[8];

static PLAIN void set(void)
{
	block[5] = canary();
	raw_call(__NR_arch_prctl, ARCH_SET_FS, (long)block, 0, 0, 0);
}
#else
uintptr_t __stack_chk_guard;

static PLAIN void set(void)
{
	__stack_chk_guard = canary();
}
#endif

PLAIN int __wrap_main(int argc, char **argv, char **envp)
{
	set();
	return __real_main(argc, argv, envp);
}

/* PID 1 must not return to a stack like this, nor end: start anew. */
void __stack_chk_fail(void)
{
	static const char text[] = "slipway: stack smashed, this is a bug\n";

	write(2, text, sizeof(text) - 1);
	if (getpid() == 1) {
		sleep(60);
		raw_call(__NR_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			 LINUX_REBOOT_CMD_RESTART, 0, 0);
	}
	for (;;)
		raw_call(__NR_exit_group, 134, 0, 0, 0, 0);
}
