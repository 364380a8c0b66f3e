// SPDX-License-Identifier: MIT
/*
 * netconf.c - check what the servers of a site are told.
 */
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/error.h"
#include "host/site.h"
#include "netconf.h"

#define LEASE_DEFAULT "12h"

static bool is_address(const char *text)
{
	struct in_addr in;

	return inet_pton(AF_INET, text, &in) == 1;
}

/* dnsmasq's: a number, with s, m, h, d or w behind it, or "infinite". */
static bool is_lease(const char *text)
{
	size_t n = strspn(text, "0123456789");

	if (!strcmp(text, "infinite"))
		return true;
	return n && n < 10 &&
	       (!text[n] || (strchr("smhdw", text[n]) && !text[n + 1]));
}

const char *netconf_range(struct netconf *c, const char *text)
{
	char **w = words(text);

	if (!w[0] || !w[1] || !is_address(w[0]) || !is_address(w[1]))
		return "expected FROM,TO, two IPv4 addresses";
	if (w[2] && (w[3] || !is_lease(w[2])))
		return "the lease time is a number and s, m, h, d or w";
	c->dhcp = NETCONF_RANGE;
	c->range =
		xasprintf("%s,%s,%s", w[0], w[1], w[2] ? w[2] : LEASE_DEFAULT);
	free(w);
	return NULL;
}

const char *netconf_proxy(struct netconf *c, const char *text)
{
	struct span addr, prefix;
	char copy[INET_ADDRSTRLEN], mask[INET_ADDRSTRLEN];
	struct in_addr in = {0};
	uint64_t bits = 24;

	text_cut(text_span(text), '/', &addr, &prefix);
	if (text_copy(copy, sizeof(copy), addr) || !is_address(copy))
		return "expected ADDR[/PREFIX], an IPv4 subnet";
	if (prefix.p && (text_u64(prefix, &bits) || !bits || bits > 30))
		return "the prefix is 1 to 30";
	in.s_addr = htonl(~0u << (32 - bits));
	inet_ntop(AF_INET, &in, mask, sizeof(mask));
	c->dhcp = NETCONF_PROXY;
	c->range = xasprintf("%s,proxy,%s", copy, mask);
	return NULL;
}

bool netconf_plain(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._+~@:%=-[]";

	return *text && !text[strspn(text, plain)];
}

void netconf_urls(struct netconf *c, const char *text, const char *from)
{
	char **list = words(text);
	struct fault f = {0};
	size_t i, n = 0, len;

	for (i = 0; list[i]; i++) {
		/* only /init fills {mac} and the like in */
		if (strchr(list[i], '{'))
			continue;
		len = strlen(list[i]);
		while (len && list[i][len - 1] == '/')
			list[i][--len] = '\0';
		list[n++] = list[i];
	}
	list[n] = NULL;
	if (!n)
		die("%s: no URL that iPXE could ask", from);
	for (i = 0; i < n; i++) {
		if (url_parse(&c->first, text_span(list[i]), &f))
			die("%s: %s: %s", from, list[i],
			    f.why ? f.why : "not a URL");
		if (!netconf_plain(list[i]))
			die("%s: %s: holds what a server's configuration "
			    "cannot",
			    from, list[i]);
	}
	url_parse(&c->first, text_span(list[0]), &f);
	c->urls = list;
}

char *netconf_address(const char *interface)
{
	struct ifaddrs *all, *a;
	char text[INET_ADDRSTRLEN];
	struct sockaddr_in in;
	char *found = NULL;

	if (getifaddrs(&all))
		return NULL;
	for (a = all; a && !found; a = a->ifa_next) {
		if (strcmp(a->ifa_name, interface) || !a->ifa_addr ||
		    a->ifa_addr->sa_family != AF_INET)
			continue;
		memcpy(&in, a->ifa_addr, sizeof(in));
		inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
		found = xstrdup(text);
	}
	freeifaddrs(all);
	return found;
}
