// SPDX-License-Identifier: MIT
/* syslog.c - lines of the console to a remote log. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "console.h"
#include "fetch/clock.h"
#include "fetch/confine.h"
#include "fetch/raw.h"
#include "format/url.h"
#include "resolve.h"
#include "syslog.h"

#define PORT	   514
#define KEPT	   64
#define TRY_MS	   10000 /* to find a name */
#define PAUSE_MS   5000	 /* before it is looked for again */
#define CLOSE_STEP 10

struct line {
	enum logline_severity severity;
	uint64_t ms; /* clock_ms */
	char text[CONSOLE_LINE + 1];
};

static struct line kept[KEPT]; /* until there is a process */
static unsigned int n_kept;
static int out = -1;
static pid_t sender;
static bool ended;

/* What the process knows. */
struct sender {
	struct boot *b;
	struct url to;
	int in, s;
	unsigned int sequence;
	char ip[IP6_TEXT_MAX];
};

static void hand(const struct line *l)
{
	/* full, or gone: a log is never worth a wait */
	send(out, l, sizeof(*l), MSG_DONTWAIT | MSG_NOSIGNAL);
}

void syslog_line(enum logline_severity severity, const char *text)
{
	struct line l = {.severity = severity, .ms = clock_ms()};

	if (ended)
		return;
	text_copy(l.text, sizeof(l.text), text_span(text));
	if (out >= 0)
		hand(&l);
	else
		kept[n_kept++ % KEPT] = l;
}

static int dial(struct sender *w, const struct fetch_addr *a)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
				   .sin6_port = htons(w->to.port)};
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_port = htons(w->to.port)};
	bool v6 = a->family == AF_INET6;
	int s = socket(a->family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	memcpy(&six.sin6_addr, a->addr, sizeof(six.sin6_addr));
	memcpy(&four.sin_addr, a->addr, sizeof(four.sin_addr));
	if (s >= 0 && connect(s, v6 ? (void *)&six : (void *)&four,
			      v6 ? sizeof(six) : sizeof(four))) {
		close(s);
		s = -1;
	}
	return s;
}

/* Connected to the first address that there is a route to, or not yet. */
static bool reach(struct sender *w)
{
	struct span host = text_span(w->to.host);
	struct fetch_addr addrs[FETCH_ADDRS_MAX];
	struct fetch_error e;
	uint32_t four;
	int n = 1;

	/* klibc's inet_pton() knows no IPv6 */
	if (w->to.numeric && !ip6_parse(host, addrs[0].addr)) {
		addrs[0].family = AF_INET6;
	} else if (w->to.numeric && !lease_ipv4(host, &four)) {
		addrs[0].family = AF_INET;
		put_be32(addrs[0].addr, four);
	}
	if (!w->to.numeric)
		n = resolve_host(w->b, w->to.host, TRY_MS, addrs, &e);
	for (int i = 0; i < n && w->s < 0; i++)
		w->s = dial(w, &addrs[i]);
	return w->s >= 0;
}

/* The time of day a line was written at, where the clock can be believed. */
static uint64_t wall(const struct sender *w, uint64_t ms)
{
	struct timespec t = {0};
	uint64_t now;

	raw_call(__NR_clock_gettime, CLOCK_REALTIME, (long)&t, 0, 0, 0);
	now = (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	return (uint64_t)t.tv_sec > w->b->policy.built ? now - (clock_ms() - ms)
						       : 0;
}

static void emit(struct sender *w, const struct line *l)
{
	static const char own[] = "slipway: ";
	const struct lease *lease = &w->b->lease;
	struct span text = text_span(l->text);
	char buf[LOGLINE_MAX];
	struct logline o = {
		.severity = l->severity,
		.wall_ms = wall(w, l->ms),
		.host = lease->hostname[0] ? lease->hostname
			: w->ip[0]	   ? w->ip
					   : w->b->machine.mac,
		.ip = w->ip,
		.sequence = ++w->sequence,
	};
	int n;

	text_strip(&text, own);
	o.text = text.p;
	n = logline_print(buf, &o);
	/* twice: the first may only fetch what ICMP said of the last one */
	if (send(w->s, buf, n, MSG_NOSIGNAL) < 0)
		send(w->s, buf, n, MSG_NOSIGNAL);
}

static void run(struct sender *w)
{
	struct line l;

	struct pollfd p = {.fd = w->in};

	confine_network();
	/* whoever hangs up has no more to say and does not wait */
	while (!reach(w))
		if (poll(&p, 1, PAUSE_MS) > 0)
			return;
	while (recv(w->in, &l, sizeof(l), 0) == sizeof(l)) {
		l.text[CONSOLE_LINE] = '\0';
		emit(w, &l);
	}
}

static void own_address(struct sender *w)
{
	const struct lease *l = &w->b->lease;

	if (w->b->has_lease && l->addr)
		lease_ipv4_print(w->ip, l->addr);
	else if (w->b->has_lease && !ip6_none(l->six.addr))
		ip6_print(w->ip, l->six.addr);
}

static int start(struct sender *w)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	sender = fork();
	if (!sender) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		close(ends[1]);
		w->in = ends[0];
		run(w);
		confine_exit(0);
	}
	close(ends[0]);
	out = ends[1];
	if (sender > 0)
		return 0;
	sender = 0;
	close(out);
	out = -1;
	return -EAGAIN;
}

void syslog_open(struct boot *b)
{
	struct sender w = {.b = b, .s = -1};
	unsigned int i = n_kept > KEPT ? n_kept - KEPT : 0;

	if (out >= 0 || ended)
		return;
	if (!b->args.syslog.n ||
	    url_endpoint(&w.to, b->args.syslog, PORT, NULL)) {
		ended = true;
		return;
	}
	own_address(&w);
	if (start(&w)) {
		ended = true;
		return;
	}
	for (; i < n_kept; i++)
		hand(&kept[i % KEPT]);
	console_say("syslog to %.60s port %u: %s%s%s%s%s", w.to.host, w.to.port,
		    b->machine.mac, b->machine.uuid[0] ? " uuid " : "",
		    b->machine.uuid, b->machine.serial[0] ? " serial " : "",
		    b->machine.serial);
}

void syslog_close(unsigned int ms)
{
	uint64_t end = clock_ms() + ms;

	ended = true;
	if (out < 0)
		return;
	close(out);
	out = -1;
	while (!waitpid(sender, NULL, WNOHANG)) {
		if (clock_ms() >= end)
			kill(sender, SIGKILL);
		clock_pause(CLOSE_STEP);
	}
	sender = 0;
}
