// SPDX-License-Identifier: MIT
/* race.c - attempts to connect, staggered; the first that works is kept. */
#include <arpa/inet.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "fetch/race.h"

#define STAGGER_MS 250	/* RFC 8305, 5 */
#define NARROW_MSS 1220 /* fits 1280 bytes, the least IPv6 allows */

struct race {
	const struct fetch_addr *addrs[FETCH_ADDRS_MAX];
	struct pollfd fds[FETCH_ADDRS_MAX];
	unsigned int n, begun;
	int err;       /* of the last that failed */
	uint64_t next; /* attempt, when */
};

/* One of each family in turn, those of @first first. */
static void race_order(struct race *r, const struct fetch_addr *addrs,
		       unsigned int n, int first)
{
	unsigned int at[2] = {0, 0}, turn = 0, k;

	if (n > FETCH_ADDRS_MAX)
		n = FETCH_ADDRS_MAX;
	while (r->n < n) {
		/* k: 0 for @first, 1 for the other */
		for (k = turn; at[k] < n; at[k]++)
			if ((addrs[at[k]].family != first) == k)
				break;
		if (at[k] < n)
			r->addrs[r->n++] = &addrs[at[k]++];
		turn = !turn;
	}
}

static int race_dial(const struct fetch_addr *a, uint16_t port, bool narrow)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
				   .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_port = htons(port)};
	bool v6 = a->family == AF_INET6;
	int mss = NARROW_MSS, ret, fd;

	memcpy(&six.sin6_addr, a->addr, sizeof(six.sin6_addr));
	memcpy(&four.sin_addr, a->addr, sizeof(four.sin_addr));
	fd = socket(v6 ? AF_INET6 : AF_INET,
		    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (narrow)
		setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &mss, sizeof(mss));
	ret = connect(fd, v6 ? (void *)&six : (void *)&four,
		      v6 ? sizeof(six) : sizeof(four));
	if (!ret || errno == EINPROGRESS || errno == EINTR)
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

static void race_begin(struct race *r, uint16_t port, bool narrow, uint64_t now)
{
	int fd = race_dial(r->addrs[r->begun], port, narrow);

	r->fds[r->begun].fd = fd;
	r->fds[r->begun++].events = POLLOUT;
	r->next = now + STAGGER_MS;
	if (fd < 0) {
		r->err = fd;
		r->next = now;
	}
}

/* Has attempt @i come to an end? True when it is the one. */
static bool race_won(struct race *r, unsigned int i)
{
	socklen_t size = sizeof(int);
	int err = 0;

	if (r->fds[i].fd < 0 || !r->fds[i].revents)
		return false;
	if (getsockopt(r->fds[i].fd, SOL_SOCKET, SO_ERROR, &err, &size))
		err = errno;
	if (!err)
		return true;
	close(r->fds[i].fd);
	r->fds[i].fd = -1;
	r->err = -err;
	r->next = 0;
	return false;
}

static bool race_running(const struct race *r)
{
	unsigned int i;

	for (i = 0; i < r->begun; i++)
		if (r->fds[i].fd >= 0)
			return true;
	return r->begun < r->n;
}

/* The number of the attempt that won, or -errno. */
static int race_run(struct race *r, uint16_t port, uint64_t deadline,
		    bool narrow)
{
	unsigned int i;

	while (race_running(r)) {
		uint64_t now = clock_ms(), until = deadline;

		if (now >= deadline)
			return -ETIMEDOUT;
		if (r->begun < r->n && now >= r->next) {
			race_begin(r, port, narrow, now);
			continue;
		}
		if (r->begun < r->n && r->next < until)
			until = r->next;
		until = until > now ? until - now : 0;
		if (poll(r->fds, r->begun,
			 until > INT_MAX ? INT_MAX : (int)until) <= 0)
			continue;
		for (i = 0; i < r->begun; i++)
			if (race_won(r, i))
				return (int)i;
	}
	return r->err;
}

int race_connect(const struct fetch_addr *addrs, unsigned int n, uint16_t port,
		 uint64_t deadline_ms, struct race_path *path)
{
	struct race r = {.err = -ENOENT};
	int first = n ? addrs[0].family : AF_INET6, won, fd;
	unsigned int i;

	if (first == path->avoid)
		first = first == AF_INET6 ? AF_INET : AF_INET6;
	race_order(&r, addrs, n, first);
	won = race_run(&r, port, deadline_ms, path->narrow);
	for (i = 0; i < r.begun; i++)
		if ((int)i != won && r.fds[i].fd >= 0)
			close(r.fds[i].fd);
	if (won < 0)
		return won;
	fd = r.fds[won].fd;
	if (r.addrs[won]->family != r.addrs[0]->family)
		path->avoid = r.addrs[0]->family;
	return fd;
}
