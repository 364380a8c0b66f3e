// SPDX-License-Identifier: MIT
/* pair.c - fork over a socket pair, and whole messages through it. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "fetch/pair.h"

pid_t pair_fork(int type, int *fd)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	if (pid < 0) {
		pid = -errno;
		close(ends[0]);
		close(ends[1]);
		return pid;
	}
	close(ends[pid ? 1 : 0]);
	*fd = ends[pid ? 0 : 1];
	return pid;
}

/* In a cage read(2) is all there is, and a dead reader must be no signal. */
static ssize_t part(int fd, short events, uint8_t *p, size_t size)
{
	return events == POLLIN ? read(fd, p, size)
				: send(fd, p, size, MSG_NOSIGNAL);
}

static int full(int fd, short events, uint8_t *p, size_t size,
		uint64_t deadline)
{
	struct pollfd w = {.fd = fd, .events = events};
	uint64_t now;
	ssize_t n;

	while (size) {
		n = part(fd, events, p, size);
		if (n > 0) {
			p += n;
			size -= (size_t)n;
			continue;
		}
		if (!n)
			return -EPIPE;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -errno;
		now = clock_ms();
		if (now >= deadline)
			return -ETIMEDOUT;
		poll(&w, 1,
		     deadline - now > INT_MAX ? INT_MAX
					      : (int)(deadline - now));
	}
	return 0;
}

int pair_read(int fd, void *p, size_t size, uint64_t deadline)
{
	return full(fd, POLLIN, p, size, deadline);
}

int pair_write(int fd, const void *p, size_t size, uint64_t deadline)
{
	return full(fd, POLLOUT, (uint8_t *)p, size, deadline);
}
