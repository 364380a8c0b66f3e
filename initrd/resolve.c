// SPDX-License-Identifier: MIT
/* resolve.c - whom to ask for a name, under which names, and what is kept. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <linux/if.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "fetch/clock.h"
#include "fetch/retry.h"
#include "resolve.h"
#include "sys.h"

#define BUDGET_MS 10000
#define FRESH_MS  60000
#define KEPT	  4
#define NAMES_MAX 4 /* one host name is asked under */

/* An answer. Workers have what PID 1 knew when it made them. */
static struct kept {
	char host[URL_HOST_MAX + 1];
	uint64_t until;
	int n;
	struct fetch_addr addrs[FETCH_ADDRS_MAX];
} kept[KEPT];

static unsigned int next_kept, good_server, scope;

static void add_server(struct fetch_addr *out, unsigned int *n, int family,
		       const void *addr)
{
	struct fetch_addr a = {.family = family};

	memcpy(a.addr, addr, family == AF_INET6 ? 16 : 4);
	for (unsigned int i = 0; i < *n; i++)
		if (!memcmp(&out[i], &a, sizeof(a)))
			return;
	if (*n < LOOKUP_SERVERS_MAX)
		out[(*n)++] = a;
}

static void add_ipv4(struct fetch_addr *out, unsigned int *n, uint32_t addr)
{
	addr = htonl(addr);
	add_server(out, n, AF_INET, &addr);
}

/*
 * The name servers of this boot, each once, in the order they are asked: those
 * of nameserver= and ip=, then the lease's. Their number.
 */
static unsigned int servers_of(const struct boot *b,
			       struct fetch_addr out[LOOKUP_SERVERS_MAX])
{
	unsigned int i, n = 0;
	uint8_t six[16];
	uint32_t four;

	for (i = 0; i < b->args.n_ns; i++) {
		if (!lease_ipv4(b->args.ns[i], &four))
			add_ipv4(out, &n, four);
		else if (!ip6_parse(b->args.ns[i], six))
			add_server(out, &n, AF_INET6, six);
	}
	for (i = 0; b->has_lease && i < b->lease.n_dns; i++)
		add_ipv4(out, &n, b->lease.dns[i]);
	for (i = 0; b->has_lease && i < b->lease.six.n_dns; i++)
		add_server(out, &n, AF_INET6, b->lease.six.dns[i]);
	return n;
}

void resolve_start(const struct boot *b)
{
	struct ifreq r = {0};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memcpy(r.ifr_name, b->lease.ifname, sizeof(r.ifr_name) - 1);
	if (s >= 0 && b->has_lease && !ioctl(s, SIOCGIFINDEX, &r))
		scope = r.ifr_ifindex;
	if (s >= 0)
		close(s);
}

/* The names that @host may be short for, in the order they are asked. */
static unsigned int names_of(const struct boot *b, const char *host,
			     char out[NAMES_MAX][URL_HOST_MAX + 1])
{
	const struct lease *l = &b->lease;
	struct span rest = {NULL, 0}, one;
	unsigned int n = 0, as_is = strchr(host, '.') ? 0 : 1;

	if (b->has_lease)
		rest = text_span(l->search[0] ? l->search : l->domain);
	if (!as_is)
		snprintf(out[n++], URL_HOST_MAX + 1, "%s", host);
	while (rest.n && n < NAMES_MAX - as_is) {
		text_cut(rest, ' ', &one, &rest);
		if (one.n && strlen(host) + 1 + one.n <= URL_HOST_MAX)
			snprintf(out[n++], URL_HOST_MAX + 1, "%s.%.*s", host,
				 (int)one.n, one.p);
	}
	if (as_is)
		snprintf(out[n++], URL_HOST_MAX + 1, "%s", host);
	return n;
}

/* AAAA and A in turn, so that neither crowds out the other. */
static int merge(const struct lookup *l, struct fetch_addr *out)
{
	int n = 0;

	for (int i = 0; i < DNS_ADDRS_MAX; i++)
		for (int f = LOOKUP_FAMILIES - 1; f >= 0; f--) {
			bool v6 = f == LOOKUP_AAAA;

			if (i >= l->n[f] || n == FETCH_ADDRS_MAX)
				continue;
			memset(&out[n], 0, sizeof(out[n]));
			out[n].family = v6 ? AF_INET6 : AF_INET;
			memcpy(out[n++].addr, l->addrs[f][i].addr, v6 ? 16 : 4);
		}
	return n;
}

static struct kept *find(const char *host)
{
	for (unsigned int i = 0; i < KEPT; i++)
		if (kept[i].n && !strcmp(kept[i].host, host))
			return &kept[i];
	return NULL;
}

static void keep(const char *host, const struct fetch_addr *addrs, int n)
{
	struct kept *k = find(host);

	if (!k)
		k = &kept[next_kept++ % KEPT];
	snprintf(k->host, sizeof(k->host), "%s", host);
	memcpy(k->addrs, addrs, sizeof(k->addrs));
	k->n = n;
	k->until = clock_ms() + FRESH_MS;
}

static const char *reason(int err)
{
	switch (err) {
	case -ENOENT:
		return "no such name, or no address of it";
	case -EAGAIN:
		return "SERVFAIL or REFUSED";
	case -ETIMEDOUT:
		return "no answer";
	case -EMSGSIZE:
		return "truncated over TCP too";
	case -ENOMSG:
		return "answers to other questions only";
	case -EBADMSG:
		return "broken answers";
	case -EPIPE:
		return "connection closed early";
	default:
		return strerror(-err);
	}
}

static void print_addr(char text[IP6_TEXT_MAX], const struct fetch_addr *a)
{
	uint32_t four;

	memcpy(&four, a->addr, sizeof(four));
	if (a->family == AF_INET6)
		ip6_print(text, a->addr);
	else
		lease_ipv4_print(text, ntohl(four));
}

/* Who was asked belongs to why there is no answer. */
static int fail(struct fetch_error *e, const char *host, int err,
		const struct lookup *l)
{
	char who[64] = "", text[IP6_TEXT_MAX];
	size_t n = 0;

	for (unsigned int i = 0; i < l->n_servers && n < sizeof(who); i++) {
		const struct fetch_addr *a = &l->servers[i];

		print_addr(text, a);
		n += snprintf(who + n, sizeof(who) - n, "%s%s", i ? ", " : "",
			      text);
	}
	return fetch_fail(e, CODE_DNS, "%.90s: %s from %s%s", host, reason(err),
			  who, n < sizeof(who) ? "" : "...");
}

static int ask(struct boot *b, const char *host, uint64_t timeout_ms,
	       struct fetch_addr out[FETCH_ADDRS_MAX], struct fetch_error *e)
{
	char names[NAMES_MAX][URL_HOST_MAX + 1];
	struct fetch_addr servers[LOOKUP_SERVERS_MAX];
	unsigned int i, n = names_of(b, host, names);
	uint64_t now = clock_ms(), end = now + timeout_ms;
	/* not the state of the jitter, which all workers have from PID 1 */
	uint64_t rng = sys_seed() ^ b->seed;
	struct lookup l = {.servers = servers, .scope = scope, .rng = &rng};
	int ret = -ENOENT;

	l.n_servers = servers_of(b, servers);
	if (!l.n_servers)
		return fetch_fail(e, CODE_DNS, "%.90s: no name server known",
				  host);
	l.first = good_server % l.n_servers;
	for (i = 0; i < n && now < end; i++, now = clock_ms()) {
		int got = lookup_name(&l, names[i], end - now);

		good_server = l.first;
		if (!got)
			return merge(&l, out);
		/* one that failed says more than one that does not exist */
		if (ret == -ENOENT)
			ret = got;
	}
	return fail(e, host, ret, &l);
}

int resolve_host(void *user, const char *host, uint64_t timeout_ms,
		 struct fetch_addr out[FETCH_ADDRS_MAX], struct fetch_error *e)
{
	const struct kept *k = find(host);
	int n;

	if (!k || clock_ms() >= k->until) {
		n = ask(user, host,
			timeout_ms < BUDGET_MS ? timeout_ms : BUDGET_MS, out,
			e);
		if (n > 0)
			keep(host, out, n);
		if (n > 0 || !k)
			return n;
		/* the old answer is better than none */
	}
	memcpy(out, k->addrs, sizeof(k->addrs));
	return k->n;
}
