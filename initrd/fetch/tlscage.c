// SPDX-License-Identifier: MIT
/* tlscage.c - starting TLS in its own process, and hearing what it says. */
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "fetch/confine.h"
#include "fetch/tlscage.h"

static int get_word(int fd, struct tls_word *w, uint64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t have = 0;
	uint64_t now;
	ssize_t n;

	while (have < sizeof(*w)) {
		n = read(fd, (char *)w + have, sizeof(*w) - have);
		if (n > 0) {
			have += (size_t)n;
			continue;
		}
		if (!n)
			return -EPIPE;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
		now = clock_ms();
		if (now >= deadline)
			return -ETIMEDOUT;
		poll(&p, 1, deadline - now > INT_MAX ? INT_MAX
						     : (int)(deadline - now));
	}
	w->why[TLSCAGE_WHY - 1] = '\0';
	return 0;
}

static int refused(const struct url *u, int err, const struct tls_word *w,
		   struct fetch_error *e)
{
	if (err == -ETIMEDOUT)
		return fetch_fail(e, CODE_TLS,
				  "%.60s:%u: no handshake in time", u->host,
				  u->port);
	if (err)
		return fetch_fail(e, CODE_CAGE,
				  "%.60s:%u: the process that does TLS died",
				  u->host, u->port);
	return fetch_fail(e, CODE_TLS, "%.60s:%u: %s", u->host, u->port,
			  w->why[0] ? w->why : "refused");
}

static pid_t start(const struct fetch_tls *t, int sock, const struct url *u,
		   int ends[2])
{
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	if (!pid) {
		confine_stream(ends[1], sock);
		t->client(t, u->host, u->numeric);
		confine_exit(0);
	}
	if (pid < 0) {
		pid = -errno;
		close(ends[0]);
	}
	close(ends[1]);
	return pid;
}

pid_t tlscage_start(const struct fetch_tls *t, int sock, const struct url *u,
		    uint64_t deadline, int *fd, struct fetch_error *e)
{
	struct tls_word w = {0};
	int ends[2], err;
	pid_t pid = start(t, sock, u, ends);

	close(sock);
	if (pid < 0)
		return fetch_fail(e, CODE_CAGE, "%.60s:%u: no process for TLS: "
				  "%s", u->host, u->port, strerror(-pid));
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	err = get_word(ends[0], &w, deadline);
	if (!err && w.done) {
		*fd = ends[0];
		return pid;
	}
	close(ends[0]);
	tlscage_stop(pid);
	return refused(u, err, &w, e);
}

void tlscage_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
