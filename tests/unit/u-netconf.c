/* SPDX-License-Identifier: MIT */
/* u-netconf.c - this boot's network in the words of those who keep it. */
#include "format/netconf.h"
#include "unit.h"

static struct netconf dynamic(void)
{
	struct netconf c = {
		.ifname = "eth0",
		.mac = "52:54:00:12:34:56",
		.burnt = true,
		.v4 = {true, true, "10.0.2.15", 24, "10.0.2.2"},
		.n_dns = 2,
		.dns = {"10.0.2.3", "2001:db8::53"},
		.domain = "fleet.example",
		.hostname = "node-7",
		.mtu = 9000,
		.seconds = 600,
		.server = "10.0.2.2",
		.now = 1700000000,
	};

	return c;
}

/* Both families, as ip= gives them. */
static struct netconf fixed(void)
{
	struct netconf c = dynamic();

	c.v4.dynamic = false;
	c.v6 = (struct netconf_family){true, false,	"2001:db8::15",
				       64,   "fe80::1", 0};
	c.mtu = 0;
	return c;
}

static struct netconf vlan(void)
{
	struct netconf c = dynamic();

	strcpy(c.ifname, "eth0.100");
	c.by_name = true;
	return c;
}

/* IPv6 by router advertisements and nothing else. */
static struct netconf six(void)
{
	struct netconf c = dynamic();

	c.v4 = (struct netconf_family){.there = false};
	c.v6 = (struct netconf_family){true, true,	"2001:db8::15",
				       64,   "fe80::1", 0};
	c.n_dns = 0;
	c.domain[0] = '\0';
	c.mtu = 0;
	return c;
}

static struct netconf dhcp6(void)
{
	struct netconf c = six();

	c.v6.iaid = 0x00123456;
	return c;
}

static void put_dhclient_stanza(const struct netconf *c, struct text_out *o)
{
	netconf_put_ifupdown(c, true, o);
}

static void put_dhcpcd_stanza(const struct netconf *c, struct text_out *o)
{
	netconf_put_ifupdown(c, false, o);
}

#define HEAD "# written by slipway for the address of this boot\n"

static const struct {
	const char *name;
	struct netconf (*conf)(void);
	void (*put)(const struct netconf *c, struct text_out *o);
	const char *text;
} rows[] = {
	{"resolv", dynamic, netconf_put_resolv,
	 "search fleet.example\nnameserver 10.0.2.3\n"
	 "nameserver 2001:db8::53\n"},
	{"resolv: nothing known", six, netconf_put_resolv, ""},

	{"networkd: dhcp", dynamic, netconf_put_networkd,
	 HEAD "[Match]\nType=ether\nMACAddress=52:54:00:12:34:56\n\n"
	      "[Link]\nMTUBytes=9000\n\n"
	      "[Network]\nKeepConfiguration=yes\nDHCP=ipv4\n"
	      "DNS=10.0.2.3\nDNS=2001:db8::53\nDomains=fleet.example\n\n"
	      "[DHCPv4]\nClientIdentifier=mac\nRequestAddress=10.0.2.15\n"},
	{"networkd: static", fixed, netconf_put_networkd,
	 HEAD "[Match]\nType=ether\nMACAddress=52:54:00:12:34:56\n\n"
	      "[Network]\nKeepConfiguration=yes\nDHCP=no\nIPv6AcceptRA=no\n"
	      "Address=10.0.2.15/24\nGateway=10.0.2.2\n"
	      "Address=2001:db8::15/64\nGateway=fe80::1\n"
	      "DNS=10.0.2.3\nDNS=2001:db8::53\nDomains=fleet.example\n"},
	{"networkd: IPv6 only", six, netconf_put_networkd,
	 HEAD "[Match]\nType=ether\nMACAddress=52:54:00:12:34:56\n\n"
	      "[Network]\nKeepConfiguration=yes\nDHCP=no\n"
	      "IPv6AcceptRA=yes\n"},
	{"networkd: VLAN", vlan, netconf_put_networkd,
	 HEAD "[Match]\nName=eth0.100\n\n"
	      "[Link]\nMTUBytes=9000\n\n"
	      "[Network]\nKeepConfiguration=yes\nDHCP=ipv4\n"
	      "DNS=10.0.2.3\nDNS=2001:db8::53\nDomains=fleet.example\n\n"
	      "[DHCPv4]\nClientIdentifier=mac\nRequestAddress=10.0.2.15\n"},

	{"netplan: dhcp", dynamic, netconf_put_netplan,
	 HEAD "network:\n  version: 2\n  ethernets:\n    00-slipway:\n"
	      "      renderer: networkd\n      match:\n"
	      "        macaddress: \"52:54:00:12:34:56\"\n"
	      "      critical: true\n      mtu: 9000\n      dhcp4: true\n"
	      "      dhcp-identifier: mac\n      nameservers:\n"
	      "        addresses: [\"10.0.2.3\", \"2001:db8::53\"]\n"
	      "        search: [\"fleet.example\"]\n"},
	{"netplan: static", fixed, netconf_put_netplan,
	 HEAD "network:\n  version: 2\n  ethernets:\n    00-slipway:\n"
	      "      renderer: networkd\n      match:\n"
	      "        macaddress: \"52:54:00:12:34:56\"\n"
	      "      critical: true\n      dhcp4: false\n"
	      "      accept-ra: false\n      addresses:\n"
	      "        - \"10.0.2.15/24\"\n        - \"2001:db8::15/64\"\n"
	      "      routes:\n        - to: \"0.0.0.0/0\"\n"
	      "          via: \"10.0.2.2\"\n        - to: \"::/0\"\n"
	      "          via: \"fe80::1\"\n      nameservers:\n"
	      "        addresses: [\"10.0.2.3\", \"2001:db8::53\"]\n"
	      "        search: [\"fleet.example\"]\n"},
	{"netplan: IPv6 only", six, netconf_put_netplan,
	 HEAD "network:\n  version: 2\n  ethernets:\n    00-slipway:\n"
	      "      renderer: networkd\n      match:\n"
	      "        macaddress: \"52:54:00:12:34:56\"\n"
	      "      critical: true\n      dhcp4: false\n"
	      "      accept-ra: true\n"},

	{"nm: dhcp", dynamic, netconf_put_nm,
	 HEAD "[connection]\nid=slipway\n"
	      "uuid=b2914bf5-c811-4978-b4a4-452083501e28\ntype=ethernet\n"
	      "autoconnect-priority=100\nautoconnect-retries=0\n\n"
	      "[ethernet]\nmac-address=52:54:00:12:34:56\nmtu=9000\n\n"
	      "[ipv4]\nmethod=auto\ndhcp-client-id=mac\n"
	      "dhcp-timeout=2147483647\ndns=10.0.2.3;\n"
	      "dns-search=fleet.example;\n\n"
	      "[ipv6]\naddr-gen-mode=eui64\nmay-fail=true\nmethod=auto\n"
	      "dns=2001:db8::53;\ndns-search=fleet.example;\n"},
	{"nm: static", fixed, netconf_put_nm,
	 HEAD "[connection]\nid=slipway\n"
	      "uuid=b2914bf5-c811-4978-b4a4-452083501e28\ntype=ethernet\n"
	      "autoconnect-priority=100\nautoconnect-retries=0\n\n"
	      "[ethernet]\nmac-address=52:54:00:12:34:56\n\n"
	      "[ipv4]\nmethod=manual\naddress1=10.0.2.15/24\n"
	      "gateway=10.0.2.2\ndns=10.0.2.3;\n"
	      "dns-search=fleet.example;\n\n"
	      "[ipv6]\naddr-gen-mode=eui64\nmay-fail=true\nmethod=manual\n"
	      "address1=2001:db8::15/64\ngateway=fe80::1\n"
	      "dns=2001:db8::53;\ndns-search=fleet.example;\n"},
	{"nm: IPv6 only", six, netconf_put_nm,
	 HEAD "[connection]\nid=slipway\n"
	      "uuid=b2914bf5-c811-4978-b4a4-452083501e28\ntype=ethernet\n"
	      "autoconnect-priority=100\nautoconnect-retries=0\n\n"
	      "[ethernet]\nmac-address=52:54:00:12:34:56\n\n"
	      "[ipv4]\nmethod=disabled\n\n"
	      "[ipv6]\naddr-gen-mode=eui64\nmay-fail=true\nmethod=auto\n"},
	{"networkd: DHCPv6", dhcp6, netconf_put_networkd,
	 HEAD "[Match]\nType=ether\nMACAddress=52:54:00:12:34:56\n\n"
	      "[Network]\nKeepConfiguration=yes\nDHCP=no\n"
	      "IPv6AcceptRA=yes\n\n"
	      "[DHCPv6]\nDUIDType=link-layer\nIAID=1193046\n"},
	{"netplan: DHCPv6", dhcp6, netconf_put_netplan,
	 HEAD "network:\n  version: 2\n  ethernets:\n    00-slipway:\n"
	      "      renderer: networkd\n      match:\n"
	      "        macaddress: \"52:54:00:12:34:56\"\n"
	      "      critical: true\n      dhcp4: false\n"
	      "      accept-ra: true\n      dhcp6: true\n"},
	{"netplan: DHCPv6, more", dhcp6, netconf_put_netplan_more,
	 "[DHCPv6]\nDUIDType=link-layer\nIAID=1193046\n"},
	{"netplan: dhcp, more", dynamic, netconf_put_netplan_more,
	 "[DHCPv4]\nClientIdentifier=mac\nRequestAddress=10.0.2.15\n"},
	{"netplan: static, more", fixed, netconf_put_netplan_more, ""},
	{"nm: DHCPv6", dhcp6, netconf_put_nm,
	 HEAD "[connection]\nid=slipway\n"
	      "uuid=b2914bf5-c811-4978-b4a4-452083501e28\ntype=ethernet\n"
	      "autoconnect-priority=100\nautoconnect-retries=0\n\n"
	      "[ethernet]\nmac-address=52:54:00:12:34:56\n\n"
	      "[ipv4]\nmethod=disabled\n\n"
	      "[ipv6]\naddr-gen-mode=eui64\nmay-fail=true\nmethod=auto\n"
	      "dhcp-duid=ll\ndhcp-iaid=1193046\n"},
	{"nm: state", dynamic, netconf_put_nm_state,
	 "[device]\nmanaged=true\n"
	 "connection-uuid=b2914bf5-c811-4978-b4a4-452083501e28\n"
	 "nm-owned=false\n"},
	{"nm: lease", dynamic, netconf_put_nm_lease,
	 HEAD "ADDRESS=10.0.2.15\n"},
	{"nm: no lease", fixed, netconf_put_nm_lease, ""},

	{"ifupdown: dhclient", dynamic, put_dhclient_stanza,
	 HEAD "auto mac/52:54:00:12:34:56=slipway\n"
	      "iface slipway inet dhcp\n\tclient no\n"
	      "\tdns-nameservers 10.0.2.3 2001:db8::53\n"
	      "\tdns-search fleet.example\n"},
	{"ifupdown: dhcpcd", dynamic, put_dhcpcd_stanza,
	 HEAD "auto mac/52:54:00:12:34:56=slipway\n"
	      "iface slipway inet dhcp\n\tclient 01:52:54:00:12:34:56\n"
	      "\tdns-nameservers 10.0.2.3 2001:db8::53\n"
	      "\tdns-search fleet.example\n"},
	{"ifupdown: static", fixed, put_dhclient_stanza,
	 HEAD "auto mac/52:54:00:12:34:56=slipway\n"
	      "iface slipway inet manual\n"
	      "\tup ip -4 addr replace 10.0.2.15/24 dev $IFACE\n"
	      "\tup ip -4 route replace default via 10.0.2.2 dev $IFACE\n"
	      "\tdown ip -4 addr del 10.0.2.15/24 dev $IFACE\n"
	      "\tup ip -6 addr replace 2001:db8::15/64 dev $IFACE\n"
	      "\tup ip -6 route replace default via fe80::1 dev $IFACE\n"
	      "\tdown ip -6 addr del 2001:db8::15/64 dev $IFACE\n"
	      "\tdns-nameservers 10.0.2.3 2001:db8::53\n"
	      "\tdns-search fleet.example\n"},
	{"ifupdown: VLAN", vlan, put_dhclient_stanza,
	 HEAD "auto eth0.100=slipway\niface slipway inet dhcp\n\tclient no\n"
	      "\tdns-nameservers 10.0.2.3 2001:db8::53\n"
	      "\tdns-search fleet.example\n"},
	{"ifupdown: IPv6 only", six, put_dhclient_stanza,
	 HEAD "auto mac/52:54:00:12:34:56=slipway\n"
	      "iface slipway inet manual\n"},
	{"dhclient", dynamic, netconf_put_dhclient,
	 "lease {\n  interface \"eth0\";\n  fixed-address 10.0.2.15;\n"
	 "  option subnet-mask 255.255.255.0;\n"
	 "  option routers 10.0.2.2;\n"
	 "  option dhcp-server-identifier 10.0.2.2;\n"
	 "  option dhcp-lease-time 600;\n"
	 "  renew epoch 1700000300;\n  rebind epoch 1700000525;\n"
	 "  expire epoch 1700000600;\n}\n"},
	{"dhclient: no lease", fixed, netconf_put_dhclient, ""},
};

static void texts(void)
{
	char buf[NETCONF_TEXT_MAX + 1];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct netconf c = rows[i].conf();
		struct text_out o = {.buf = buf, .size = NETCONF_TEXT_MAX};
		int n;

		unit_row = rows[i].name;
		rows[i].put(&c, &o);
		n = text_put_end(&o);
		CHECK(n >= 0);
		buf[n] = '\0';
		CHECK_STR(buf, rows[i].text);
	}
}

/* The longest of everything fits, so no boot fails for a long name. */
static void longest(void)
{
	struct netconf c = fixed();
	char buf[NETCONF_TEXT_MAX];

	memset(c.domain, 'a', sizeof(c.domain) - 1);
	memset(c.hostname, 'a', sizeof(c.hostname) - 1);
	memset(c.ifname, 'a', sizeof(c.ifname) - 1);
	c.n_dns = NETCONF_DNS_MAX;
	for (unsigned int i = 0; i < c.n_dns; i++)
		memset(c.dns[i], ':', sizeof(c.dns[i]) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct text_out o = {.buf = buf, .size = sizeof(buf)};

		unit_row = rows[i].name;
		rows[i].put(&c, &o);
		CHECK(text_put_end(&o) >= 0);
	}
}

/* By coreutils: printf 'slipway machine-id uuid=...' | sha256sum */
static void machine_ids(void)
{
	static const struct {
		const char *uuid, *mac, *id;
	} ids[] = {
		{"4c4c4544-0042-3510-8052-b4c04f4e4d31", "52:54:00:12:34:56",
		 "018c911a77a14c3c9ff8be25c2b45ee4"},
		{"4c4c4544-0042-3510-8052-b4c04f4e4d31", "",
		 "018c911a77a14c3c9ff8be25c2b45ee4"},
		{"", "52:54:00:12:34:56", "0211e5c459da40dfa057ee8a7e09ce4f"},
		{"00000000-0000-0000-0000-000000000000", "52:54:00:12:34:56",
		 "0211e5c459da40dfa057ee8a7e09ce4f"},
		{"ffffffff-ffff-ffff-ffff-ffffffffffff", "52:54:00:12:34:56",
		 "0211e5c459da40dfa057ee8a7e09ce4f"},
		{"03000200-0400-0500-0006-000700080009", "52:54:00:12:34:56",
		 "0211e5c459da40dfa057ee8a7e09ce4f"},
		{"Not Settable", "52:54:00:12:34:56",
		 "0211e5c459da40dfa057ee8a7e09ce4f"},
		{"4c4c4544x0042-3510-8052-b4c04f4e4d31", "52:54:00:12:34:56",
		 "0211e5c459da40dfa057ee8a7e09ce4f"},
		{"4c4c4544-0042-3510-8052-b4c04f4e4d3g", "52:54:00:12:34:56",
		 "0211e5c459da40dfa057ee8a7e09ce4f"},
		{"", "", NULL},
		{"00000000-0000-0000-0000-000000000000", "", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		char id[NETCONF_ID_SIZE] = "as it was";
		int err = netconf_machine_id(ids[i].uuid, ids[i].mac, id);

		unit_row = ids[i].uuid;
		CHECK_INT(err, ids[i].id ? 0 : -ENOENT);
		CHECK_STR(id, ids[i].id ? ids[i].id : "as it was");
	}
}

static void owners(void)
{
	static const char ids[][20] = {"eth0", "52:54:00:12:34:56", "enp2s0"};
	static const struct {
		enum netconf_kind kind;
		const char *text;
		bool named;
	} files[] = {
		{NETCONF_NETWORKD, "[Match]\nName=eth0\n", true},
		{NETCONF_NETWORKD, "[Match]\nName = eth1 enp2s0\n", true},
		{NETCONF_NETWORKD, "[Match]\nMACAddress=52:54:00:12:34:56",
		 true},
		{NETCONF_NETWORKD,
		 "[Match]\nPermanentMACAddress=52-54-00-12-34-56\n", true},
		{NETCONF_NETWORKD, "[Match]\nName=eth00\n", false},
		{NETCONF_NETWORKD, "[Match]\nName=!eth0\n", false},
		{NETCONF_NETWORKD, "[Match]\nName=e*\nType=ether\n", false},
		{NETCONF_NETWORKD, "[Match]\n#Name=eth0\n;Name=eth0\n", false},
		{NETCONF_NETWORKD,
		 "[Match]\nName=br0\n[Network]\nBindCarrier=eth0\n", false},
		{NETCONF_NETWORKD, "[Link]\nName=eth0\n", false},
		{NETCONF_NM, "[connection]\ninterface-name=eth0\n", true},
		{NETCONF_NM, "[ethernet]\nmac-address=52:54:00:12:34:56\n",
		 true},
		{NETCONF_NM, "[connection]\nid=eth0\n", false},
		{NETCONF_IFUPDOWN, "auto eth0\n", true},
		{NETCONF_IFUPDOWN, "  iface enp2s0 inet dhcp\n", true},
		{NETCONF_IFUPDOWN, "allow-hotplug eth1 eth0\n", true},
		{NETCONF_IFUPDOWN, "auto mac/52:54:00:12:34:56=lan\n", true},
		{NETCONF_IFUPDOWN, "auto /eth*\n", false},
		{NETCONF_IFUPDOWN, "auto lo\niface lo inet loopback\n", false},
		{NETCONF_IFUPDOWN, "iface br0 inet dhcp\n bridge_ports eth0\n",
		 false},
		{NETCONF_IFUPDOWN, "iface", false},
		{NETCONF_NETPLAN, "network:\n ethernets:\n  eth0:\n", true},
		{NETCONF_NETPLAN, "   match: {macaddress: 52:54:00:12:34:56}\n",
		 true},
		{NETCONF_NETPLAN, "   match:\n    name: \"enp2s0\"\n", true},
		{NETCONF_NETPLAN, "   match:\n    name: \"en*\"\n", false},
		{NETCONF_NETPLAN, "# eth0:\n", false},
		{NETCONF_NETPLAN, ":\n", false},
		{NETCONF_NETPLAN, "", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		unit_row = files[i].text;
		CHECK(netconf_names(files[i].kind, text_span(files[i].text),
				    ids, ARRAY_SIZE(ids)) == files[i].named);
	}
}

static void asides(void)
{
	static const struct {
		const char *text;
		bool sources, identifies;
	} files[] = {
		{"source /etc/network/interfaces.d/*\n", true, false},
		{"\tsource-directory /etc/network/interfaces.d\n", true, false},
		{"# source /etc/network/interfaces.d/*\n", false, false},
		{"auto lo /etc/network/interfaces.d\n", false, false},
		{"send dhcp-client-identifier = hardware;\n", false, true},
		{" interface \"a\" { send dhcp-client-identifier 1; }", false,
		 true},
		{"#send dhcp-client-identifier = hardware;\n", false, false},
		{"source", false, false},
		{"", false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		unit_row = files[i].text;
		CHECK(netconf_sources(text_span(files[i].text)) ==
		      files[i].sources);
		CHECK(netconf_identifies(text_span(files[i].text)) ==
		      files[i].identifies);
	}
}

static void pci_names(void)
{
	static const struct {
		const char *slot;
		bool multi;
		unsigned int port;
		const char *name;
	} slots[] = {
		{"0000:02:00.0", false, 0, "enp2s0"},
		{"0000:02:00.0", true, 0, "enp2s0f0"},
		{"0000:02:00.1", false, 0, "enp2s0f1"},
		{"0000:5e:1f.0", false, 0, "enp94s31"},
		{"10ab:02:00.0", false, 0, "enP4267p2s0"},
		{"0000:02:00.0", true, 1, "enp2s0f0d1"},
		{"ffff:ff:ff.7", true, 4294967295u, "enP65535p255s255f7d"},
		{"virtio0", false, 0, NULL},
		{"0000:02:00", false, 0, NULL},
		{"0000:02:0g.0", false, 0, NULL},
		{"0000:02.00:0", false, 0, NULL},
		{"", false, 0, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(slots); i++) {
		char name[20] = "";
		int err = netconf_pci_name(text_span(slots[i].slot),
					   slots[i].multi, slots[i].port, name);

		unit_row = slots[i].slot;
		CHECK_INT(err, slots[i].name ? 0 : -EBADMSG);
		if (!err)
			CHECK_STR(name, slots[i].name);
	}
}

UNIT_MAIN(UNIT_CASE(texts), UNIT_CASE(longest), UNIT_CASE(machine_ids),
	  UNIT_CASE(owners), UNIT_CASE(asides), UNIT_CASE(pci_names))
