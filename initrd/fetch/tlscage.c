// SPDX-License-Identifier: MIT
/* tlscage.c - starting TLS in its own process, and hearing what it says. */
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fetch/confine.h"
#include "fetch/pair.h"
#include "fetch/tlscage.h"

static int refused(const struct url *u, int err, const struct tls_word *w,
		   struct fetch_error *e)
{
	const char *why = w->why[0] ? w->why : "refused";

	if (err && err != -ETIMEDOUT)
		return fetch_fail(e, CODE_CAGE,
				  "%.60s:%u: the process that does TLS died",
				  u->host, u->port);
	fetch_fail(e, CODE_TLS, "%.60s:%u: %s", u->host, u->port,
		   err ? "no handshake in time" : why);
	e->lost = err || w->lost;
	return -EPROTO;
}

pid_t tlscage_start(const struct fetch_tls *t, int sock, const struct url *u,
		    uint64_t deadline, int *fd, struct fetch_error *e)
{
	struct tls_word w = {0};
	int end, err;
	pid_t pid = pair_fork(SOCK_STREAM, &end);

	if (!pid) {
		confine_stream(end, sock);
		t->client(t, u->host, u->numeric);
		confine_exit(0);
	}
	close(sock);
	if (pid < 0)
		return fetch_fail(e, CODE_CAGE,
				  "%.60s:%u: no process for TLS: %s", u->host,
				  u->port, strerror(-pid));
	fcntl(end, F_SETFL, O_NONBLOCK);
	err = pair_read(end, &w, sizeof(w), deadline);
	w.why[TLSCAGE_WHY - 1] = '\0';
	if (!err && w.done) {
		*fd = end;
		return pid;
	}
	close(end);
	tlscage_stop(pid);
	return refused(u, err, &w, e);
}

void tlscage_stop(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
