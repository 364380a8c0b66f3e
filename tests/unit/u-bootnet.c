/* SPDX-License-Identifier: MIT */
/* u-bootnet.c - what command lines say of the network. */
#include "format/lease.h"
#include "bootcase.h"

static void show_links(struct text_out *o)
{
	char text[IP6_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < b.n_vlans; i++) {
		show(o, "vlan=", b.vlans[i].name);
		show(o, "on=", b.vlans[i].parent);
		show_u64(o, "id=", true, b.vlans[i].id);
	}
	for (i = 0; i < b.n_bonds; i++) {
		show(o, "bond=", b.bonds[i].name);
		show(o, "links=", b.bonds[i].links);
		show(o, "options=", b.bonds[i].options);
		show_u64(o, "mtu=", b.bonds[i].mtu, b.bonds[i].mtu);
	}
	for (i = 0; i < b.n_ifnames; i++) {
		show(o, "ifname=", b.ifnames[i].name);
		show_u64(o, "mac5=", true, b.ifnames[i].mac[5]);
	}
	for (i = 0; i < b.n_routes; i++) {
		const struct bootargs_route *r = &b.routes[i];

		ip6_print(text, r->net);
		show(o, r->six ? "six=" : "four=", text_span(text));
		ip6_print(text, r->gw);
		show(o, "via=", text_span(text));
		show_u64(o, "bits=", true, r->prefix);
		show(o, "over=", r->dev);
	}
}

static void bootcase_show(struct text_out *o)
{
	static const char *const ips[] = {"",	  "on",	   "none", "static",
					  "dhcp", "dhcp6", "auto6"};
	char mac[18];
	unsigned int i;

	for (i = 0; i < b.n_addrs; i++) {
		show(o, "ip=", text_span(ips[b.addrs[i].ip]));
		show(o, "client=", b.addrs[i].client);
		show(o, "gw=", b.addrs[i].gw);
		show(o, "mask=", b.addrs[i].mask);
		show(o, "host=", b.addrs[i].host);
		show(o, "dev=", b.addrs[i].dev);
	}
	show_links(o);
	show(o, "lease=", b.handed);
	for (i = 0; i < b.n_ns; i++)
		show(o, "ns=", b.ns[i]);
	snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", b.bootif[0],
		 b.bootif[1], b.bootif[2], b.bootif[3], b.bootif[4],
		 b.bootif[5]);
	if (b.has_bootif)
		show(o, "bootif=", text_span(mac));
}

static void network(void)
{
	static const struct bootcase_row rows[] = {
		{"ip=dhcp", "ip=dhcp"},
		{"ip=any", "ip=on"},
		{"ip=on", "ip=on"},
		{"ip=both", "ip=on"},
		{"ip=dhcp6", "ip=dhcp6"},
		{"ip=auto6", "ip=auto6"},
		{"ip=either6", "ip=auto6"},
		{"ip=eth0:dhcp6 ip=eth1:auto6:1500",
		 "ip=dhcp6 dev=eth0 ip=auto6 dev=eth1"},
		{"ip=eth0:dhcp ip=eth0:auto6", "ip=auto6 dev=eth0"},
		{"ip=eth0:dhcp ip=on", "ip=on"},
		{"ip=none", "ip=none"},
		{"ip=off", "ip=none"},
		{"ip=eth0:dhcp", "ip=dhcp dev=eth0"},
		{"ip=:dhcp", "!ip=:dhcp"},
		{"ip=", "!ip="},
		{"ip=x", "!ip=x"},
		{"ip=eth0:x", "!ip=eth0:x"},
		{"ip=dhcp ip=none", "ip=none"},
		{"ip=10.0.2.15::10.0.2.2:255.255.255.0:node:eth0:off",
		 "ip=static client=10.0.2.15 gw=10.0.2.2 mask=255.255.255.0 "
		 "host=node dev=eth0"},
		{"ip=10.0.2.15:10.0.2.9:10.0.2.2:24::eth0:none:9.9.9.9:1.1.1.1",
		 "ip=static client=10.0.2.15 gw=10.0.2.2 mask=24 dev=eth0 "
		 "ns=9.9.9.9 ns=1.1.1.1"},
		{"ip=10.0.2.15:::255.0.0.0",
		 "ip=static client=10.0.2.15 mask=255.0.0.0"},
		{"ip=::::node:eth0:dhcp", "ip=dhcp host=node dev=eth0"},
		{"ip=::::node:eth0", "ip=on host=node dev=eth0"},
		{"ip=:::::eth0:off", "ip=none dev=eth0"},
		{"ip=10.0.2.15:::", "ip=static client=10.0.2.15"},
		{"ip=10.0.2.15:::0", "!ip=10.0.2.15:::0"},
		{"ip=10.0.2.15:::24::eth0:dhcp", "ip=dhcp dev=eth0"},
		{"ip=10.0.2.15:::24::eth0:none ip=10.0.3.15:::24::eth1:none",
		 "ip=static client=10.0.2.15 mask=24 dev=eth0 ip=static "
		 "client=10.0.3.15 mask=24 dev=eth1"},
		{"ip=10.0.2.15:::24::eth0:none:1500:52-54-00-12-34-56",
		 "ip=static client=10.0.2.15 mask=24 dev=eth0"},
		{"ip=10.0.2.999:::24", "!ip=10.0.2.999:::24"},
		{"ip=10.0.2.15::x:24", "!ip=10.0.2.15::x:24"},
		{"ip=10.0.2.15:::24:a/b:eth0:off",
		 "!ip=10.0.2.15:::24:a/b:eth0:off"},
		{"ip=10.0.2.15:::24::../x:off", "!ip=10.0.2.15:::24::../x:off"},
		{"ip=10.0.2.15:::24:::magic", "!ip=10.0.2.15:::24:::magic"},
		{"ip=[fd00::1]:::64::eth0:off",
		 "ip=static client=fd00::1 mask=64 dev=eth0"},
		{"ip=[fd00::1]::[fe80::1]:48:n:eth0:none:[fd00::53]",
		 "ip=static client=fd00::1 gw=fe80::1 mask=48 host=n dev=eth0 "
		 "ns=fd00::53"},
		{"ip=[fd00::1]::10.0.0.1:64::eth0:off",
		 "!ip=[fd00::1]::10.0.0.1:64::eth0:off"},
		{"ip=[fd00::1]:::129::eth0:off",
		 "!ip=[fd00::1]:::129::eth0:off"},
		{"ip=[::1]:::64::eth0:off", "!ip=[::1]:::64::eth0:off"},
		{"ip=[fd00::1]x:::64::eth0:off",
		 "!ip=[fd00::1]x:::64::eth0:off"},
		{"ip=[fd00::1:::64::eth0:off", "!ip=[fd00::1:::64::eth0:off"},
		{"ip=10.0.0.2::[fd00::1]:24::eth0:off",
		 "!ip=10.0.0.2::[fd00::1]:24::eth0:off"},
		{"ip=dhcp ip=1:2:3:4", "ip=dhcp !ip=1:2:3:4"},
		{"nameserver=fd00::53 nameserver=[fd00::54]",
		 "ns=fd00::53 ns=fd00::54"},
		{"nameserver=::1 nameserver=[fd00::1]:53",
		 "!nameserver=::1 !nameserver=[fd00::1]:53"},
		{"nameserver=9.9.9.9 nameserver=1.1.1.1",
		 "ns=9.9.9.9 ns=1.1.1.1"},
		{"nameserver=:: nameserver=ff02::1 nameserver=[fd00::1",
		 "!nameserver=:: !nameserver=ff02::1 !nameserver=[fd00::1"},
		{"nameserver=0.0.0.0 nameserver=x",
		 "!nameserver=0.0.0.0 !nameserver=x"},
		{"nameserver=1.1.1.1 nameserver=1.1.1.2 nameserver=1.1.1.3 "
		 "nameserver=1.1.1.4 nameserver=1.1.1.5",
		 "ns=1.1.1.1 ns=1.1.1.2 ns=1.1.1.3 ns=1.1.1.4 "
		 "!nameserver=1.1.1.5"},
		{"BOOTIF=01-52-54-00-12-34-AB", "bootif=52:54:00:12:34:ab"},
		{"BOOTIF=01:52:54:00:ab:34:56", "bootif=52:54:00:ab:34:56"},
		{"BOOTIF=52:54:00:12:34:56", "!BOOTIF=52:54:00:12:34:56"},
		{"BOOTIF=01-52-54:00-12-34-56", "!BOOTIF=01-52-54:00-12-34-56"},
		{"BOOTIF=20-52-54-00-12-34-56", "!BOOTIF=20-52-54-00-12-34-56"},
		{"BOOTIF=01-00-00-00-00-00-00", "!BOOTIF=01-00-00-00-00-00-00"},
		{"BOOTIF=01-53-54-00-12-34-56", "!BOOTIF=01-53-54-00-12-34-56"},
		{"BOOTIF=01-5g-54-00-12-34-56", "!BOOTIF=01-5g-54-00-12-34-56"},
		{"BOOTIF=", "!BOOTIF="},
	};

	bootcase_check(rows, ARRAY_SIZE(rows));
}

static void links(void)
{
	static const struct bootcase_row rows[] = {
		{"vlan=vlan5:eth0", "vlan=vlan5 on=eth0 id=5"},
		{"vlan=eth0.5:eth0", "vlan=eth0.5 on=eth0 id=5"},
		{"vlan=eth0.0012:eth0", "vlan=eth0.0012 on=eth0 id=12"},
		{"vlan=vlan4094:bond0", "vlan=vlan4094 on=bond0 id=4094"},
		{"vlan=vlan4095:eth0", "!vlan=vlan4095:eth0"},
		{"vlan=vlan0:eth0", "!vlan=vlan0:eth0"},
		{"vlan=storage:eth0", "!vlan=storage:eth0"},
		{"vlan=vlan5", "!vlan=vlan5"},
		{"vlan=vlan99999999999999:eth0",
		 "!vlan=vlan99999999999999:eth0"},
		{"bond=bond0:eth0,eth1:mode=802.3ad,miimon=100:9000",
		 "bond=bond0 links=eth0,eth1 options=mode=802.3ad,miimon=100 "
		 "mtu=9000"},
		{"bond=bond0:eth0", "bond=bond0 links=eth0"},
		{"bond=bond0", "!bond=bond0"},
		{"bond=bond0:eth0,,eth1", "!bond=bond0:eth0,,eth1"},
		{"bond=bond0:a,b,c,d,e,f,g,h,i",
		 "!bond=bond0:a,b,c,d,e,f,g,h,i"},
		{"bond=bond0:eth0::1", "!bond=bond0:eth0::1"},
		{"ifname=lan:52:54:00:12:34:0b", "ifname=lan mac5=11"},
		{"ifname=lan:52-54-00-12-34-0b",
		 "!ifname=lan:52-54-00-12-34-0b"},
		{"ifname=a/b:52:54:00:12:34:0b",
		 "!ifname=a/b:52:54:00:12:34:0b"},
		{"ifname=lo:52:54:00:12:34:0b", "!ifname=lo:52:54:00:12:34:0b"},
		{"rd.route=10.1.0.0/16:10.0.0.9",
		 "four=a01:: via=a00:9:: bits=16"},
		{"rd.route=[fd01::/48]:[fd00::1]:eth1",
		 "six=fd01:: via=fd00::1 bits=48 over=eth1"},
		{"rd.route=10.1.0.0/33:10.0.0.9",
		 "!rd.route=10.1.0.0/33:10.0.0.9"},
		{"rd.route=10.1.0.0/16:fd00::1",
		 "!rd.route=10.1.0.0/16:fd00::1"},
		{"rd.route=[fd01::/48]:10.0.0.1",
		 "!rd.route=[fd01::/48]:10.0.0.1"},
		{"rd.route=10.1.0.0/16", "!rd.route=10.1.0.0/16"},
		{"slipway.lease=10.0.0.5:255.255.255.0:10.0.0.1::600:10.0.0.2",
		 "lease=10.0.0.5:255.255.255.0:10.0.0.1::600:10.0.0.2"},
		{"slipway.lease=10.0.0.255:255.255.255.0",
		 "!slipway.lease=10.0.0.255:255.255.255.0"},
		{"slipway.lease=", "!slipway.lease="},
	};

	bootcase_check(rows, ARRAY_SIZE(rows));
}

static void statics(void)
{
	static const struct {
		const char *line;
		int err, prefix, prefix6;
	} rows[] = {
		{"ip=10.0.2.15::10.0.2.2:24::e:none", 0, 24, 0},
		{"ip=10.0.2.15::10.0.2.2:::e:none", 0, 8, 0},
		{"ip=172.16.2.15:::::e:none", 0, 16, 0},
		{"ip=192.168.2.15:::::e:none", 0, 24, 0},
		{"ip=[fd00::1]:::::e:none", 0, 0, 64},
		{"ip=[fd00::1]:::56::e:none", 0, 0, 56},
		{"ip=127.0.0.1:::8::e:none", -EBADMSG, 0, 0},
		{"ip=10.0.2.255:::24::e:none", -EBADMSG, 0, 0},
		{"ip=10.0.2.15::10.0.2.15:24::e:none", -EBADMSG, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lease l = {.ifname = "eth7"};
		struct fault f = {0};

		unit_row = rows[i].line;
		CHECK_INT(bootargs_parse(&b, text_span(rows[i].line)), 0);
		CHECK_INT(b.n_addrs, 1);
		CHECK_INT(bootnet_static(&b.addrs[0], &l, &f), rows[i].err);
		CHECK(!f.why == !rows[i].err);
		CHECK_INT(l.prefix, rows[i].prefix);
		CHECK_INT(l.six.prefix, rows[i].prefix6);
		CHECK_STR(l.ifname, "eth7");
	}
}

UNIT_MAIN(UNIT_CASE(network), UNIT_CASE(links), UNIT_CASE(statics))
