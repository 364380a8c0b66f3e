// SPDX-License-Identifier: MIT
/* confine.c - giving up what a parser of foreign bytes has no use for. */
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __KLIBC__
#include <asm/resource.h> /* klibc 2.0.14 has no names of limits */
#endif
#include "fetch/confine.h"
#include "fetch/raw.h"
#include "format/env.h"

#define NOBODY	 65534
#define DATA_MAX (64ul << 20)

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#endif

#define FIELD(f) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, \
			  offsetof(struct seccomp_data, f))
#define ANSWER(a) BPF_STMT(BPF_RET | BPF_K, a)
#define ALLOW(nr)                                               \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##nr, 0, 1),   \
	ANSWER(SECCOMP_RET_ALLOW)
#define HEAD                                                    \
	FIELD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0), \
	ANSWER(SECCOMP_RET_KILL_PROCESS), FIELD(nr)
/* mmap, but for pages that could be executed; little endian both */
#define MEMORY                                                  \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_mmap, 0, 4),   \
	FIELD(args[2]),                                         \
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0),  \
	ANSWER(SECCOMP_RET_ALLOW), ANSWER(REFUSE),              \
	ALLOW(munmap), ALLOW(mremap), ALLOW(brk), ALLOW(madvise)
#define COMMON                                                  \
	ALLOW(read), ALLOW(write), ALLOW(exit), ALLOW(exit_group), \
	ALLOW(rt_sigreturn), ALLOW(futex), ALLOW(getrandom)
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)

static const struct sock_filter compute[] = {
	HEAD, COMMON, MEMORY, ANSWER(REFUSE),
};

/* What stands between two descriptors. */
static const struct sock_filter stream[] = {
	HEAD, COMMON, MEMORY,
	ALLOW(sendto), ALLOW(recvfrom), ALLOW(ppoll), ALLOW(clock_gettime),
	ALLOW(gettimeofday),
#ifdef __NR_poll
	ALLOW(poll), ALLOW(time),
#endif
	ANSWER(REFUSE),
};

/* What a worker of the download engine does all day. */
static const struct sock_filter network[] = {
	HEAD, COMMON, MEMORY,
	/* socket, of AF_INET and AF_INET6 */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 0, 5),
	FIELD(args[0]),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET, 1, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_INET6, 0, 1),
	ANSWER(SECCOMP_RET_ALLOW), ANSWER(REFUSE),
	ALLOW(connect), ALLOW(getsockopt), ALLOW(setsockopt), ALLOW(sendto),
	ALLOW(recvfrom), ALLOW(ppoll), ALLOW(close), ALLOW(pwrite64),
	ALLOW(clock_gettime), ALLOW(nanosleep), ALLOW(clock_nanosleep),
	ALLOW(fcntl),
#ifdef __NR_poll
	ALLOW(poll),
#endif
	/* cages of its own */
	ALLOW(socketpair), ALLOW(clone), ALLOW(wait4), ALLOW(kill),
	ALLOW(dup3), ALLOW(close_range), ALLOW(prctl), ALLOW(seccomp),
	ALLOW(prlimit64), ALLOW(setgroups), ALLOW(setgid), ALLOW(setuid),
	ALLOW(rt_sigprocmask), ALLOW(rt_sigaction), ALLOW(set_robust_list),
#ifdef __NR_fork
	ALLOW(fork), ALLOW(dup2),
#endif
	ANSWER(REFUSE),
};

static void limit(int what, uint64_t max)
{
	const uint64_t both[2] = {max, max};

	raw_call(__NR_prlimit64, 0, what, (long)both, 0, 0);
}

/* As root of a boot; on a build host there may be nothing to give up. */
static int give_up(void)
{
	if (getuid())
		return 0;
	return setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY);
}

static void confine(const struct sock_filter *filter, size_t n)
{
	struct sock_fprog prog = {(unsigned short)n, (void *)filter};

	limit(RLIMIT_CORE, 0);
	if (give_up() || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		confine_exit(126);
#ifndef __SANITIZE_ADDRESS__
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&prog, 0, 0))
		confine_exit(126);
#else
	/* the sanitizer's own runtime needs more calls than these */
	(void)prog;
#endif
}

void confine_cpu(unsigned int sec)
{
#ifndef __SANITIZE_ADDRESS__
	limit(RLIMIT_CPU, sec);
#endif
}

void confine_compute(int fd)
{
#ifndef __SANITIZE_ADDRESS__
	const unsigned int first = 1;

	limit(RLIMIT_DATA, DATA_MAX);
#else
	const unsigned int first = 3;
#endif
	if (dup2(fd, 0) < 0)
		confine_exit(126);
	raw_call(__NR_close_range, first, ~0u, 0, 0, 0);
	confine(compute, ARRAY_SIZE(compute));
}

void confine_stream(int plain, int sock)
{
#ifndef __SANITIZE_ADDRESS__
	const unsigned int first = 2;

	limit(RLIMIT_DATA, DATA_MAX);
#else
	const unsigned int first = 3;
#endif
	/* out of the way of the first move */
	sock = fcntl(sock, F_DUPFD, 2);
	if (sock < 0 || dup2(plain, 0) < 0 || dup2(sock, 1) < 0)
		confine_exit(126);
	raw_call(__NR_close_range, first, ~0u, 0, 0, 0);
	confine(stream, ARRAY_SIZE(stream));
}

void confine_network(void)
{
	confine(network, ARRAY_SIZE(network));
}

void confine_exit(int status)
{
	for (;;)
		raw_call(__NR_exit_group, status, 0, 0, 0, 0);
}
