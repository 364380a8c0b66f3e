// SPDX-License-Identifier: MIT
/*
 * f-tls.c - https over loopback: socat does TLS in front of badhttpd, which
 * knows nothing of it.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../unit/unit.h"
#include "fetch/clock.h"
#include "fetch/tls.h"
#include "rig.h"

#define M   RIG_BLOB
#define FAR 4102444800u /* 2100: later than any certificate here */
#define OLD 946684800u	/* 2000: earlier */

enum front { SOCAT, PLAIN, CUT, HOLD, JUNK };

struct row {
	const char *name;
	const char *cert, *options, *roots; /* NULL: good, none, ca */
	enum front front;
	enum { NOW, NEVER, LATE, EARLY } clock;
	enum rig_what what;
	const char *rule; /* of badhttpd */
	enum code code;
	const char *text; /* in the message */
	bool lost; /* nobody was heard */
};

#define TLS11 ",max-version=TLS1.1,min-version=TLS1.0" \
	      ",cipher=ALL:@SECLEVEL=0"
#define TLS12 ",max-version=TLS1.2"

/* clang-format off */
static const struct row rows[] = {
	{.name = "TLS 1.3", .what = BLOB_DIGEST},
	{.name = "TLS 1.3, a layer", .what = LAYER},
	{.name = "TLS 1.2, a layer", .options = TLS12, .what = LAYER},
	{.name = "RSA", .cert = "rsa", .what = BLOB_DIGEST},
	{.name = "RSA and TLS 1.2", .cert = "rsa", .options = TLS12,
	 .what = BLOB_DIGEST},
	{.name = "a layer that is cut off", .what = LAYER,
	 .rule = "* truncate=70000"},
	{.name = "a layer without length", .what = LAYER,
	 .rule = "* length=none;norange"},
	{.name = "every byte alone", .what = BLOB_DIGEST,
	 .rule = "* bytewise"},
	{.name = "wrong bytes", .what = BLOB_DIGEST, .rule = "* swap=other",
	 .code = CODE_HASH},
	{.name = "another CA", .roots = "other", .code = CODE_TLS,
	 .text = "certificate of an unknown issuer"},
	{.name = "the certificate itself as anchor", .roots = "good"},
	{.name = "no anchor", .roots = "none", .code = CODE_TLS,
	 .text = "anchors"},
	{.name = "expired", .clock = LATE, .code = CODE_TLS,
	 .text = "certificate expired"},
	{.name = "not valid yet", .clock = EARLY, .code = CODE_TLS,
	 .text = "certificate not valid yet"},
	{.name = "expired yesterday", .cert = "late", .code = CODE_TLS,
	 .text = "certificate expired"},
	{.name = "expired yesterday, no clock", .cert = "late",
	 .clock = NEVER, .what = BLOB_DIGEST},
	{.name = "no clock", .clock = NEVER, .what = BLOB_DIGEST},
	{.name = "no clock, another CA", .clock = NEVER, .roots = "other",
	 .code = CODE_TLS, .text = "unknown issuer"},
	{.name = "wrong name", .cert = "name", .code = CODE_TLS,
	 .text = "certificate for another name"},
	{.name = "no clock, wrong name", .cert = "name", .clock = NEVER,
	 .code = CODE_TLS, .text = "another name"},
	{.name = "TLS 1.1 only", .options = TLS11, .code = CODE_TLS,
	 .text = "neither TLS 1.2 nor 1.3"},
	{.name = "no TLS at that port", .front = PLAIN, .code = CODE_TLS,
	 .text = "does not speak TLS"},
	{.name = "cut in the handshake", .front = CUT, .code = CODE_TLS,
	 .lost = true,
	 .text = "connection lost in the handshake"},
	{.name = "stalled in the handshake", .front = HOLD, .code = CODE_TLS,
	 .lost = true,
	 .text = "no handshake in time"},
	{.name = "junk in the handshake", .front = JUNK, .code = CODE_TLS},
	{.name = "from https to http", .code = CODE_REDIR,
	 .rule = "* redirect=http://127.0.0.1/",
	 .text = "from https to http"},
	{.name = "with user info", .code = CODE_REDIR,
	 .rule = "* redirect=https://u:p@127.0.0.1/", .text = "user info"},
};
/* clang-format on */

static char dir[128];
static int owner;
static struct fetch_tls tls = {.client = tls_client};

static void tls_remove(void)
{
	char line[160];

	snprintf(line, sizeof(line), "rm -rf '%s'", dir);
	if (getpid() == owner && system(line))
		fprintf(stderr, "# %s is left\n", dir);
}

/* tests/ is found from the program's own place in the build, or told. */
static void tls_setup(void)
{
	const char *root = getenv("T_ROOT");
	char line[512];

	rig_setup();
	if (dir[0])
		return;
	snprintf(dir, sizeof(dir), "%.100s/tls.XXXXXX",
		 getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	CHECK(mkdtemp(dir));
	owner = getpid();
	atexit(tls_remove);
	snprintf(line, sizeof(line), "%s/tests/tlskeys.sh '%s'",
		 root ? root : ".", dir);
	CHECK_INT(system(line), 0);
}

static void use_roots(const char *name)
{
	static uint8_t der[8192];
	char path[256];
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "%s/%s.der", dir, name);
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		n = read(fd, der, sizeof(der));
		close(fd);
	}
	tls.roots = der;
	tls.roots_size = n > 0 ? (size_t)n : 0;
}

static int listening(unsigned int *port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	socklen_t n = sizeof(a);

	CHECK(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	CHECK(!bind(fd, (void *)&a, n) && !getsockname(fd, (void *)&a, &n));
	*port = ntohs(a.sin_port);
	return fd;
}

static void exec_socat(const struct row *r, unsigned int port,
		       unsigned int behind)
{
	char from[400], to[64];

	snprintf(from, sizeof(from),
		 "OPENSSL-LISTEN:%u,bind=127.0.0.1,reuseaddr,fork,verify=0,"
		 "cert=%s/%s.pem%s", port, dir, r->cert ? r->cert : "good",
		 r->options ? r->options : "");
	snprintf(to, sizeof(to), "TCP:127.0.0.1:%u", behind);
	execlp("socat", "socat", "-lf/dev/null", from, to, NULL);
	perror("socat");
	_exit(127);
}

/* A server that never gets to TLS. */
static void misbehave(enum front front, int fd)
{
	static const char http[] = "HTTP/1.1 400 Bad Request\r\n"
				   "Content-Length: 0\r\n\r\n";
	char buf[4096];
	int c;

	CHECK(!listen(fd, 16));
	for (;;) {
		c = accept(fd, NULL, NULL);
		if (front == HOLD)
			continue;
		if (recv(c, buf, sizeof(buf), 0) > 0 && front == PLAIN)
			send(c, http, strlen(http), MSG_NOSIGNAL);
		if (front == JUNK) {
			memset(buf, 0xa5, sizeof(buf));
			/* a handshake record of a ServerHello that is none */
			memcpy(buf, "\x16\x03\x03\x02\x00\x02\x00\x01\xfc", 9);
			send(c, buf, 517, MSG_NOSIGNAL);
		}
		close(c);
	}
}

static bool answers(unsigned int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons(port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	bool ok = !connect(fd, (void *)&a, sizeof(a));

	close(fd);
	return ok;
}

/* Returns the process in front of the server at @behind; its group dies. */
static pid_t front_start(const struct row *r, unsigned int behind,
			 unsigned int *port)
{
	int fd = listening(port), i;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		setpgid(0, 0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (r->front != SOCAT)
			misbehave(r->front, fd);
		close(fd);
		exec_socat(r, *port, behind);
	}
	setpgid(pid, pid);
	close(fd);
	for (i = 0; i < 500 && !answers(*port); i++)
		usleep(10000);
	CHECK(i < 500);
	return pid;
}

static void front_stop(pid_t pid)
{
	kill(-pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void set_clock(const struct row *r)
{
	const uint64_t times[] = {time(NULL), 0, FAR, OLD};

	tls.now = times[r->clock];
}

static void https_mirror(struct rig *r, const char *host, unsigned int port)
{
	char url[64];

	r->f.env.tls = &tls;
	snprintf(url, sizeof(url), "https://%s:%u", host, port);
	CHECK_INT(fetch_add_mirror(&r->f, text_span(url), NULL), 0);
}

static void check_row(const struct row *row)
{
	const char *const rules[RIG_RULES_MAX] = {row->rule};
	struct rig_server s;
	unsigned int port;
	struct rig r;
	pid_t front;
	int ret;

	rig_serve(&s, "127.0.0.1", rules);
	front = front_start(row, s.port, &port);
	use_roots(row->roots ? row->roots : "ca");
	set_clock(row);
	rig_init(&r, 42);
	https_mirror(&r, "127.0.0.1", port);
	ret = rig_fetch(&r, row->what);
	fetch_close(&r.f);
	front_stop(front);
	rig_stop(&s);
	/* nothing that did TLS is left */
	CHECK(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
	if (ret)
		CHECK_STR(code_name(r.e.code), code_name(row->code));
	CHECK_INT(ret, row->code ? -EPROTO : 0);
	if (ret && row->text && !strstr(r.e.text, row->text))
		CHECK_STR(r.e.text, row->text);
	/* who was not heard is no liar */
	if (row->code == CODE_TLS)
		CHECK_INT(r.f.mirrors[0].bad, !row->lost);
}

static void test_rows(void)
{
	size_t i;

	tls_setup();
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].name;
		check_row(&rows[i]);
	}
}

/* http may lead to https, and one connection serves many requests. */
static void test_redirect(void)
{
	static struct rig_request log[RIG_LOG_MAX];
	const char *rules[RIG_RULES_MAX] = {NULL};
	const struct row plain = {0};
	struct rig_server s, t;
	char rule[80];
	unsigned int port;
	struct rig r;
	pid_t front;

	tls_setup();
	use_roots("ca");
	set_clock(&plain);
	rig_serve(&t, "127.0.0.1", NULL);
	front = front_start(&plain, t.port, &port);
	snprintf(rule, sizeof(rule), "* redirect=https://127.0.0.1:%u/%s", port,
		 M);
	rules[0] = rule;
	rig_serve(&s, "127.0.0.1", rules);
	rig_init(&r, 1);
	rig_mirror(&r, s.port);
	/* no TLS in this program: says what to do about it */
	CHECK_INT(rig_fetch_blob(&r, true), -EPROTO);
	CHECK_STR(code_name(r.e.code), "E-URL");
	CHECK(strstr(r.e.text, FETCH_NO_TLS));
	fetch_close(&r.f);
	rig_init(&r, 1);
	r.f.env.tls = &tls;
	rig_mirror(&r, s.port);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	CHECK_INT(r.n_waits, 0);
	fetch_close(&r.f);
	/* kept alive */
	rig_init(&r, 1);
	https_mirror(&r, "127.0.0.1", port);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	CHECK_INT(rig_fetch_blob(&r, true), 0);
	CHECK_INT(rig_log(&t, log), 3);
	CHECK(log[1].conn == log[2].conn);
	fetch_close(&r.f);
	rig_stop(&s);
	front_stop(front);
	rig_stop(&t);
}

/* Without TLS the mirror is refused at once, in words that help. */
static void test_none(void)
{
	struct fault why = {0};
	struct rig r;

	rig_setup();
	rig_init(&r, 1);
	CHECK_INT(fetch_add_mirror(&r.f, text_span("https://h/"), &why),
		  -EBADMSG);
	CHECK_STR(why.why, FETCH_NO_TLS);
}

/* It may do nothing but what it is for, and ends with its owner. */
static void attempt(const struct fetch_tls *t, const char *host, bool numeric)
{
	struct tls_word w = {.done = 1};
	bool caught = open("/dev/null", O_RDONLY) >= 0 ||
		      socket(AF_INET, SOCK_STREAM, 0) >= 0 || fork() >= 0 ||
		      getuid() == 0 || fcntl(2, F_GETFD) >= 0;

	if (caught)
		w = (struct tls_word){.why = "could do more than it may"};
	send(TLSCAGE_PLAIN, &w, sizeof(w), MSG_NOSIGNAL);
	while (recv(TLSCAGE_PLAIN, &w, sizeof(w), 0) > 0)
		;
}

static void test_confined(void)
{
#ifndef __SANITIZE_ADDRESS__
	const struct fetch_tls t = {.client = attempt};
	struct url u = {.host = "h", .port = 1};
	struct fetch_error e = {0};
	int fd = -1, pair[2];
	pid_t pid;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	pid = tlscage_start(&t, pair[0], &u, clock_ms() + 5000, &fd, &e);
	CHECK_STR(e.text, "");
	CHECK(pid > 0);
	close(fd);
	CHECK_INT(waitpid(pid, NULL, 0), pid);
	close(pair[1]);
#endif
}

UNIT_MAIN(UNIT_CASE(test_none), UNIT_CASE(test_confined), UNIT_CASE(test_rows),
	  UNIT_CASE(test_redirect))
