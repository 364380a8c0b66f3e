/* SPDX-License-Identifier: MIT */
/* netconf_ifupdown.c - texts for ifupdown and its DHCP clients. */
#include "format/netconf.h"

static void put(struct text_out *o, const char *before, const char *value,
		const char *after)
{
	text_put_str(o, before);
	text_put_str(o, value);
	text_put_str(o, after);
}

/*
 * ifupdown's own static method adds the address and fails where it is; these
 * commands leave it in place, and still work after an ifdown.
 */
static void put_static(const struct netconf_family *f, bool v6,
		       struct text_out *o)
{
	const char *ip = v6 ? "ip -6" : "ip -4";

	if (!f->there || f->dynamic)
		return;
	put(o, "\tup ", ip, " addr replace ");
	put(o, "", f->addr, "/");
	text_put_u64(o, f->prefix);
	text_put_str(o, " dev $IFACE\n");
	if (f->router[0]) {
		put(o, "\tup ", ip, " route replace default via ");
		put(o, "", f->router, " dev $IFACE\n");
	}
	put(o, "\tdown ", ip, " addr del ");
	put(o, "", f->addr, "/");
	text_put_u64(o, f->prefix);
	text_put_str(o, " dev $IFACE\n");
}

static void put_resolvconf(const struct netconf *c, struct text_out *o)
{
	for (unsigned int i = 0; i < c->n_dns; i++)
		put(o, i ? " " : "\tdns-nameservers ", c->dns[i], "");
	text_put_str(o, c->n_dns ? "\n" : "");
	if (c->domain[0])
		put(o, "\tdns-search ", c->domain, "\n");
}

void netconf_put_ifupdown(const struct netconf *c, bool dhclient,
			  struct text_out *o)
{
	text_put_str(o, "# written by slipway for the address of this boot\n");
	if (c->by_name)
		put(o, "auto ", c->ifname, "=slipway\n");
	else
		put(o, "auto mac/", c->mac, "=slipway\n");
	if (c->v4.there && c->v4.dynamic) {
		text_put_str(o, "iface slipway inet dhcp\n");
		/* "no": none but what dhclient.conf has it send */
		if (dhclient)
			text_put_str(o, "\tclient no\n");
		else
			put(o, "\tclient 01:", c->mac, "\n");
	} else {
		text_put_str(o, "iface slipway inet manual\n");
	}
	put_static(&c->v4, false, o);
	put_static(&c->v6, true, o);
	put_resolvconf(c, o);
}

static void put_epoch(struct text_out *o, const char *what, uint64_t t)
{
	put(o, "  ", what, " epoch ");
	text_put_u64(o, t);
	text_put_str(o, ";\n");
}

static void put_netmask(struct text_out *o, unsigned int prefix)
{
	uint32_t mask = prefix && prefix <= 32 ? ~0u << (32 - prefix) : 0;

	text_put_str(o, "  option subnet-mask ");
	for (int shift = 24; shift >= 0; shift -= 8) {
		text_put_u64(o, mask >> shift & 255);
		text_put_str(o, shift ? "." : ";\n");
	}
}

void netconf_put_dhclient(const struct netconf *c, struct text_out *o)
{
	uint32_t seconds = c->seconds ? c->seconds : UINT32_MAX;

	if (!c->v4.there || !c->v4.dynamic)
		return;
	put(o, "lease {\n  interface \"", c->ifname, "\";\n");
	put(o, "  fixed-address ", c->v4.addr, ";\n");
	put_netmask(o, c->v4.prefix);
	if (c->v4.router[0])
		put(o, "  option routers ", c->v4.router, ";\n");
	if (c->server[0])
		put(o, "  option dhcp-server-identifier ", c->server, ";\n");
	text_put_str(o, "  option dhcp-lease-time ");
	text_put_u64(o, seconds);
	text_put_str(o, ";\n");
	put_epoch(o, "renew", c->now + seconds / 2);
	put_epoch(o, "rebind", c->now + seconds / 8 * 7);
	put_epoch(o, "expire", c->now + seconds);
	text_put_str(o, "}\n");
}

/* Does a line that is no comment hold @what, and begin with @first? */
static bool says(struct span text, const char *first, const char *what)
{
	size_t n = strlen(what);
	struct span line;
	bool whole;

	while (text_line(&text, &line, &whole)) {
		while (line.n && (*line.p == ' ' || *line.p == '\t')) {
			line.p++;
			line.n--;
		}
		if (!line.n || *line.p == '#' || !text_strip(&line, first))
			continue;
		for (size_t i = 0; i + n <= line.n; i++)
			if (!memcmp(line.p + i, what, n))
				return true;
	}
	return false;
}

bool netconf_sources(struct span interfaces)
{
	return says(interfaces, "source", "/etc/network/interfaces.d");
}

bool netconf_identifies(struct span dhclient_conf)
{
	return says(dhclient_conf, "", "dhcp-client-identifier");
}
