// SPDX-License-Identifier: MIT
/*
 * wrap.c - the calls that may be made to fail, by ld --wrap: every
 * __wrap_NAME here takes the place of NAME in /init. Kbuild reads the names
 * out of the object file.
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include "failn.h"

#define SITE __builtin_return_address(0)

/* a call that fails with -1 and errno */
#define WRAP(type, name, call, params, args)                                   \
	type __real_##name params;                                             \
	type __wrap_##name params;                                             \
	type __wrap_##name params                                              \
	{                                                                      \
		return failn_hit(FAILN_##call, SITE, NULL)                     \
			       ? (type)-1                                      \
			       : __real_##name args;                           \
	}

/* the same with a count @n that may come out short */
#define WRAP_N(name, call, params, args)                                       \
	ssize_t __real_##name params;                                          \
	ssize_t __wrap_##name params;                                          \
	ssize_t __wrap_##name params                                           \
	{                                                                      \
		return failn_hit(FAILN_##call, SITE, &n) ? -1                  \
							 : __real_##name args; \
	}

/* one of sys.h, which returns -errno */
#define WRAP_SYS(name, call, params, args)                                     \
	int __real_##name params;                                              \
	int __wrap_##name params;                                              \
	int __wrap_##name params                                               \
	{                                                                      \
		int before = errno, ret = 0;                                   \
                                                                               \
		if (failn_hit(FAILN_##call, SITE, NULL))                       \
			ret = -errno;                                          \
		errno = before;                                                \
		return ret ? ret : __real_##name args;                         \
	}

/* files */
WRAP(int, open64, open, (const char *path, int flags, mode_t mode),
     (path, flags, mode))
WRAP(int, openat64, openat, (int dir, const char *path, int flags, mode_t mode),
     (dir, path, flags, mode))
WRAP_SYS(sys_openat2_beneath, openat2, (int dir, const char *path, int flags),
	 (dir, path, flags))
WRAP_SYS(sys_openat2_in_root, openat2, (int dir, const char *path, int flags),
	 (dir, path, flags))
WRAP_N(read, read, (int fd, void *p, size_t n), (fd, p, n))
WRAP_N(pread64, pread, (int fd, void *p, size_t n, off64_t at), (fd, p, n, at))
WRAP_N(write, write, (int fd, const void *p, size_t n), (fd, p, n))
WRAP_N(pwrite64, pwrite, (int fd, const void *p, size_t n, off64_t at),
       (fd, p, n, at))
WRAP(ssize_t, getdents64, getdents, (int fd, void *p, size_t n), (fd, p, n))
WRAP(int, stat64, stat, (const char *path, struct stat *st), (path, st))
WRAP(int, lstat64, stat, (const char *path, struct stat *st), (path, st))
WRAP(int, fstat64, stat, (int fd, struct stat *st), (fd, st))
WRAP(int, fstatat64, stat,
     (int dir, const char *path, struct stat *st, int flags),
     (dir, path, st, flags))
WRAP(int, statfs64, statfs, (const char *path, struct statfs *fs), (path, fs))
WRAP(int, access, access, (const char *path, int mode), (path, mode))
WRAP(int, mkdir, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, mkdirat, mkdir, (int dir, const char *path, mode_t mode),
     (dir, path, mode))
WRAP(int, mknod, mknod, (const char *path, mode_t mode, dev_t dev),
     (path, mode, dev))
WRAP(int, mknodat, mknod, (int dir, const char *path, mode_t mode, dev_t dev),
     (dir, path, mode, dev))
WRAP(int, linkat, link,
     (int dir, const char *path, int to, const char *name, int flags),
     (dir, path, to, name, flags))
WRAP(int, symlinkat, symlink, (const char *to, int dir, const char *path),
     (to, dir, path))
WRAP(int, rename, rename, (const char *from, const char *to), (from, to))
WRAP(int, renameat, rename,
     (int dir, const char *from, int to, const char *name),
     (dir, from, to, name))
WRAP(int, unlink, unlink, (const char *path), (path))
WRAP(int, unlinkat, unlink, (int dir, const char *path, int flags),
     (dir, path, flags))
WRAP(int, fchownat, chown,
     (int dir, const char *path, uid_t uid, gid_t gid, int flags),
     (dir, path, uid, gid, flags))
WRAP(int, fchmodat, chmod, (int dir, const char *path, mode_t mode, int flags),
     (dir, path, mode, flags))
WRAP(int, utimensat, utimens,
     (int dir, const char *path, const struct timespec t[2], int flags),
     (dir, path, t, flags))
WRAP(int, ftruncate64, truncate, (int fd, off64_t size), (fd, size))
WRAP_SYS(sys_fallocate, fallocate, (int fd, uint64_t at, uint64_t size),
	 (fd, at, size))
WRAP_SYS(sys_fsetxattr, setxattr,
	 (int fd, const char *name, const void *value, size_t size),
	 (fd, name, value, size))

/* memory, mounts, processes */
WRAP(void *, mmap64, mmap,
     (void *p, size_t size, int prot, int flags, int fd, off64_t at),
     (p, size, prot, flags, fd, at))
WRAP(int, mount, mount,
     (const char *from, const char *to, const char *type, unsigned long flags,
      const void *data),
     (from, to, type, flags, data))
WRAP(int, umount2, umount, (const char *path, int flags), (path, flags))
WRAP(int, chdir, chdir, (const char *path), (path))
WRAP(int, chroot, chroot, (const char *path), (path))
WRAP(int, dup2, dup, (int from, int to), (from, to))
WRAP(int, ioctl, ioctl, (int fd, unsigned long what, void *arg),
     (fd, what, arg))
WRAP(pid_t, fork, fork, (void), ())
WRAP(int, execve, execve,
     (const char *path, char *const argv[], char *const envp[]),
     (path, argv, envp))
WRAP(int, pipe2, pipe, (int ends[2], int flags), (ends, flags))
WRAP(int, prctl, prctl,
     (int what, unsigned long a, unsigned long b, unsigned long c,
      unsigned long d),
     (what, a, b, c, d))
WRAP(int, setgroups, setid, (size_t n, const gid_t *list), (n, list))
WRAP(int, setgid, setid, (gid_t gid), (gid))
WRAP(int, setuid, setid, (uid_t uid), (uid))
WRAP(int, sethostname, hostname, (const char *name, size_t n), (name, n))

/* the network */
WRAP(int, socket, socket, (int family, int type, int proto),
     (family, type, proto))
WRAP(int, socketpair, socketpair, (int family, int type, int proto, int s[2]),
     (family, type, proto, s))
WRAP(int, getsockopt, getsockopt,
     (int s, int level, int name, void *value, socklen_t *size),
     (s, level, name, value, size))
WRAP_N(send, send, (int s, const void *p, size_t n, int flags),
       (s, p, n, flags))
WRAP_N(recv, recv, (int s, void *p, size_t n, int flags), (s, p, n, flags))
WRAP(ssize_t, sendto, sendto,
     (int s, const void *p, size_t n, int flags, const struct sockaddr *to,
      socklen_t size),
     (s, p, n, flags, to, size))
WRAP(ssize_t, recvfrom, recvfrom,
     (int s, void *p, size_t n, int flags, struct sockaddr *from,
      socklen_t *size),
     (s, p, n, flags, from, size))
WRAP(int, setsockopt, setsockopt,
     (int s, int level, int name, const void *value, socklen_t size),
     (s, level, name, value, size))
WRAP(int, bind, bind, (int s, const struct sockaddr *at, socklen_t size),
     (s, at, size))
WRAP(int, poll, poll, (struct pollfd * p, nfds_t n, int ms), (p, n, ms))

int __real_connect(int s, const struct sockaddr *to, socklen_t size);
int __wrap_connect(int s, const struct sockaddr *to, socklen_t size);
int __wrap_connect(int s, const struct sockaddr *to, socklen_t size)
{
	int ret, err;

	if (!failn_hit(FAILN_connect, SITE, NULL))
		return __real_connect(s, to, size);
	if (errno != EINTR)
		return -1;
	/* interrupted, a connection goes on being made */
	err = errno;
	ret = __real_connect(s, to, size);
	if (ret && errno == EINPROGRESS)
		errno = err;
	return ret;
}

/* Neither the wait before a reboot nor that before a retry is tested here. */
void __real_sys_sleep_ms(uint64_t ms);
void __wrap_sys_sleep_ms(uint64_t ms);
void __wrap_sys_sleep_ms(uint64_t ms)
{
	__real_sys_sleep_ms(failn_on() && ms > 30000 ? 1 : ms);
}

void __real_clock_pause(uint64_t ms);
void __wrap_clock_pause(uint64_t ms);
void __wrap_clock_pause(uint64_t ms)
{
	__real_clock_pause(failn_on() ? ms / 64 : ms);
}
