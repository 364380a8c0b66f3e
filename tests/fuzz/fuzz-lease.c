// SPDX-License-Identifier: MIT
/*
 * fuzz-lease.c - a lease that is taken prints back the same; a variable that
 * is refused leaves the lease as it was; no name could be more than a name.
 */
#include "format/lease.h"
#include "fuzz.h"

static void check_host(uint32_t addr)
{
	unsigned int top = addr >> 24;

	NEED(!addr || (top && top != 127 && top < 224));
}

static void check_six(const struct lease6 *l)
{
	NEED(l->prefix <= 128 && l->n_dns <= LEASE_DNS_MAX);
	NEED(l->n_server <= LEASE_DUID_MAX && l->from != LEASE_HANDED);
	NEED(ip6_none(l->addr) || ip6_host(l->addr));
	NEED(ip6_none(l->router) || ip6_host(l->router));
	for (unsigned int i = 0; i < l->n_dns; i++)
		NEED(ip6_host(l->dns[i]));
}

static void check_lease(const struct lease *l)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz.-"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	NEED(strlen(l->ifname) < sizeof(l->ifname) && !strchr(l->ifname, '/'));
	NEED(strlen(l->domain) < sizeof(l->domain));
	NEED(strlen(l->hostname) < sizeof(l->hostname));
	NEED(strspn(l->domain, chars) == strlen(l->domain));
	NEED(strspn(l->hostname, chars) == strlen(l->hostname));
	NEED(!strstr(l->domain, "..") && l->domain[0] != '.');
	NEED(l->prefix <= 32 && l->n_dns <= LEASE_DNS_MAX);
	NEED(!l->mtu || (l->mtu >= 576 && l->mtu <= 9216));
	check_host(l->addr);
	check_host(l->router);
	check_host(l->server);
	for (unsigned int i = 0; i < l->n_dns; i++)
		check_host(l->dns[i]);
	NEED(strlen(l->search) < sizeof(l->search) && l->search[0] != ' ');
	NEED(!strpbrk(l->search, "/;$'\n"));
	NEED(l->from != LEASE_RA);
	check_six(&l->six);
}

/* One after the other, as a client would hand them over. */
static void variables(struct span text)
{
	struct lease l = {.n_dns = 0}, before;
	struct span key, one;
	char name[16];
	bool whole;

	while (text_line(&text, &one, &whole)) {
		text_cut(one, ' ', &key, &one);
		if (text_copy(name, sizeof(name), key))
			continue;
		before = l;
		if (lease_set(&l, name, one))
			NEED(!memcmp(&before, &l, sizeof(l)));
		check_lease(&l);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char one[LEASE_SIZE_MAX], two[LEASE_SIZE_MAX];
	struct span text = {(const char *)data, size};
	struct lease l, again;
	struct fault f = {0};
	int err = lease_parse(&l, text, &f), n;

	variables(text);
	if (err) {
		fuzz_refusal(err, &f, size);
		return 0;
	}
	check_lease(&l);
	NEED(!lease_check(&l, NULL) && l.ifname[0]);
	NEED((l.addr && l.prefix) ||
	     (l.six.from != LEASE_NONE && !l.addr && !l.prefix));
	n = lease_print(&l, one, sizeof(one));
	NEED(n > 0);
	NEED(!lease_parse(&again, (struct span){one, n}, NULL));
	NEED(lease_print(&again, two, sizeof(two)) == n &&
	     !memcmp(one, two, n));
	NEED(again.addr == l.addr && again.prefix == l.prefix &&
	     again.router == l.router && again.seconds == l.seconds &&
	     again.n_dns == l.n_dns && again.mtu == l.mtu);
	NEED(l.six.from == LEASE_NONE ||
	     !memcmp(&l.six, &again.six, sizeof(l.six)));
	return 0;
}
