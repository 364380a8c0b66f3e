// SPDX-License-Identifier: MIT
/*
 * inflate.c - a cage writes what it inflates, a frame a piece, and at last
 * how it ended. Its input is mapped already when it is made.
 */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "fetch/cage.h"
#include "fetch/clock.h"
#include "gunzip.h"
#include "inflate.h"

#define PIECE	(64u << 10) /* what gunzip_run() gives at once */
#define WHY_MAX 64

struct piece {
	uint32_t size; /* 0: the end, with what follows */
	int32_t ret;
	uint64_t where;
	char why[WHY_MAX];
};

struct input {
	const uint8_t *p;
	size_t size;
	int fd;
};

static int put(int fd, const void *p, size_t size)
{
	const uint8_t *from = p;

	while (size) {
		ssize_t n = write(fd, from, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -EPIPE;
		from += n;
		size -= n;
	}
	return 0;
}

static int put_piece(void *user, const void *p, size_t size)
{
	const struct input *in = user;
	const struct piece head = {.size = size};
	int ret = put(in->fd, &head, sizeof(head));

	return ret ? ret : put(in->fd, p, size);
}

static void body(int fd, void *user)
{
	struct input *in = user;
	struct piece end = {0};
	struct fault f = {0};

	in->fd = fd;
	end.ret = gunzip_run(in->p, in->size, put_piece, in, &f);
	end.where = f.where;
	if (f.why)
		strncpy(end.why, f.why, WHY_MAX - 1);
	put(fd, &end, sizeof(end));
}

static int get(int fd, void *p, size_t size)
{
	struct pollfd w = {.fd = fd, .events = POLLIN};
	uint8_t *to = p;

	while (size) {
		ssize_t n = 0;
		int ready = poll(&w, 1, INFLATE_STALL_MS);

		if (!ready)
			return -ETIMEDOUT;
		if (ready > 0)
			n = read(fd, to, size);
		if (n < 0 || ready < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		if (!n)
			return -EPIPE;
		to += n;
		size -= n;
	}
	return 0;
}

static int unsound(const struct piece *end, struct fault *f)
{
	/* the reason is shown: it must outlive this call */
	static char why[WHY_MAX];

	if (!end->ret)
		return 0;
	memcpy(why, end->why, WHY_MAX);
	why[WHY_MAX - 1] = '\0';
	return fault_set(f, -EBADMSG, why[0] ? why : "refused", end->where);
}

/* What the cage says, until it ends or @out has had enough. */
static int pump(int fd, int (*out)(void *user, const void *p, size_t size),
		void *user, struct fault *f, int *broken)
{
	static uint8_t buf[PIECE];
	struct piece head;
	int ret;

	for (;;) {
		*broken = get(fd, &head, sizeof(head));
		if (!*broken && head.size > PIECE)
			*broken = -EBADMSG;
		if (*broken)
			return -EPROTO;
		if (!head.size)
			return unsound(&head, f);
		*broken = get(fd, buf, head.size);
		if (*broken)
			return -EPROTO;
		ret = out(user, buf, head.size);
		if (ret)
			return ret;
	}
}

int inflate_run(const uint8_t *p, size_t size,
		int (*out)(void *user, const void *p, size_t size), void *user,
		const char *object, struct fault *f, struct fetch_error *e)
{
	struct input in = {.p = p, .size = size};
	int fd, broken = 0, ret;
	pid_t pid = cage_start(body, &in, 0, &fd);

	if (pid < 0)
		return fetch_fail(e, CODE_CAGE, "%s: nobody to inflate it: %s",
				  object, strerror(-pid));
	ret = pump(fd, out, user, f, &broken);
	close(fd);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (!broken)
		return ret;
	return fetch_fail(e, CODE_CAGE, "%s: the process that inflates it %s",
			  object,
			  broken == -ETIMEDOUT ? "hangs"
			  : broken == -EBADMSG ? "answered nonsense"
					       : "died");
}
