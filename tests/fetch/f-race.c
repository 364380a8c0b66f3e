// SPDX-License-Identifier: MIT
/* f-race.c - which of several addresses a connection leads to, and when. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>
#include "../unit/unit.h"
#include "fetch/clock.h"
#include "fetch/race.h"

#define LONG_MS 30000

static const struct fetch_addr six = {AF_INET6, {[15] = 1}};
static const struct fetch_addr four = {AF_INET, {127, 0, 0, 1}};

enum how { CLOSED, OPEN, SILENT };

/* A port of both families, and what answers there. */
struct port {
	uint16_t port;
	int s[2], held[2][4]; /* IPv6, IPv4 */
};

static int bound(int family, uint16_t *port)
{
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6,
				  .sin6_port = htons(*port),
				  .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct sockaddr_in a4 = {.sin_family = AF_INET,
				 .sin_port = htons(*port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	bool v6 = family == AF_INET6;
	socklen_t size = v6 ? sizeof(a6) : sizeof(a4);
	struct sockaddr *a = v6 ? (void *)&a6 : (void *)&a4;
	int s = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	CHECK(s >= 0);
	if (v6)
		setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(s, a, size)) {
		close(s);
		return -1;
	}
	CHECK(!getsockname(s, a, &size));
	*port = ntohs(v6 ? a6.sin6_port : a4.sin_port);
	return s;
}

/* What is bound and does not listen refuses; a full queue drops SYNs. */
static void behave(struct port *p, int i, enum how how)
{
	struct sockaddr_storage a;
	socklen_t size = sizeof(a);
	int k;

	for (k = 0; k < 4; k++)
		p->held[i][k] = -1;
	if (how == CLOSED)
		return;
	CHECK(!listen(p->s[i], how == SILENT ? 0 : 8));
	CHECK(!getsockname(p->s[i], (void *)&a, &size));
	for (k = 0; how == SILENT && k < 4; k++) {
		p->held[i][k] =
			socket(a.ss_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(p->held[i][k], (void *)&a, size);
	}
}

static void start(struct port *p, enum how v6, enum how v4)
{
	int tries;

	for (tries = 0; tries < 50; tries++) {
		p->port = 0;
		p->s[1] = bound(AF_INET, &p->port);
		p->s[0] = bound(AF_INET6, &p->port);
		if (p->s[0] >= 0)
			break;
		close(p->s[1]);
	}
	CHECK(p->s[0] >= 0 && p->s[1] >= 0);
	behave(p, 0, v6);
	behave(p, 1, v4);
}

static void stop(struct port *p)
{
	int i, k;

	for (i = 0; i < 2; i++) {
		close(p->s[i]);
		for (k = 0; k < 4; k++)
			if (p->held[i][k] >= 0)
				close(p->held[i][k]);
	}
}

static int family_of(int fd)
{
	struct sockaddr_storage a;
	socklen_t size = sizeof(a);

	CHECK(!getpeername(fd, (void *)&a, &size));
	return a.ss_family;
}

/* The winner's family, or -errno. */
static int race(const struct fetch_addr *addrs, unsigned int n,
		const struct port *p, uint64_t ms, struct race_path *path)
{
	int fd = race_connect(addrs, n, p->port, clock_ms() + ms, path), ret;

	if (fd < 0)
		return fd;
	ret = family_of(fd);
	close(fd);
	return ret;
}

static void test_families(void)
{
	static const struct {
		const char *what;
		enum how v6, v4;
		int want, avoid;
		bool waits;
	} rows[] = {
		{"both", OPEN, OPEN, AF_INET6, 0, false},
		{"no IPv6", CLOSED, OPEN, AF_INET, AF_INET6, false},
		{"no IPv4", OPEN, CLOSED, AF_INET6, 0, false},
		{"IPv6 silent", SILENT, OPEN, AF_INET, AF_INET6, true},
		{"IPv4 silent", OPEN, SILENT, AF_INET6, 0, false},
		{"none", CLOSED, CLOSED, -ECONNREFUSED, 0, false},
	};
	const struct fetch_addr addrs[] = {six, four};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct race_path path = {0};
		uint64_t begun = clock_ms(), took;
		struct port p;

		unit_row = rows[i].what;
		start(&p, rows[i].v6, rows[i].v4);
		CHECK_INT(race(addrs, 2, &p, LONG_MS, &path), rows[i].want);
		took = clock_ms() - begun;
		CHECK_INT(path.avoid, rows[i].avoid);
		/* the head start, and no share of the whole time */
		CHECK(!rows[i].waits || took >= 250);
		CHECK(took < LONG_MS / 3);
		stop(&p);
	}
}

/* What failed once is not first again, and still there when needed. */
static void test_memory(void)
{
	const struct fetch_addr addrs[] = {six, four};
	struct race_path path = {.avoid = AF_INET6};
	struct port p;

	start(&p, OPEN, OPEN);
	CHECK_INT(race(addrs, 2, &p, LONG_MS, &path), AF_INET);
	CHECK_INT(path.avoid, AF_INET6);
	CHECK_INT(race(addrs, 1, &p, LONG_MS, &path), AF_INET6);
	CHECK_INT(path.avoid, AF_INET6);
	stop(&p);
	start(&p, OPEN, CLOSED);
	CHECK_INT(race(addrs, 2, &p, LONG_MS, &path), AF_INET6);
	CHECK_INT(path.avoid, AF_INET);
	stop(&p);
}

/* One family does not use up the time that the other needs. */
static void test_turns(void)
{
	const struct fetch_addr addrs[] = {six, six, six, six,
					   six, six, six, four};
	struct race_path path = {0};
	uint64_t begun = clock_ms();
	struct port p;

	start(&p, SILENT, OPEN);
	CHECK_INT(race(addrs, ARRAY_SIZE(addrs), &p, 1200, &path), AF_INET);
	CHECK(clock_ms() - begun < 1200);
	stop(&p);
}

static void test_deadline(void)
{
	const struct fetch_addr addrs[] = {six, four};
	struct race_path path = {0};
	uint64_t begun = clock_ms();
	struct port p;

	start(&p, SILENT, SILENT);
	CHECK_INT(race(addrs, 2, &p, 400, &path), -ETIMEDOUT);
	CHECK(clock_ms() - begun >= 400);
	CHECK_INT(race(addrs, 2, &p, 0, &path), -ETIMEDOUT);
	CHECK_INT(race(addrs, 0, &p, 400, &path), -ENOENT);
	stop(&p);
}

/* The other side may send packets of 1280 bytes then, and no larger ones. */
static void test_narrow(void)
{
	struct race_path path = {.narrow = true};
	socklen_t size = sizeof(int);
	int fd, other, mss = 0;
	struct port p;

	start(&p, OPEN, OPEN);
	fd = race_connect(&six, 1, p.port, clock_ms() + LONG_MS, &path);
	CHECK(fd >= 0);
	other = accept(p.s[0], NULL, NULL);
	CHECK(!getsockopt(other, IPPROTO_TCP, TCP_MAXSEG, &mss, &size));
	CHECK(mss > 500 && mss <= 1220);
	close(other);
	close(fd);
	stop(&p);
}

UNIT_MAIN(UNIT_CASE(test_families), UNIT_CASE(test_memory),
	  UNIT_CASE(test_turns), UNIT_CASE(test_deadline),
	  UNIT_CASE(test_narrow))
