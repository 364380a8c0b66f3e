// SPDX-License-Identifier: MIT
/* cage.c - processes that can only compute. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fetch/cage.h"
#include "fetch/clock.h"
#include "fetch/confine.h"
#include "fetch/pair.h"

/* What goes over the socket before the bytes themselves. */
struct frame {
	uint32_t size;
	int32_t ret;
};

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

	while (!pair_read(fd, &f, sizeof(f), 0) && f.size <= CAGE_IN_MAX &&
	       !pair_read(fd, s->in, f.size, 0)) {
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
	pid_t pid = pair_fork(SOCK_STREAM, fd);

	if (!pid) {
		if (cpu_sec)
			confine_cpu(cpu_sec);
		confine_compute(*fd);
		body(0, user);
		confine_exit(0);
	}
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
	ret = pair_write(c->fd, f, sizeof(*f), deadline);
	if (!ret)
		ret = pair_write(c->fd, in, n, deadline);
	if (!ret)
		ret = pair_read(c->fd, f, sizeof(*f), deadline);
	if (!ret && (f->size > max ||
		     (f->ret < 0 ? f->size != 0 : f->size != (uint32_t)f->ret)))
		return -EBADMSG;
	return ret ? ret : pair_read(c->fd, out, f->size, deadline);
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
