/* SPDX-License-Identifier: MIT */
/*
 * failn.h - one call of a boot fails, of those that wrap.c wraps: the Nth of
 * all, which is to say the TURNth from one place in the source, so that a poll
 * more or less before it does not make it another one. All processes of a boot
 * count in a file that they share. The test makes the file, nsboot shows it as
 * FAILN_FILE; without it nothing fails.
 */
#ifndef TWIN_FAILN_H
#define TWIN_FAILN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAILN_FILE  "/san/log/failn"
#define FAILN_TRACE (1 << 17)

enum failn_kind {
	FAILN_EIO,
	FAILN_ENOSPC,
	FAILN_ENOMEM,
	FAILN_EINTR,
	FAILN_SHORT, /* a count above one is halved */
	FAILN_KINDS
};

#define FAILN_KIND_NAMES                                                       \
	{                                                                      \
		"EIO", "ENOSPC", "ENOMEM", "EINTR", "SHORT"                    \
	}

/* Which kinds a call can meet, as bits; each name is one of wrap.c's. */
#define FAILN_IO    (1 << FAILN_EIO)
#define FAILN_SPACE (1 << FAILN_ENOSPC)
#define FAILN_MEM   (1 << FAILN_ENOMEM)
#define FAILN_AGAIN (1 << FAILN_EINTR | 1 << FAILN_SHORT)
#define FAILN_ALL   (FAILN_IO | FAILN_SPACE | FAILN_MEM)

#define FAILN_CALLS(X)                                                         \
	X(open, FAILN_ALL)                                                     \
	X(openat, FAILN_ALL)                                                   \
	X(openat2, FAILN_ALL)                                                  \
	X(read, FAILN_IO | FAILN_AGAIN)                                        \
	X(pread, FAILN_IO | FAILN_AGAIN)                                       \
	X(write, FAILN_IO | FAILN_SPACE | FAILN_AGAIN)                         \
	X(pwrite, FAILN_IO | FAILN_SPACE | FAILN_AGAIN)                        \
	X(getdents, FAILN_IO | FAILN_MEM)                                      \
	X(stat, FAILN_IO | FAILN_MEM)                                          \
	X(statfs, FAILN_IO | FAILN_MEM)                                        \
	X(access, FAILN_IO)                                                    \
	X(mkdir, FAILN_ALL)                                                    \
	X(mknod, FAILN_ALL)                                                    \
	X(link, FAILN_ALL)                                                     \
	X(symlink, FAILN_ALL)                                                  \
	X(rename, FAILN_ALL)                                                   \
	X(unlink, FAILN_IO)                                                    \
	X(chown, FAILN_IO | FAILN_SPACE)                                       \
	X(chmod, FAILN_IO | FAILN_SPACE)                                       \
	X(utimens, FAILN_IO | FAILN_SPACE)                                     \
	X(setxattr, FAILN_ALL)                                                 \
	X(truncate, FAILN_ALL)                                                 \
	X(fallocate, FAILN_ALL)                                                \
	X(mmap, FAILN_MEM)                                                     \
	X(mount, FAILN_ALL)                                                    \
	X(umount, FAILN_IO | FAILN_MEM)                                        \
	X(chdir, FAILN_IO | FAILN_MEM)                                         \
	X(chroot, FAILN_IO | FAILN_MEM)                                        \
	X(dup, FAILN_IO)                                                       \
	X(ioctl, FAILN_ALL)                                                    \
	X(socket, FAILN_IO | FAILN_MEM)                                        \
	X(connect, FAILN_IO | FAILN_MEM | 1 << FAILN_EINTR)                    \
	X(getsockopt, FAILN_IO)                                                \
	X(send, FAILN_IO | FAILN_MEM | FAILN_AGAIN)                            \
	X(recv, FAILN_IO | FAILN_MEM | FAILN_AGAIN)                            \
	X(sendto, FAILN_IO | FAILN_MEM | 1 << FAILN_EINTR)                     \
	X(recvfrom, FAILN_IO | FAILN_MEM | 1 << FAILN_EINTR)                   \
	X(setsockopt, FAILN_IO | FAILN_MEM)                                    \
	X(bind, FAILN_IO | FAILN_MEM)                                          \
	X(poll, FAILN_MEM | 1 << FAILN_EINTR)                                  \
	X(fork, FAILN_MEM)                                                     \
	X(execve, FAILN_IO | FAILN_MEM)                                        \
	X(pipe, FAILN_IO | FAILN_MEM)                                          \
	X(socketpair, FAILN_IO | FAILN_MEM)                                    \
	X(prctl, FAILN_IO | FAILN_MEM)                                         \
	X(setid, FAILN_IO | FAILN_MEM)                                         \
	X(hostname, FAILN_MEM)                                                 \
	X(libcrypto, FAILN_MEM)

enum failn_call {
#define X(name, kinds) FAILN_##name,
	FAILN_CALLS(X)
#undef X
};

/*
 * Where a call comes from, in one number: which call, and the code's address;
 * of libcrypto's allocations a hash of the last callers' addresses.
 */
#define FAILN_PLACE(call, site) ((uint32_t)(call) << 24 | ((site)&0xffffff))

/* The shared file; both texts end with zeros. Turn 0 fails nothing. */
struct failn {
	char plan[64];	/* "TURN KIND PLACE", by who made the file */
	char what[192]; /* what failed, or "" */
	uint32_t count;
	uint32_t turn;		     /* of calls from the place of the plan */
	uint32_t trace[FAILN_TRACE]; /* the place of call n at n - 1 */
};

/*
 * failn_hit - count a call made from @site; is it to fail?
 *
 * Then errno is set. @n, unless NULL, is the count of a call that may be
 * short; FAILN_SHORT halves it and says no.
 */
bool failn_hit(enum failn_call call, const void *site, size_t *n);

/* failn_on - is there a file at all? */
bool failn_on(void);

#endif
