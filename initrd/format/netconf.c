/* SPDX-License-Identifier: MIT */
/* netconf.c - texts for systemd-networkd and netplan, and resolv.conf. */
#include "format/netconf.h"

static void put_line(struct text_out *o, const char *key, const char *value)
{
	if (!*value)
		return;
	text_put_str(o, key);
	text_put_str(o, value);
	text_put_str(o, "\n");
}

static void put_addr(struct text_out *o, const struct netconf_family *f)
{
	text_put_str(o, f->addr);
	text_put_str(o, "/");
	text_put_u64(o, f->prefix);
}

void netconf_put_resolv(const struct netconf *c, struct text_out *o)
{
	put_line(o, "search ", c->domain);
	for (unsigned int i = 0; i < c->n_dns; i++)
		put_line(o, "nameserver ", c->dns[i]);
}

static void put_static(struct text_out *o, const struct netconf_family *f)
{
	if (!f->there || f->dynamic)
		return;
	text_put_str(o, "Address=");
	put_addr(o, f);
	text_put_str(o, "\n");
	put_line(o, "Gateway=", f->router);
}

/* How both DHCP clients are to name themselves, and what to ask for. */
static void put_clients(const struct netconf *c, struct text_out *o)
{
	if (c->v4.there && c->v4.dynamic) {
		text_put_str(o, "[DHCPv4]\nClientIdentifier=mac\n");
		put_line(o, "RequestAddress=", c->v4.addr);
	}
	if (c->v6.iaid) {
		text_put_str(o, "[DHCPv6]\nDUIDType=link-layer\nIAID=");
		text_put_u64(o, c->v6.iaid);
		text_put_str(o, "\n");
	}
}

void netconf_put_networkd(const struct netconf *c, struct text_out *o)
{
	bool dhcp = c->v4.there && c->v4.dynamic;

	text_put_str(o, "# written by slipway for the address of this boot\n"
			"[Match]\n");
	put_line(o, c->by_name ? "Name=" : "Type=ether\nMACAddress=",
		 c->by_name ? c->ifname : c->mac);
	text_put_str(o, "\n");
	if (c->mtu) {
		text_put_str(o, "[Link]\nMTUBytes=");
		text_put_u64(o, c->mtu);
		text_put_str(o, "\n\n");
	}
	text_put_str(o, "[Network]\nKeepConfiguration=yes\n");
	text_put_str(o, dhcp ? "DHCP=ipv4\n" : "DHCP=no\n");
	if (c->v6.there)
		text_put_str(o, c->v6.dynamic ? "IPv6AcceptRA=yes\n"
					      : "IPv6AcceptRA=no\n");
	put_static(o, &c->v4);
	put_static(o, &c->v6);
	for (unsigned int i = 0; i < c->n_dns; i++)
		put_line(o, "DNS=", c->dns[i]);
	put_line(o, "Domains=", c->domain);
	if (dhcp || c->v6.iaid)
		text_put_str(o, "\n");
	put_clients(c, o);
}

static void put_yaml_dns(const struct netconf *c, struct text_out *o)
{
	if (!c->n_dns && !c->domain[0])
		return;
	text_put_str(o, "      nameservers:\n");
	if (c->n_dns)
		text_put_str(o, "        addresses: [");
	for (unsigned int i = 0; i < c->n_dns; i++) {
		text_put_str(o, i ? ", \"" : "\"");
		text_put_str(o, c->dns[i]);
		text_put_str(o, "\"");
	}
	if (c->n_dns)
		text_put_str(o, "]\n");
	if (c->domain[0]) {
		text_put_str(o, "        search: [\"");
		text_put_str(o, c->domain);
		text_put_str(o, "\"]\n");
	}
}

/* The static addresses and routes of both families. */
static void put_yaml_static(const struct netconf *c, struct text_out *o)
{
	const struct netconf_family *const all[] = {&c->v4, &c->v6};
	const char *head = "      addresses:\n";

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i]->there || all[i]->dynamic)
			continue;
		text_put_str(o, head);
		text_put_str(o, "        - \"");
		put_addr(o, all[i]);
		text_put_str(o, "\"\n");
		head = "";
	}
	head = "      routes:\n";
	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		if (!all[i]->there || all[i]->dynamic || !all[i]->router[0])
			continue;
		text_put_str(o, head);
		text_put_str(o, i ? "        - to: \"::/0\"\n          via: \""
				  : "        - to: \"0.0.0.0/0\"\n"
				    "          via: \"");
		text_put_str(o, all[i]->router);
		text_put_str(o, "\"\n");
		head = "";
	}
}

void netconf_put_netplan(const struct netconf *c, struct text_out *o)
{
	bool dhcp = c->v4.there && c->v4.dynamic;

	/* the first of the files that netplan makes of its definitions */
	text_put_str(o, "# written by slipway for the address of this boot\n"
			"network:\n"
			"  version: 2\n"
			"  ethernets:\n"
			"    00-slipway:\n"
			"      renderer: networkd\n"
			"      match:\n");
	/* of a MAC it has networkd look at the burnt-in one only */
	text_put_str(o, c->burnt && !c->by_name ? "        macaddress: \""
						: "        name: \"");
	text_put_str(o, c->burnt && !c->by_name ? c->mac : c->ifname);
	text_put_str(o, "\"\n      critical: true\n");
	if (c->mtu) {
		text_put_str(o, "      mtu: ");
		text_put_u64(o, c->mtu);
		text_put_str(o, "\n");
	}
	text_put_str(o, dhcp ? "      dhcp4: true\n"
			       "      dhcp-identifier: mac\n"
			     : "      dhcp4: false\n");
	if (c->v6.there)
		text_put_str(o, c->v6.dynamic ? "      accept-ra: true\n"
					      : "      accept-ra: false\n");
	if (c->v6.iaid)
		text_put_str(o, "      dhcp6: true\n");
	put_yaml_static(c, o);
	put_yaml_dns(c, o);
}

void netconf_put_netplan_more(const struct netconf *c, struct text_out *o)
{
	put_clients(c, o);
}
