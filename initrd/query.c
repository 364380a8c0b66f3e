// SPDX-License-Identifier: MIT
/* query.c - one question to one name server. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>
#include "format/ip6.h"
#include "query.h"

#define PORT	   53
#define STRAYS_MAX 16
#define STREAM_MAX (DNS_FRAME + DNS_MSG_MAX)
#define CAGE_MS	   2000

/* What the cage is asked: an answer, and the question it must belong to. */
struct dns_question {
	uint16_t id;
	enum dns_type type;
	char host[URL_HOST_MAX + 1];
	uint32_t size;
	uint8_t msg[DNS_MSG_MAX];
};

struct dns_reply {
	int n;
	struct dns_addr addrs[DNS_ADDRS_MAX];
};

static struct dns_question question;

static int answer(void *in, size_t n, void *out, size_t max)
{
	const struct dns_question *q = in;
	struct dns_reply *r = out;
	struct fault f = {0};

	if (n < offsetof(struct dns_question, msg) || max < sizeof(*r) ||
	    q->size != n - offsetof(struct dns_question, msg))
		return -EINVAL;
	memset(r, 0, sizeof(*r));
	r->n = dns_answer(q->msg, q->size, q->id, q->host, q->type, r->addrs,
			  &f);
	return sizeof(*r);
}

/*
 * Each in a cage of its own, as one that an answer took over could lie about
 * the next. One that fails is an answer that is none.
 */
static int read_answer(struct query *q, const uint8_t *msg, size_t n)
{
	size_t size = offsetof(struct dns_question, msg) + n;
	struct cage c = {.answer_ms = CAGE_MS};
	struct fetch_error e;
	struct dns_reply r;
	int ret;

	question.id = q->id;
	question.type = q->type;
	question.size = n;
	if (n > sizeof(question.msg) ||
	    text_copy(question.host, sizeof(question.host), text_span(q->host)))
		return -EBADMSG;
	memcpy(question.msg, msg, n);
	ret = cage_ask(&c, answer, &question, size, &r, sizeof(r), q->host, &e);
	cage_close(&c);
	if (ret != sizeof(r) || r.n > DNS_ADDRS_MAX || r.n == -EINPROGRESS)
		return -EBADMSG;
	memcpy(q->addrs, r.addrs, sizeof(q->addrs));
	return r.n;
}

void query_close(struct query *q)
{
	if (q->fd >= 0)
		close(q->fd);
	if (q->stream)
		munmap(q->stream, STREAM_MAX);
	q->fd = -1;
	q->stream = NULL;
	q->tcp = false;
}

static void end(struct query *q, int result)
{
	query_close(q);
	q->result = result;
}

static int dial(struct query *q, int type)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6,
				   .sin6_port = htons(PORT)};
	struct sockaddr_in four = {.sin_family = AF_INET,
				   .sin_port = htons(PORT)};
	bool v6 = q->server->family == AF_INET6;

	memcpy(&six.sin6_addr, q->server->addr, sizeof(six.sin6_addr));
	memcpy(&four.sin_addr, q->server->addr, sizeof(four.sin_addr));
	if (v6 && ip6_link_local(q->server->addr))
		six.sin6_scope_id = q->scope;
	q->fd = socket(q->server->family, type | SOCK_NONBLOCK | SOCK_CLOEXEC,
		       0);
	if (q->fd < 0 || (connect(q->fd, v6 ? (void *)&six : (void *)&four,
				  v6 ? sizeof(six) : sizeof(four)) &&
			  errno != EINPROGRESS))
		return -errno;
	return 0;
}

void query_send(struct query *q, uint16_t id)
{
	uint8_t msg[DNS_QUERY_MAX];
	int n, ret = 0;

	if (q->tcp)
		return;
	/* a lost packet is asked for again as it was: the first answer, even
	   if it is late, will do */
	if (q->fd < 0) {
		q->id = id;
		q->strays = 0;
		ret = dial(q, SOCK_DGRAM);
	}
	n = dns_query(msg, sizeof(msg), q->id, q->host, q->type);
	if (n < 0)
		ret = n;
	else if (!ret && send(q->fd, msg, n, MSG_NOSIGNAL) != n)
		ret = -errno;
	q->events = POLLIN;
	q->result = -EINPROGRESS;
	if (ret)
		end(q, ret);
}

/* The same question with its length before it. */
static int frame(const struct query *q, uint8_t msg[DNS_FRAME + DNS_QUERY_MAX])
{
	int n = dns_query(msg + DNS_FRAME, DNS_QUERY_MAX, q->id, q->host,
			  q->type);

	if (n < 0)
		return n;
	msg[0] = n >> 8;
	msg[1] = n;
	return DNS_FRAME + n;
}

static void start_tcp(struct query *q)
{
	void *room;
	int ret;

	query_close(q);
	room = mmap(NULL, STREAM_MAX, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (room == MAP_FAILED) {
		end(q, -errno);
		return;
	}
	q->stream = room;
	q->tcp = true;
	q->sent = q->have = 0;
	q->events = POLLOUT;
	ret = dial(q, SOCK_STREAM);
	if (ret)
		end(q, ret);
}

static void send_tcp(struct query *q)
{
	uint8_t msg[DNS_FRAME + DNS_QUERY_MAX];
	int n = frame(q, msg), got;

	got = n < 0 ? n : send(q->fd, msg + q->sent, n - q->sent, MSG_NOSIGNAL);
	if (got < 0 && errno != EAGAIN && errno != EINTR) {
		end(q, n < 0 ? n : -errno);
		return;
	}
	q->sent += got > 0 ? got : 0;
	if (q->sent == (size_t)n)
		q->events = POLLIN;
}

static void read_tcp(struct query *q)
{
	ssize_t n = recv(q->fd, q->stream + q->have, STREAM_MAX - q->have, 0);
	int size;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end(q, n ? -errno : -EPIPE);
		return;
	}
	q->have += n;
	size = dns_frame(q->stream, q->have);
	if (size < 0)
		end(q, size);
	else if (size && q->have >= (size_t)size)
		end(q, read_answer(q, q->stream + DNS_FRAME, size - DNS_FRAME));
}

static void read_udp(struct query *q)
{
	uint8_t msg[DNS_UDP_MAX];
	ssize_t n = recv(q->fd, msg, sizeof(msg), 0);
	int ret;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		end(q, -errno);
		return;
	}
	ret = read_answer(q, msg, n);
	if (ret == -EMSGSIZE)
		start_tcp(q);
	else if (ret != -ENOMSG || ++q->strays > STRAYS_MAX)
		end(q, ret);
}

void query_ready(struct query *q)
{
	if (!q->tcp)
		read_udp(q);
	else if (q->events == POLLOUT)
		send_tcp(q);
	else
		read_tcp(q);
}
