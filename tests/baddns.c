// SPDX-License-Identifier: MIT
/*
 * baddns.c - a name server that misbehaves as told, over UDP and TCP.
 *
 * baddns --bind ADDR [--port N] [--log FILE] --rule 'GLOB ACTIONS'...
 *
 * Prints "ready" when it listens. The first rule whose GLOB matches the name
 * counts, no rule is NXDOMAIN. ACTIONS are parted by ';':
 *
 *	a=IPv4 aaaa=IPv6	an address, may be repeated
 *	nxdomain servfail refused empty
 *	silence noaaaa		no answer at all; none to AAAA
 *	tc			truncated over UDP, whole over TCP
 *	tccut tcstall tcjunk tcshort	the same, and over TCP: half of it, then
 *				FIN or silence; 64 KiB of nonsense; a length
 *				that no message has
 *	big			64 KiB of addresses, over TCP
 *	loop			a name that points at itself
 *	wrongid wrongq		an answer to something else
 *	spoof			ten of those, then the right one
 *	chain=N			CNAMEs before the address
 *	delay=MS
 *
 * The log has a line a question: u or t, type, name.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RULES_MAX 32
#define ADDRS_MAX 8
#define MSG_SIZE  65535
#define A	  1
#define AAAA	  28

struct rule {
	char *glob;
	unsigned int n[2]; /* A, AAAA */
	uint8_t addrs[2][ADDRS_MAX][16];
	unsigned int rcode, chain, delay;
	bool silence, noaaaa, tc, tccut, tcstall, tcjunk, tcshort, big, loop;
	bool wrongid, wrongq, spoof;
};

static struct rule rules[RULES_MAX];
static unsigned int n_rules;
static int log_fd = -1;

static const struct {
	const char *word;
	size_t at;
} flags[] = {
#define FLAG(f)                                                                \
	{                                                                      \
#f, offsetof(struct rule, f)                                   \
	}
	FLAG(silence), FLAG(noaaaa),  FLAG(tc),	     FLAG(tccut),
	FLAG(tcstall), FLAG(tcjunk),  FLAG(tcshort), FLAG(big),
	FLAG(loop),    FLAG(wrongid), FLAG(wrongq),  FLAG(spoof),
};

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "baddns: %s\n", what);
	exit(2);
}

static bool add_addr(struct rule *r, int f, const char *text)
{
	return r->n[f] < ADDRS_MAX && inet_pton(f ? AF_INET6 : AF_INET, text,
						r->addrs[f][r->n[f]++]) == 1;
}

static bool action(struct rule *r, char *word)
{
	char *value = strchr(word, '=');

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (!strcmp(word, flags[i].word))
			return *((bool *)((char *)r + flags[i].at)) = true;
	if (!strcmp(word, "empty"))
		return true;
	if (!strcmp(word, "nxdomain"))
		return (r->rcode = 3);
	if (!strcmp(word, "servfail"))
		return (r->rcode = 2);
	if (!strcmp(word, "refused"))
		return (r->rcode = 5);
	if (!value)
		return false;
	*value++ = '\0';
	if (!strcmp(word, "a") || !strcmp(word, "aaaa"))
		return add_addr(r, word[1] == 'a', value);
	if (!strcmp(word, "chain"))
		return (r->chain = atoi(value));
	return !strcmp(word, "delay") && (r->delay = atoi(value));
}

static void add_rule(char *text)
{
	struct rule *r = &rules[n_rules++];
	char *word;

	if (n_rules == RULES_MAX)
		die("too many rules");
	r->glob = strtok(text, " ");
	if (!r->glob)
		die("a rule without a name");
	while ((word = strtok(NULL, ";")))
		if (!action(r, word))
			die(word);
	r->tc |= r->tccut || r->tcstall || r->tcjunk || r->tcshort || r->big;
}

struct msg {
	uint8_t p[MSG_SIZE];
	size_t n;
};

static void put(struct msg *m, const void *p, size_t n)
{
	if (m->n + n > sizeof(m->p))
		die("answer too long");
	memcpy(m->p + m->n, p, n);
	m->n += n;
}

static void put16(struct msg *m, unsigned int v)
{
	uint8_t two[2] = {v >> 8, v};

	put(m, two, 2);
}

/* A record; its owner is a pointer to @owner. Counts itself. */
static void record(struct msg *m, unsigned int owner, unsigned int type,
		   const void *data, unsigned int n)
{
	unsigned int count = (m->p[6] << 8 | m->p[7]) + 1;

	put16(m, 0xc000 | owner);
	put16(m, type);
	put16(m, 1);
	put16(m, 0);
	put16(m, 60);
	put16(m, n);
	put(m, data, n);
	m->p[6] = count >> 8;
	m->p[7] = count;
}

static void answers(struct msg *m, const struct rule *r, unsigned int type)
{
	unsigned int owner = 12, f = type == AAAA, size = f ? 16 : 4, i;
	uint8_t alias[8] = "\5alias";

	if (type != A && type != AAAA)
		return;
	if (r->loop) {
		record(m, m->n, type, r->addrs[f][0], size);
		return;
	}
	for (i = 0; i < r->chain; i++) {
		alias[5] = 'a' + i;
		record(m, owner, 5, alias, 7);
		owner = m->n - 7;
	}
	do {
		for (i = 0; i < r->n[f]; i++)
			record(m, owner, type, r->addrs[f][i], size);
	} while (r->big && r->n[f] && m->n + 12 + size <= sizeof(m->p));
}

/* The length of the question's name, printed into @out; 0: none. */
static size_t name_of(const uint8_t *q, size_t n, char *out, size_t room)
{
	size_t at = 12, o = 0;

	while (at < n && q[at]) {
		if (at + q[at] + 1 >= n || o + q[at] + 2 > room)
			return 0;
		if (o)
			out[o++] = '.';
		memcpy(out + o, q + at + 1, q[at]);
		o += q[at];
		at += q[at] + 1;
	}
	out[o] = '\0';
	return at < n ? at + 1 - 12 : 0;
}

static const struct rule *match(const char *name)
{
	static const struct rule none = {.rcode = 3};

	for (unsigned int i = 0; i < n_rules; i++)
		if (!fnmatch(rules[i].glob, name, 0))
			return &rules[i];
	return &none;
}

/* The answer to @q of @n bytes, or false where there is to be none. */
static bool make(const uint8_t *q, size_t n, bool tcp, struct msg *m,
		 const struct rule **rule)
{
	char name[512];
	size_t len = name_of(q, n, name, sizeof(name));
	unsigned int type, bits = 0x8180;
	const struct rule *r;

	if (!len || n < 12 + len + 4)
		return false;
	type = q[12 + len] << 8 | q[12 + len + 1];
	if (log_fd >= 0)
		dprintf(log_fd, "%c %s %s\n", tcp ? 't' : 'u',
			type == AAAA ? "AAAA" : "A", name);
	*rule = r = match(name);
	usleep(r->delay * 1000);
	if (r->silence || (r->noaaaa && type == AAAA))
		return false;
	m->n = 0;
	put(m, q, 12 + len + 4);
	memset(m->p + 6, 0, 6);
	if (r->tc && !tcp)
		bits |= 0x0200;
	bits |= r->rcode;
	m->p[2] = bits >> 8;
	m->p[3] = bits;
	if (r->wrongid || r->spoof)
		m->p[0] ^= 1;
	if (r->wrongq)
		m->p[13] ^= 1;
	if (!r->rcode && !(bits & 0x0200))
		answers(m, r, type);
	return true;
}

static void udp(int s)
{
	struct sockaddr_storage from;
	static struct msg m;
	socklen_t size = sizeof(from);
	const struct rule *r;
	uint8_t q[512];
	ssize_t n = recvfrom(s, q, sizeof(q), 0, (void *)&from, &size);

	if (n <= 0 || fork())
		return;
	if (make(q, n, false, &m, &r)) {
		for (int i = r->spoof ? 10 : 0; i >= 0; i--) {
			if (r->spoof && !i)
				m.p[0] ^= 1;
			sendto(s, m.p, m.n, 0, (void *)&from, size);
		}
	}
	_exit(0);
}

/* All of @n bytes, the frame's length being what @len says. */
static void send_all(int s, const uint8_t *p, size_t n, size_t len)
{
	uint8_t head[2] = {len >> 8, len};
	ssize_t got;

	if (send(s, head, 2, MSG_NOSIGNAL | MSG_MORE) != 2)
		return;
	for (; n; p += got, n -= got) {
		got = send(s, p, n, MSG_NOSIGNAL);
		if (got <= 0)
			return;
	}
}

static void tcp(int listener)
{
	int s = accept(listener, NULL, NULL);
	static struct msg m;
	const struct rule *r;
	uint8_t q[514];
	ssize_t n;

	if (s < 0 || fork()) {
		close(s);
		return;
	}
	n = recv(s, q, 2, MSG_WAITALL);
	if (n == 2)
		n = recv(s, q + 2, (q[0] << 8 | q[1]) & 511, MSG_WAITALL);
	if (n > 0 && make(q + 2, n, true, &m, &r)) {
		if (r->tcjunk) {
			memset(m.p + m.n, 0xff, sizeof(m.p) - m.n);
			memset(m.p + 6, 0xff, 2);
			m.n = sizeof(m.p);
		}
		send_all(s, m.p, r->tccut || r->tcstall ? m.n / 2 : m.n,
			 r->tcshort ? 5 : m.n);
		if (r->tcstall)
			pause();
	}
	_exit(0);
}

static int listen_on(const char *addr, unsigned int port, int type)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
				   .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_port = htons(port)};
	bool v6 = strchr(addr, ':');
	int s = socket(v6 ? AF_INET6 : AF_INET, type, 0), on = 1;

	if (inet_pton(v6 ? AF_INET6 : AF_INET, addr,
		      v6 ? (void *)&six.sin6_addr : &four.sin_addr) != 1)
		die("--bind: not an address");
	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(s, v6 ? (void *)&six : (void *)&four,
		 v6 ? sizeof(six) : sizeof(four)) ||
	    (type == SOCK_STREAM && listen(s, 16))) {
		perror("baddns");
		exit(1);
	}
	return s;
}

int main(int argc, char **argv)
{
	const char *addr = "127.0.0.1";
	struct pollfd p[2] = {{.events = POLLIN}, {.events = POLLIN}};
	unsigned int port = 53;

	for (int i = 1; i + 1 < argc; i += 2) {
		if (!strcmp(argv[i], "--bind"))
			addr = argv[i + 1];
		else if (!strcmp(argv[i], "--port"))
			port = atoi(argv[i + 1]);
		else if (!strcmp(argv[i], "--rule"))
			add_rule(argv[i + 1]);
		else if (!strcmp(argv[i], "--log"))
			log_fd = open(argv[i + 1],
				      O_WRONLY | O_CREAT | O_APPEND, 0644);
		else
			die(argv[i]);
	}
	signal(SIGCHLD, SIG_IGN);
	p[0].fd = listen_on(addr, port, SOCK_DGRAM);
	p[1].fd = listen_on(addr, port, SOCK_STREAM);
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (poll(p, 2, -1) < 0)
			continue;
		if (p[0].revents)
			udp(p[0].fd);
		if (p[1].revents)
			tcp(p[1].fd);
	}
}
