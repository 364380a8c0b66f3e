// SPDX-License-Identifier: MIT
/*
 * httpd.c - give a folder out over HTTP.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <microhttpd.h>

#include "host/alloc.h"
#include "host/error.h"
#include "httpd.h"
#include "range.h"

#define IDLE_SEC  60
#define THREADS	  4
#define BACKLOG	  64
#define HOST_MAX  64
#define TOO_LARGE 413 /* its name differs between versions of the library */

struct httpd {
	struct httpd_conf conf;
	struct MHD_Daemon *daemon;
	int root, also; /* the folders; also is -1 without one */
	unsigned int port;
	const char *extra, *extra_text; /* httpd_add() */
};

/* A request whose body is still coming. */
struct upload {
	bool wanted, over;
	size_t n;
	char *body;
};

/* What one request is answered with. */
struct answer {
	unsigned int status;
	struct MHD_Response *response;
	uint64_t first, length;
};

static const char *type_of(const char *name)
{
	static const struct {
		const char *suffix, *type;
	} known[] = {
		{".ipxe", "text/plain"},
		{".cms", "application/pkcs7-mime"},
		{".sig", "application/pkcs7-signature"},
		{".gz", "application/gzip"},
	};
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(dot, known[i].suffix))
			return known[i].type;
	return "application/octet-stream";
}

/*
 * Part after part, no symlink followed: what the URL says can not lead out
 * of the folder, whatever is in it.
 */
static int open_below(int root, const char *path)
{
	int fd = fcntl(root, F_DUPFD_CLOEXEC, 0), next;
	char part[256];
	size_t n;

	for (; fd >= 0; fd = next) {
		n = strcspn(path, "/");
		if (!n || n >= sizeof(part) || *path == '.') {
			close(fd);
			errno = ENOENT;
			return -1;
		}
		memcpy(part, path, n);
		part[n] = '\0';
		/* O_NONBLOCK: a fifo must not hold a thread */
		next = openat(fd, part,
			      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC |
				      (path[n] ? O_DIRECTORY : 0));
		close(fd);
		if (!path[n])
			return next;
		path += n + 1;
	}
	return -1;
}

static void refuse(struct answer *a, unsigned int status, const char *text)
{
	a->status = status;
	a->length = strlen(text);
	a->response = MHD_create_response_from_buffer(a->length, (void *)text,
						      MHD_RESPMEM_PERSISTENT);
}

static void add_header(struct answer *a, const char *name, const char *value)
{
	if (a->response)
		MHD_add_response_header(a->response, name, value);
}

/* The part of an open file of @size bytes that @range, or NULL, asks for. */
static void answer_file(struct answer *a, int fd, uint64_t size,
			const char *range, const char *name)
{
	uint64_t last = size ? size - 1 : 0;
	int ranged = 0;
	char text[96];

	if (range)
		ranged = range_parse(range, size, &a->first, &last);
	if (ranged < 0) {
		close(fd);
		refuse(a, MHD_HTTP_RANGE_NOT_SATISFIABLE, "no such range\n");
		snprintf(text, sizeof(text), "bytes */%llu",
			 (unsigned long long)size);
		add_header(a, MHD_HTTP_HEADER_CONTENT_RANGE, text);
		return;
	}
	a->status = ranged ? MHD_HTTP_PARTIAL_CONTENT : MHD_HTTP_OK;
	a->length = ranged ? last - a->first + 1 : size;
	a->response = MHD_create_response_from_fd_at_offset64(a->length, fd,
							      a->first);
	if (!a->response)
		close(fd);
	add_header(a, MHD_HTTP_HEADER_CONTENT_TYPE, type_of(name));
	add_header(a, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
	if (!ranged)
		return;
	snprintf(text, sizeof(text), "bytes %llu-%llu/%llu",
		 (unsigned long long)a->first, (unsigned long long)last,
		 (unsigned long long)size);
	add_header(a, MHD_HTTP_HEADER_CONTENT_RANGE, text);
}

static void find(const struct httpd *h, const char *url, const char *range,
		 struct answer *a)
{
	const char *name = *url == '/' ? url + 1 : url;
	struct stat st;
	int fd;

	if (h->root < 0) {
		refuse(a, MHD_HTTP_NOT_FOUND, "not found\n");
		return;
	}
	if (h->extra && !strcmp(name, h->extra)) {
		refuse(a, MHD_HTTP_OK, h->extra_text);
		add_header(a, MHD_HTTP_HEADER_CONTENT_TYPE, type_of(name));
		return;
	}
	fd = open_below(h->root, name);
	if (fd < 0 && errno == ENOENT && h->also >= 0)
		fd = open_below(h->also, name);
	if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
		refuse(a, MHD_HTTP_SERVICE_UNAVAILABLE, "busy\n");
	} else if (fd < 0) {
		refuse(a, MHD_HTTP_NOT_FOUND, "not found\n");
	} else if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		refuse(a, MHD_HTTP_NOT_FOUND, "not found\n");
	} else {
		answer_file(a, fd, st.st_size, range, name);
	}
}

static void name_peer(struct MHD_Connection *c, char host[HOST_MAX])
{
	const union MHD_ConnectionInfo *i =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *sa = i ? i->client_addr : NULL;

	strcpy(host, "?");
	if (sa)
		getnameinfo(sa,
			    sa->sa_family == AF_INET6
				    ? sizeof(struct sockaddr_in6)
				    : sizeof(struct sockaddr_in),
			    host, HOST_MAX, NULL, 0, NI_NUMERICHOST);
}

/* What came from outside is printed with '?' for what a terminal would obey. */
static void log_request(struct MHD_Connection *c, const char *method,
			const char *url, const struct answer *a)
{
	char host[HOST_MAX], line[512], *p;

	name_peer(c, host);
	snprintf(line, sizeof(line), "%s %.8s %.300s %u %llu+%llu", host,
		 method, url, a->status, (unsigned long long)a->first,
		 (unsigned long long)a->length);
	for (p = line; *p; p++)
		if (*p < 0x20 || *p > 0x7e)
			*p = '?';
	info("%s", line);
}

static bool posts(const struct httpd *h, const char *method, const char *url)
{
	return h->conf.post_path && !strcmp(method, "POST") && *url == '/' &&
	       !strcmp(url + 1, h->conf.post_path);
}

/* More of a body; what is not wanted, or too much, is read and dropped. */
static void collect(const struct httpd *h, struct upload *u, const char *p,
		    size_t n)
{
	if (!u->wanted || u->over)
		return;
	u->over = n > h->conf.post_max - u->n;
	if (u->over)
		return;
	if (!u->body)
		u->body = xmalloc(h->conf.post_max);
	memcpy(u->body + u->n, p, n);
	u->n += n;
}

static void answer_post(const struct httpd *h, struct MHD_Connection *c,
			const struct upload *u, struct answer *a)
{
	char host[HOST_MAX];
	const struct httpd_post p = {
		u->body, u->n, host,
		MHD_lookup_connection_value(c, MHD_HEADER_KIND, "X-Real-IP")};
	unsigned int status;
	const char *text;

	if (u->over || !u->n) {
		refuse(a, u->over ? TOO_LARGE : MHD_HTTP_BAD_REQUEST,
		       u->over ? "too large\n" : "empty\n");
		return;
	}
	name_peer(c, host);
	status = h->conf.post(h->conf.post_user, &p, &text);
	refuse(a, status, text);
	if (status == MHD_HTTP_TOO_MANY_REQUESTS)
		add_header(a, MHD_HTTP_HEADER_RETRY_AFTER, "60");
}

static void answer_to(const struct httpd *h, struct MHD_Connection *c,
		      const char *url, const char *method,
		      const struct upload *u, struct answer *a)
{
	if (u->wanted) {
		answer_post(h, c, u, a);
	} else if (strcmp(method, "GET") && strcmp(method, "HEAD")) {
		refuse(a, MHD_HTTP_METHOD_NOT_ALLOWED, "GET or HEAD\n");
		add_header(a, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	} else {
		find(h, url,
		     MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Range"),
		     a);
	}
}

static enum MHD_Result handle(void *user, struct MHD_Connection *c,
			      const char *url, const char *method,
			      const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	const struct httpd *h = user;
	struct upload *u = *state;
	struct answer a = {0};
	enum MHD_Result ret;

	/* the first call has the head only: a body must be read before an
	 * answer, or the connection cannot be kept */
	if (!u) {
		*state = u = xcalloc(1, sizeof(*u));
		u->wanted = posts(h, method, url);
		return MHD_YES;
	}
	if (*upload_size) {
		collect(h, u, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	answer_to(h, c, url, method, u, &a);
	if (h->conf.log)
		log_request(c, method, url, &a);
	if (!a.response)
		return MHD_NO;
	ret = MHD_queue_response(c, a.status, a.response);
	MHD_destroy_response(a.response);
	return ret;
}

static void ended(void *user, struct MHD_Connection *c, void **state,
		  enum MHD_RequestTerminationCode how)
{
	struct upload *u = *state;

	if (!u)
		return;
	free(u->body);
	free(u);
	*state = NULL;
}

static int listen_on(const char *text, unsigned int *port)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				 .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV |
					     AI_PASSIVE},
			*ai;
	char *host = xstrdup(text), *colon = strrchr(host, ':'), *p = host;
	struct sockaddr_in6 bound; /* its port is where IPv4 has it */
	socklen_t len = sizeof(bound);
	int fd, on = 1;

	if (!colon)
		die("%s: expected ADDR:PORT", text);
	*colon = '\0';
	if (*p == '[' && colon[-1] == ']') {
		colon[-1] = '\0';
		p++;
	}
	if (getaddrinfo(p, colon + 1, &hints, &ai))
		die("%s: expected a numeric ADDR:PORT", text);
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    bind(fd, ai->ai_addr, ai->ai_addrlen) || listen(fd, BACKLOG) ||
	    getsockname(fd, (struct sockaddr *)&bound, &len))
		die("%s: cannot listen:", text);
	*port = ntohs(bound.sin6_port);
	freeaddrinfo(ai);
	free(host);
	return fd;
}

static int open_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		die("%s:", path);
	return fd;
}

struct httpd *httpd_start(const struct httpd_conf *conf)
{
	struct httpd *h = xcalloc(1, sizeof(*h));
	int fd;

	h->conf = *conf;
	h->root = conf->dir ? open_folder(conf->dir) : -1;
	h->also = conf->also ? open_folder(conf->also) : -1;
	fd = listen_on(conf->listen, &h->port);
	h->daemon = MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, h,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE,
		THREADS, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SEC,
		MHD_OPTION_NOTIFY_COMPLETED, ended, NULL, MHD_OPTION_END);
	if (!h->daemon)
		die("%s: the server does not start", conf->listen);
	return h;
}

void httpd_add(struct httpd *h, const char *name, const char *text)
{
	h->extra_text = text;
	h->extra = name;
}

unsigned int httpd_port(const struct httpd *h)
{
	return h->port;
}

void httpd_stop(struct httpd *h)
{
	MHD_stop_daemon(h->daemon);
	if (h->root >= 0)
		close(h->root);
	if (h->also >= 0)
		close(h->also);
	free(h);
}
