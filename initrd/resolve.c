// SPDX-License-Identifier: MIT
/*
 * resolve.c - a DNS client over UDP. Answers count only from the server asked
 * (a connected socket) and with the random id of the question.
 */
#include <netinet/in.h>
#include <poll.h>
#include <unistd.h>
#include "boot.h"
#include "format/dns.h"
#include "resolve.h"
#include "sys.h"

#define TRIES	3
#define WAIT_MS 5000
#define PORT	53

struct question {
	const char *host;
	enum dns_type type;
	uint16_t id;
	int s;
};

static unsigned int servers(const struct boot *b,
			    uint32_t out[BOOTARGS_NS_MAX + LEASE_DNS_MAX])
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < b->args.n_ns; i++)
		if (!lease_ipv4(b->args.ns[i], &out[n]))
			n++;
	for (unsigned int i = 0; b->has_lease && i < b->lease.n_dns; i++)
		out[n++] = b->lease.dns[i];
	return n;
}

static int dial(uint32_t server)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(server),
	};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (s < 0)
		return -errno;
	if (connect(s, (struct sockaddr *)&to, sizeof(to))) {
		int err = -errno;

		close(s);
		return err;
	}
	return s;
}

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

static int answer(void *in, size_t n, void *out, size_t max)
{
	const struct dns_question *q = in;
	struct dns_reply *r = out;
	struct fault f = {0};

	if (n != sizeof(*q) || max < sizeof(*r) || q->size > sizeof(q->msg))
		return -EINVAL;
	memset(r, 0, sizeof(*r));
	r->n = dns_answer(q->msg, q->size, q->id, q->host, q->type, r->addrs,
			  &f);
	return sizeof(*r);
}

/* Read in a cage; one that fails is an answer that is none. */
static int read_answer(const struct question *q, const uint8_t *msg, size_t n,
		       struct dns_addr *addrs)
{
	struct dns_question ask = {.id = q->id, .type = q->type, .size = n};
	struct fetch_error e;
	struct dns_reply r;

	if (text_copy(ask.host, sizeof(ask.host), text_span(q->host)))
		return -EBADMSG;
	memcpy(ask.msg, msg, n);
	if (cage_once(answer, &ask, sizeof(ask), &r, sizeof(r), q->host, &e) !=
		    sizeof(r) ||
	    r.n > DNS_ADDRS_MAX)
		return -EBADMSG;
	memcpy(addrs, r.addrs, sizeof(r.addrs));
	return r.n;
}

/* Wait for the answer to @q; others' packets do not end the wait. */
static int receive(const struct question *q, struct dns_addr *addrs)
{
	uint8_t msg[DNS_MSG_MAX];
	uint64_t end = sys_now_ms() + WAIT_MS, now;

	while ((now = sys_now_ms()) < end) {
		struct pollfd p = {.fd = q->s, .events = POLLIN};
		ssize_t n;
		int ret;

		n = poll(&p, 1, end - now);
		if (n > 0)
			n = recv(q->s, msg, sizeof(msg), 0);
		else if (!n)
			continue;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		ret = read_answer(q, msg, n, addrs);
		if (ret != -EBADMSG)
			return ret;
	}
	return -ETIMEDOUT;
}

static int ask_once(struct boot *b, uint32_t server, struct question *q,
		    struct dns_addr *addrs)
{
	uint8_t msg[DNS_QUERY_MAX];
	int n, ret;

	/* a fresh id a try, so that a late answer is not taken for this one */
	q->id = sys_seed() ^ b->seed;
	n = dns_query(msg, sizeof(msg), q->id, q->host, q->type);
	if (n < 0)
		return n;
	q->s = dial(server);
	if (q->s < 0)
		return q->s;
	ret = send(q->s, msg, n, MSG_NOSIGNAL) == n ? receive(q, addrs)
						    : -errno;
	close(q->s);
	return ret;
}

/* One type from the first server that answers; a count or -errno. */
static int ask(struct boot *b, const char *host, enum dns_type type,
	       struct dns_addr addrs[DNS_ADDRS_MAX])
{
	uint32_t list[BOOTARGS_NS_MAX + LEASE_DNS_MAX];
	unsigned int n = servers(b, list);
	struct question q = {.host = host, .type = type};
	int ret = -EDESTADDRREQ;

	for (unsigned int t = 0; t < TRIES; t++) {
		for (unsigned int i = 0; i < n; i++) {
			ret = ask_once(b, list[i], &q, addrs);
			if (ret >= 0 || ret == -ENOENT)
				return ret;
		}
	}
	return ret;
}

static const char *reason(int err)
{
	switch (err) {
	case 0:
	case -ENOENT:
		return "no such name";
	case -EDESTADDRREQ:
		return "no name server known";
	case -EAGAIN:
		return "name server failed";
	case -ETIMEDOUT:
		return "no answer from any name server";
	case -EMSGSIZE:
		return "answer too long for UDP";
	case -EBADMSG:
		return "not a host name";
	default:
		return strerror(-err);
	}
}

int resolve_host(void *user, const char *host, uint64_t timeout_ms,
		 struct fetch_addr out[FETCH_ADDRS_MAX], struct fetch_error *e)
{
	static const enum dns_type types[] = {DNS_A, DNS_AAAA};
	struct dns_addr addrs[DNS_ADDRS_MAX];
	int found = 0, first = 0;

	for (size_t t = 0; t < ARRAY_SIZE(types); t++) {
		int n = ask(user, host, types[t], addrs);

		if (n < 0 && !first)
			first = n;
		for (int i = 0; i < n && found < FETCH_ADDRS_MAX; i++) {
			bool v6 = addrs[i].type == DNS_AAAA;

			out[found].family = v6 ? AF_INET6 : AF_INET;
			memcpy(out[found++].addr, addrs[i].addr, v6 ? 16 : 4);
		}
		/* silence costs 15 s a server: not twice for one name */
		if (found || n == -EDESTADDRREQ || n == -ETIMEDOUT)
			break;
	}
	if (found)
		return found;
	return fetch_fail(e, CODE_DNS, "%s: %s", host, reason(first));
}
