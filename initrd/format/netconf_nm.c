/* SPDX-License-Identifier: MIT */
/* netconf_nm.c - texts for NetworkManager. */
#include "format/netconf.h"

static void put_key(struct text_out *o, const char *key, const char *value)
{
	text_put_str(o, key);
	text_put_str(o, value);
	text_put_str(o, "\n");
}

/* The servers that are of the family, since each section takes its own. */
static void put_dns(const struct netconf *c, struct text_out *o, bool v6)
{
	bool any = false;

	for (unsigned int i = 0; i < c->n_dns; i++) {
		if (!!strchr(c->dns[i], ':') != v6)
			continue;
		text_put_str(o, any ? "" : "dns=");
		text_put_str(o, c->dns[i]);
		text_put_str(o, ";");
		any = true;
	}
	text_put_str(o, any ? "\n" : "");
	if (any && c->domain[0]) {
		text_put_str(o, "dns-search=");
		text_put_str(o, c->domain);
		text_put_str(o, ";\n");
	}
}

static void put_manual(struct text_out *o, const struct netconf_family *f)
{
	text_put_str(o, "method=manual\naddress1=");
	text_put_str(o, f->addr);
	text_put_str(o, "/");
	text_put_u64(o, f->prefix);
	text_put_str(o, "\n");
	if (f->router[0])
		put_key(o, "gateway=", f->router);
}

void netconf_put_nm(const struct netconf *c, struct text_out *o)
{
	char uuid[NETCONF_UUID_SIZE];

	netconf_uuid(c, uuid);
	text_put_str(o, "# written by slipway for the address of this boot\n"
			"[connection]\nid=slipway\n");
	put_key(o, "uuid=", uuid);
	text_put_str(o, "type=ethernet\nautoconnect-priority=100\n"
			"autoconnect-retries=0\n");
	put_key(o,
		c->by_name ? "interface-name=" : "\n[ethernet]\nmac-address=",
		c->by_name ? c->ifname : c->mac);
	if (c->mtu) {
		text_put_str(o, "mtu=");
		text_put_u64(o, c->mtu);
		text_put_str(o, "\n");
	}
	text_put_str(o, "\n[ipv4]\n");
	if (!c->v4.there)
		text_put_str(o, "method=disabled\n");
	else if (c->v4.dynamic)
		/* for ever: a server that is away takes no address away */
		text_put_str(o, "method=auto\ndhcp-client-id=mac\n"
				"dhcp-timeout=2147483647\n");
	else
		put_manual(o, &c->v4);
	put_dns(c, o, false);
	/* the interface identifier that the kernel uses too */
	text_put_str(o, "\n[ipv6]\naddr-gen-mode=eui64\nmay-fail=true\n");
	if (c->v6.there && !c->v6.dynamic)
		put_manual(o, &c->v6);
	else
		text_put_str(o, "method=auto\n");
	if (c->v6.iaid) {
		text_put_str(o, "dhcp-duid=ll\ndhcp-iaid=");
		text_put_u64(o, c->v6.iaid);
		text_put_str(o, "\n");
	}
	put_dns(c, o, true);
}

void netconf_put_nm_state(const struct netconf *c, struct text_out *o)
{
	char uuid[NETCONF_UUID_SIZE];

	netconf_uuid(c, uuid);
	text_put_str(o, "[device]\nmanaged=true\n");
	put_key(o, "connection-uuid=", uuid);
	text_put_str(o, "nm-owned=false\n");
}

void netconf_put_nm_lease(const struct netconf *c, struct text_out *o)
{
	if (!c->v4.there || !c->v4.dynamic)
		return;
	text_put_str(o, "# written by slipway for the address of this boot\n");
	put_key(o, "ADDRESS=", c->v4.addr);
}
