// SPDX-License-Identifier: MIT
/* cage.c - processes that can only compute. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fetch/cage.h"
#include "fetch/clock.h"
#include "fetch/confine.h"

/* What goes over the socket before the bytes themselves. */
struct frame {
	uint32_t size;
	int32_t ret;
};

static int full_read(int fd, void *p, size_t size, uint64_t deadline)
{
	struct pollfd w = {.fd = fd, .events = POLLIN};
	uint8_t *to = p;
	ssize_t n;

	while (size) {
		n = read(fd, to, size);
		if (n > 0) {
			to += n;
			size -= (size_t)n;
		} else if (!n) {
			return -EPIPE;
		} else if (errno == EAGAIN) {
			uint64_t now = clock_ms();

			if (now >= deadline)
				return -ETIMEDOUT;
			poll(&w, 1, (int)(deadline - now));
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

static int full_write(int fd, const void *p, size_t size, uint64_t deadline)
{
	struct pollfd w = {.fd = fd, .events = POLLOUT};
	const uint8_t *from = p;
	ssize_t n;

	while (size) {
		n = send(fd, from, size, MSG_NOSIGNAL);
		if (n >= 0) {
			from += n;
			size -= (size_t)n;
		} else if (errno == EAGAIN) {
			uint64_t now = clock_ms();

			if (now >= deadline)
				return -ETIMEDOUT;
			poll(&w, 1, (int)(deadline - now));
		} else if (errno != EINTR) {
			return -errno;
		}
	}
	return 0;
}

/* Plain write(2), and waiting for ever: the filter knows no other way. */
static bool put(int fd, const void *p, size_t size)
{
	const uint8_t *from = p;
	ssize_t n;

	while (size) {
		n = write(fd, from, size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		from += n;
		size -= (size_t)n;
	}
	return true;
}

#define CPU_SEC 30 /* of one cage in all its life */

struct server {
	cage_fn fn;
	uint8_t *in, *out;
};

static void serve(int fd, void *user)
{
	const struct server *s = user;
	struct frame f;
	int n;

	while (!full_read(fd, &f, sizeof(f), 0) && f.size <= CAGE_IN_MAX &&
	       !full_read(fd, s->in, f.size, 0)) {
		n = s->fn(s->in, f.size, s->out, CAGE_IN_MAX);
		f.ret = n;
		f.size = n > 0 ? (uint32_t)n : 0;
		if (!put(fd, &f, sizeof(f)) || !put(fd, s->out, f.size))
			break;
	}
}

pid_t cage_start(void (*body)(int fd, void *user), void *user,
		 unsigned int cpu_sec, int *fd)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	pid = fork();
	if (pid < 0) {
		pid = -errno;
		close(ends[0]);
		close(ends[1]);
		return pid;
	}
	if (!pid) {
		if (cpu_sec)
			confine_cpu(cpu_sec);
		confine_compute(ends[1]);
		body(0, user);
		confine_exit(0);
	}
	close(ends[1]);
	*fd = ends[0];
	return pid;
}

static int start_server(struct cage *c, cage_fn fn)
{
	const size_t size = 2 * CAGE_IN_MAX;
	uint8_t *room = mmap(NULL, size, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct server s = {.fn = fn};

	if (room == MAP_FAILED)
		return -errno;
	s.in = room;
	s.out = room + CAGE_IN_MAX;
	c->pid = cage_start(serve, &s, CPU_SEC, &c->fd);
	/* the cage has a copy */
	munmap(room, size);
	if (c->pid < 0) {
		int ret = c->pid;

		c->pid = 0;
		return ret;
	}
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	return 0;
}

static int ask(struct cage *c, const void *in, size_t n, void *out, size_t max,
	       struct frame *f)
{
	uint64_t deadline =
		clock_ms() + (c->answer_ms ? c->answer_ms : CAGE_ANSWER_MS);
	int ret;

	f->size = (uint32_t)n;
	f->ret = 0;
	ret = full_write(c->fd, f, sizeof(*f), deadline);
	if (!ret)
		ret = full_write(c->fd, in, n, deadline);
	if (!ret)
		ret = full_read(c->fd, f, sizeof(*f), deadline);
	if (!ret && (f->size > max ||
		     (f->ret < 0 ? f->size != 0 : f->size != (uint32_t)f->ret)))
		return -EBADMSG;
	return ret ? ret : full_read(c->fd, out, f->size, deadline);
}

static const char *reason(int err)
{
	switch (err) {
	case -EPIPE:
	case -ECONNRESET:
		return "died";
	case -ETIMEDOUT:
		return "hangs";
	case -EBADMSG:
		return "answered nonsense";
	default:
		return strerror(-err);
	}
}

int cage_ask(struct cage *c, cage_fn fn, const void *in, size_t n, void *out,
	     size_t max, const char *object, struct fetch_error *e)
{
	struct frame f;
	int ret = 0;

	if (n > CAGE_IN_MAX)
		return -E2BIG;
	if (!c->pid)
		ret = start_server(c, fn);
	if (ret)
		return fetch_fail(e, CODE_CAGE,
				  "%s: no process to check it: %s", object,
				  strerror(-ret));
	ret = ask(c, in, n, out, max, &f);
	if (!ret)
		return f.ret;
	cage_close(c);
	return fetch_fail(e, CODE_CAGE, "%s: the process that checks it %s",
			  object, reason(ret));
}

void cage_close(struct cage *c)
{
	if (!c->pid)
		return;
	close(c->fd);
	kill(c->pid, SIGKILL);
	while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
}

int cage_once(cage_fn fn, const void *in, size_t n, void *out, size_t max,
	      const char *object, struct fetch_error *e)
{
	struct cage c = {0};
	int ret = cage_ask(&c, fn, in, n, out, max, object, e);

	cage_close(&c);
	return ret;
}
