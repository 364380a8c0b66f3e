/* SPDX-License-Identifier: MIT */
/* u-cage.c - what a cage answers, what it cannot do, and how it ends. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "fetch/cage.h"
#include "unit.h"

/* Each question's first byte says what the function is to do. */
enum what {
	ECHO,
	REFUSE,
	DIE,
	FAULT,
	OPEN,
	SOCKET,
	EXECUTE,
	FORK,
	FLOOD,
	OVERLONG,
	MEMORY,
	LIE,
	HANG,
};

static int tried(int ret, int err)
{
	return ret < 0 && err == EPERM ? 0 : 1;
}

static int play(void *in, size_t n, void *out, size_t max)
{
	const uint8_t *p = in;
	static const char junk[256] = "junk";
	static int *volatile nowhere;

	switch (n ? p[0] : ECHO) {
	case REFUSE:
		return -EBADMSG;
	case DIE:
		_exit(3);
	case FAULT:
		*nowhere = 1;
		return 0;
	case OPEN:
		n = open("/", O_RDONLY) < 0;
		return tried(-(int)n, errno);
	case SOCKET:
		n = socket(AF_UNIX, SOCK_STREAM, 0) < 0;
		return tried(-(int)n, errno);
	case EXECUTE:
		n = mmap(NULL, 4096, PROT_READ | PROT_EXEC,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED;
		return tried(-(int)n, errno);
	case FORK:
		n = fork() < 0;
		return tried(-(int)n, errno);
	case FLOOD:
		for (;;)
			if (write(0, junk, sizeof(junk)) < 0)
				_exit(0);
	case OVERLONG:
		return (int)max;
	case MEMORY:
		return mmap(NULL, 128 << 20, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
			       ? 0
			       : 1;
	case LIE:
		/* a frame that says 1 and has 7 */
		if (write(0, "\7\0\0\0\1\0\0\0", 8) < 0)
			_exit(0);
		return 0;
	case HANG:
		for (;;)
			if (read(0, out, max) <= 0)
				_exit(0);
	default:
		memcpy(out, in, n);
		return (int)n;
	}
}

static const struct {
	const char *name;
	enum what what;
	int ret;
	const char *text;
} rows[] = {
	{"refuses", REFUSE, -EBADMSG, NULL},
	{"exits", DIE, -EPROTO, "died"},
	{"faults", FAULT, -EPROTO, "died"},
	{"hangs", HANG, -EPROTO, "hangs"},
	{"floods", FLOOD, -EPROTO, "nonsense"},
	{"more than there is room for", OVERLONG, -EPROTO, "nonsense"},
	{"lies about the length", LIE, -EPROTO, "nonsense"},
#ifndef __SANITIZE_ADDRESS__
	{"may not open", OPEN, 0, NULL},
	{"may not make a socket", SOCKET, 0, NULL},
	{"may not make code", EXECUTE, 0, NULL},
	{"may not fork", FORK, 0, NULL},
	{"may not have all memory", MEMORY, 0, NULL},
#endif
};

/* One cage for all: after its death the next question gets another. */
static void answers(void)
{
	struct cage c = {.answer_ms = 200};
	struct fetch_error e;
	uint8_t q[300], a[300];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].name;
		memset(q, 0, sizeof(q));
		memset(&e, 0, sizeof(e));
		q[0] = rows[i].what;
		CHECK_INT(cage_ask(&c, play, q, 1, a, 16, "thing", &e),
			  rows[i].ret);
		if (rows[i].text) {
			CHECK_INT(e.code, CODE_CAGE);
			CHECK(strstr(e.text, rows[i].text) != NULL);
			CHECK(!memcmp(e.text, "thing: ", 7));
			CHECK_INT(c.pid, 0);
		}
		q[0] = ECHO;
		q[1] = i;
		CHECK_INT(cage_ask(&c, play, q, sizeof(q), a, sizeof(a), "", &e),
			  sizeof(q));
		CHECK(!memcmp(q, a, sizeof(q)));
	}
	cage_close(&c);
	CHECK_INT(c.pid, 0);
	cage_close(&c);
}

/* The largest question there may be, and one above it. */
static void sizes(void)
{
	static uint8_t q[CAGE_IN_MAX + 1], a[CAGE_IN_MAX];
	struct fetch_error e;
	size_t i;

	for (i = 0; i < sizeof(q); i++)
		q[i] = i % 251 & ~1;
	q[0] = ECHO;
	CHECK_INT(cage_once(play, q, CAGE_IN_MAX, a, sizeof(a), "", &e),
		  CAGE_IN_MAX);
	CHECK(!memcmp(q, a, sizeof(a)));
	CHECK_INT(cage_once(play, q, sizeof(q), a, sizeof(a), "", &e), -E2BIG);
	CHECK_INT(cage_once(play, q, 0, a, sizeof(a), "", &e), 0);
}

/* Killed from outside between two questions. */
static void killed(void)
{
	struct cage c = {0};
	struct fetch_error e;
	uint8_t q[2] = {ECHO}, a[2];

	CHECK_INT(cage_ask(&c, play, q, 2, a, 2, "x", &e), 2);
	kill(c.pid, SIGKILL);
	CHECK_INT(cage_ask(&c, play, q, 2, a, 2, "x", &e), -EPROTO);
	CHECK_INT(e.code, CODE_CAGE);
	CHECK_INT(cage_ask(&c, play, q, 2, a, 2, "x", &e), 2);
	cage_close(&c);
}

UNIT_MAIN(UNIT_CASE(answers), UNIT_CASE(sizes), UNIT_CASE(killed))
