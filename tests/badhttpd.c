// SPDX-License-Identifier: MIT
/*
 * badhttpd.c - an HTTP/1.1 server that misbehaves as told.
 *
 * badhttpd [--port N] [--bind ADDR] --root DIR [--rule 'GLOB ACTIONS']...
 *	    [--log FILE]
 *
 * Serves files with Range and keep-alive on 127.0.0.1 (or ADDR) and prints
 * "port N" when it listens; port 0 lets the kernel choose. GLOB is matched
 * against the path without its first slash; "GLOB#K" or "GLOB#K-L" only for
 * the K-th (to L-th) request of a path. ACTIONS are parted by ';', and every
 * rule that matches adds its own:
 *
 *	status=N retry-after=N redirect=URL header=TEXT body=TEXT swap=FILE
 *	interim=N		heads of status 100 first
 *	close			no keep-alive
 *	length=+N|-N|VALUE	lie in Content-Length; "none": leave it out
 *	headcut=N headreset=N headstall=N	after N bytes of head: FIN, RST,
 *				silence
 *	headslow=MS		between two bytes of head
 *	truncate=N reset=N stall=N	after N bytes of body: FIN, RST, silence
 *	pause=MS		in the middle of the body
 *	flip=OFFSET		one bit of the file
 *	extra=N			bytes after the body
 *	norange wrongrange	answer 200; answer with other bytes
 *	chunked			Transfer-Encoding
 *	slow=N bytewise cork	N bytes a second; a byte a segment; all in few
 *	garbage			no HTTP
 *	mute drop		never answer; close instead
 *
 * The log has a line a request: seconds, connection, method, path, range,
 * status.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "badconn.h"

static const char *root;
static int log_fd = -1;
static struct timespec started;

static void log_line(const struct conn *c, unsigned int status)
{
	char range[64] = "-";
	struct timespec now;
	const struct request *r = &c->req;

	if (log_fd < 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (r->ranged && r->last == NEVER)
		snprintf(range, sizeof(range), "%llu-",
			 (unsigned long long)r->first);
	else if (r->ranged)
		snprintf(range, sizeof(range), "%llu-%llu",
			 (unsigned long long)r->first,
			 (unsigned long long)r->last);
	dprintf(log_fd, "%.3f %lu %s %s %s %u\n",
		(double)(now.tv_sec - started.tv_sec) +
			(double)(now.tv_nsec - started.tv_nsec) / 1e9,
		c->number, r->method, r->path, range, status);
}

static bool put_text(const struct conn *c, unsigned int status,
		     const char *text)
{
	uint64_t size = status == 204 || status == 304 ? 0 : strlen(text);

	log_line(c, status);
	return badsend_head(c, status, size, "") && badsend_body(c, -1, text, 0, size);
}

static int open_file(const struct conn *c, uint64_t *size)
{
	const char *name = c->act.swap ? c->act.swap : c->req.path + 1;
	char path[2 * PATH_LEN];
	struct stat st;
	int fd;

	if (strstr(name, ".."))
		return -1;
	snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return -1;
	}
	*size = (uint64_t)st.st_size;
	return fd;
}

static bool put_range(const struct conn *c, int fd, uint64_t total)
{
	uint64_t first = c->req.first, last = c->req.last, wrong;
	char more[128];

	if (first >= total)
		return put_text(c, 416, "no such range\n");
	if (last >= total)
		last = total - 1;
	/* the right count of the wrong bytes, and honest about it */
	wrong = c->act.wrongrange ? (first ? -1 : last + 1 < total ? 1 : 0) : 0;
	snprintf(more, sizeof(more), "Content-Range: bytes %llu-%llu/%llu\r\n",
		 (unsigned long long)(first + wrong),
		 (unsigned long long)(last + wrong),
		 (unsigned long long)(total + (c->act.wrongrange && !wrong)));
	log_line(c, 206);
	return badsend_head(c, 206, last - first + 1, more) &&
	       badsend_body(c, fd, NULL, first + wrong, last - first + 1);
}

static bool put_file(const struct conn *c)
{
	uint64_t size;
	bool ok;
	int fd = open_file(c, &size);

	if (fd < 0)
		return put_text(c, 404, "not found\n");
	if (c->req.ranged && !c->act.norange) {
		ok = put_range(c, fd, size);
	} else {
		log_line(c, 200);
		ok = badsend_head(c, 200, size, "") &&
		     badsend_body(c, fd, NULL, 0, size);
	}
	close(fd);
	return ok;
}

static bool answer(const struct conn *c)
{
	const struct act *a = &c->act;
	char text[64];

	if (a->mute || a->drop || a->garbage)
		log_line(c, 0);
	if (a->mute)
		badsend_silence(c);
	if (a->garbage)
		badsend_garbage(c);
	if (a->mute || a->drop || a->garbage)
		return false;
	if (a->redirect)
		return put_text(c, a->status ? a->status : 302, "moved\n");
	if (a->body)
		return put_text(c, a->status ? a->status : 200, a->body);
	if (a->status) {
		snprintf(text, sizeof(text), "status %u\n", a->status);
		return put_text(c, a->status, text);
	}
	return put_file(c);
}

static bool parse_range(struct request *r, const char *v)
{
	char *end;

	if (strncmp(v, "bytes=", 6) || v[6] < '0' || v[6] > '9')
		return false;
	r->first = strtoull(v + 6, &end, 10);
	r->last = NEVER;
	if (*end++ != '-')
		return false;
	if (*end >= '0' && *end <= '9')
		r->last = strtoull(end, &end, 10);
	return *end == '\r' && r->last >= r->first;
}

static bool parse(struct request *r, char *head)
{
	char *line, version[16];

	memset(r, 0, sizeof(*r));
	if (sscanf(head, "%15s %1023s %15s", r->method, r->path, version) != 3)
		return false;
	if (r->path[0] != '/' || strncmp(version, "HTTP/1.", 7))
		return false;
	r->keep = version[7] == '1';
	for (line = strstr(head, "\r\n"); line && line[2] != '\r';
	     line = strstr(line + 2, "\r\n")) {
		if (!strncasecmp(line + 2, "Range: ", 7))
			r->ranged = parse_range(r, line + 9);
		if (!strncasecmp(line + 2, "Connection: close", 17))
			r->keep = false;
	}
	return true;
}

/* A whole head into c->head, NUL terminated; its length, 0 at the end. */
static size_t read_head(struct conn *c)
{
	char *end;
	ssize_t n;

	for (;;) {
		c->head[c->have] = '\0';
		end = strstr(c->head, "\r\n\r\n");
		if (end)
			return (size_t)(end - c->head) + 4;
		if (c->have == sizeof(c->head) - 1)
			return 0;
		n = recv(c->fd, c->head + c->have,
			 sizeof(c->head) - 1 - c->have, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return 0;
		c->have += (size_t)n;
	}
}

static void cork(const struct conn *c, int on)
{
	if (c->act.cork)
		setsockopt(c->fd, IPPROTO_TCP, TCP_CORK, &on, sizeof(on));
}

static void *serve(void *arg)
{
	struct conn *c = arg;
	int on = 1;
	bool go = true;
	size_t n;

	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (go && (n = read_head(c))) {
		badrule_none(&c->act);
		if (!parse(&c->req, c->head)) {
			put_text(c, 400, "bad request\n");
			break;
		}
		badrule_act(&c->act, c->req.path);
		if (c->act.close || c->act.length)
			c->req.keep = false;
		cork(c, 1);
		go = answer(c) && c->req.keep;
		cork(c, 0);
		c->have -= n;
		memmove(c->head, c->head + n, c->have);
	}
	close(c->fd);
	free(c);
	return NULL;
}

static void quit(int sig)
{
	_exit(0);
}

static int listen_on(const char *address, uint16_t port)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
				   .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_port = htons(port)};
	bool v6 = strchr(address, ':');
	socklen_t size = v6 ? sizeof(six) : sizeof(four);
	struct sockaddr *a = v6 ? (void *)&six : (void *)&four;
	int fd, on = 1;

	if (inet_pton(a->sa_family, address,
		      v6 ? (void *)&six.sin6_addr : (void *)&four.sin_addr) !=
	    1)
		badrule_usage(address);
	fd = socket(a->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, a, size) || listen(fd, 128) || getsockname(fd, a, &size))
		return -1;
	printf("port %u\n", ntohs(v6 ? six.sin6_port : four.sin_port));
	fflush(stdout);
	return fd;
}

static void accept_all(int fd)
{
	unsigned long n;
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	for (n = 1;; n++) {
		int s = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
		struct conn *c = s < 0 ? NULL : calloc(1, sizeof(*c));

		if (c) {
			c->fd = s;
			c->number = n;
			if (!pthread_create(&thread, &attr, serve, c))
				continue;
			free(c);
		}
		if (s >= 0)
			close(s);
		else
			poll(NULL, 0, 10); /* out of descriptors: some will end */
	}
}

int main(int argc, char **argv)
{
	const char *address = "127.0.0.1";
	unsigned int i;
	uint64_t port = 0;
	int fd;

	for (i = 1; i + 1 < (unsigned int)argc; i += 2) {
		if (!strcmp(argv[i], "--port"))
			port = badrule_number(argv[i + 1]);
		else if (!strcmp(argv[i], "--bind"))
			address = argv[i + 1];
		else if (!strcmp(argv[i], "--root"))
			root = argv[i + 1];
		else if (!strcmp(argv[i], "--rule"))
			badrule_add(argv[i + 1]);
		else if (!strcmp(argv[i], "--log"))
			log_fd = open(argv[i + 1],
				      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
				      0644);
		else
			badrule_usage(argv[i]);
	}
	if (i != (unsigned int)argc || !root || port > 65535)
		badrule_usage(
			"usage: badhttpd [--port N] [--bind ADDR] --root DIR "
			"[--rule RULE]... [--log FILE]");
	signal(SIGTERM, quit);
	signal(SIGPIPE, SIG_IGN);
	clock_gettime(CLOCK_MONOTONIC, &started);
	fd = listen_on(address, (uint16_t)port);
	if (fd < 0) {
		perror("badhttpd: listen");
		return 1;
	}
	accept_all(fd);
}
