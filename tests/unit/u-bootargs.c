/* SPDX-License-Identifier: MIT */
/* u-bootargs.c - command lines: what they set, and what they cannot. */
#include "format/bootargs.h"
#include "format/lease.h"
#include "unit.h"

static struct bootargs b;
static char shown[2 * BOOTARGS_MAX];

static void show(struct text_out *o, const char *key, struct span v)
{
	if (!v.n)
		return;
	text_put_str(o, key);
	text_put(o, v);
	text_put_str(o, " ");
}

static void show_u64(struct text_out *o, const char *key, bool has, uint64_t v)
{
	if (!has)
		return;
	text_put_str(o, key);
	text_put_u64(o, v);
	text_put_str(o, " ");
}

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

static void show_net(struct text_out *o)
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

/* Everything that a line set, in one text; a note shows as !word. */
static const char *parse(const char *line)
{
	static const char *const panics[] = {"", "reboot", "shell", "halt"};
	struct text_out o = {.buf = shown, .size = sizeof(shown) - 1};
	unsigned int i;

	CHECK_INT(bootargs_parse(&b, text_span(line)), 0);
	for (i = 0; i < b.n_urls; i++)
		show(&o, "url=", b.urls[i]);
	show(&o, "role=", b.role);
	show(&o, "image=", b.image);
	show(&o, "channel=", b.channel);
	show(&o, "break=", b.brk);
	show(&o, "panic=", text_span(panics[b.panic]));
	show_u64(&o, "sec=", b.has_panic_sec, b.panic_sec);
	show(&o, "report=", b.report);
	show(&o, "syslog=", b.syslog);
	show_u64(&o, "debug=", b.debug, 1);
	show(&o, "source=", b.source);
	show(&o, "upper=", b.upper);
	show_u64(&o, "upper?=", b.upper_optional, 1);
	show_u64(&o, "ram=", b.ram_bytes, b.ram_bytes);
	show_u64(&o, "ram%=", b.ram_percent, b.ram_percent);
	show_u64(&o, "connections=", b.connections, b.connections);
	show_u64(&o, "serial=", b.has_serial, b.serial);
	show_u64(&o, "floor=", b.has_floor, b.floor);
	show_u64(&o, "fallback=", b.fallback, b.fallback);
	show_net(&o);
	show(&o, "init=", b.init);
	for (i = 0; i < b.n_notes; i++) {
		CHECK(b.notes[i].why);
		show(&o, "!", b.notes[i].word);
	}
	CHECK(!o.over);
	shown[o.n ? o.n - 1 : 0] = '\0';
	return shown;
}

struct row {
	const char *line, *want;
};

static void check(const struct row *rows, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		unit_row = rows[i].line;
		CHECK_STR(parse(rows[i].line), rows[i].want);
	}
}

static void own_keys(void)
{
	static const struct row rows[] = {
		{"", ""},
		{"quiet console=ttyS0,115200 ro", ""},
		{"slipway.url=http://a/,http://b/{mac}",
		 "url=http://a/ url=http://b/{mac}"},
		{"slipway.url=http://a/ slipway.url=http://b/",
		 "url=http://b/"},
		{"slipway.url=https://a/", "url=https://a/"},
		{"slipway.url=ftp://a/", "!slipway.url=ftp://a/"},
		{"slipway.url=http://a/,x",
		 "url=http://a/ !slipway.url=http://a/,x"},
		{"slipway.url", "!slipway.url"},
		{"slipway.role=web slipway.role=rescue", "role=rescue"},
		{"slipway.role=../x", "!slipway.role=../x"},
		{"slipway.image=r9 slipway.channel=beta",
		 "image=r9 channel=beta"},
		{"slipway.image=-", "image=-"},
		{"slipway.channel=../x", "!slipway.channel=../x"},
		{"slipway.break=layers", "break=layers"},
		{"slipway.panic=reboot", "panic=reboot"},
		{"slipway.panic=shell,30", "panic=shell sec=30"},
		{"slipway.panic=halt,0", "panic=halt sec=0"},
		{"slipway.panic=explode", "!slipway.panic=explode"},
		{"slipway.panic=reboot,x", "!slipway.panic=reboot,x"},
		{"slipway.panic=shell,junk", "!slipway.panic=shell,junk"},
		{"slipway.panic=halt slipway.panic=shell,",
		 "panic=halt !slipway.panic=shell,"},
		{"slipway.syslog=10.0.0.1", "syslog=10.0.0.1"},
		{"slipway.syslog=[fd00::1]:99", "syslog=[fd00::1]:99"},
		{"slipway.syslog=log.example:514", "syslog=log.example:514"},
		{"slipway.syslog=fd00::1", "!slipway.syslog=fd00::1"},
		{"slipway.syslog=a:0", "!slipway.syslog=a:0"},
		{"slipway.syslog=a/b", "!slipway.syslog=a/b"},
		{"slipway.syslog=", "!slipway.syslog="},
		{"slipway.report=off", "report=off"},
		{"slipway.report=http://a/r", "report=http://a/r"},
		{"slipway.report=/r/{role}", "report=/r/{role}"},
		{"slipway.report=mailto:x", "!slipway.report=mailto:x"},
		{"slipway.report=//h/r", "!slipway.report=//h/r"},
		{"slipway.debug", "debug=1"},
		{"slipway.debug=1 slipway.debug=0", ""},
		{"slipway.source=net", "source=net"},
		{"slipway.source=LABEL=SLIPWAY", "source=LABEL=SLIPWAY"},
		{"slipway.source=LABEL=", "!slipway.source=LABEL="},
		{"slipway.source=LABEL=B:/r/7", "source=LABEL=B:/r/7"},
		{"slipway.source=LABEL=B:", "!slipway.source=LABEL=B:"},
		{"slipway.source=LABEL=B:r", "!slipway.source=LABEL=B:r"},
		{"slipway.source=/dev/sda", "!slipway.source=/dev/sda"},
		{"slipway.install slipway.install.disk=/dev/sda", ""},
		{"slipway.upper=LABEL=P", "upper=P"},
		{"slipway.upper=LABEL=P? slipway.upper=LABEL=Q", "upper=Q"},
		{"slipway.upper=LABEL=P?", "upper=P upper?=1"},
		{"slipway.upper=LABEL=?", "!slipway.upper=LABEL=?"},
		{"slipway.upper=/dev/sda", "!slipway.upper=/dev/sda"},
		{"slipway.ram=512M", "ram=536870912"},
		{"slipway.ram=60%", "ram%=60"},
		{"slipway.ram=1G slipway.ram=100%", "ram%=100"},
		{"slipway.ram=101%", "!slipway.ram=101%"},
		{"slipway.ram=0", "!slipway.ram=0"},
		{"slipway.connections=2", "connections=2"},
		{"slipway.connections=0", "!slipway.connections=0"},
		{"slipway.connections=-1", "!slipway.connections=-1"},
		{"slipway.connections=4294967296",
		 "!slipway.connections=4294967296"},
		{"slipway.ram=%", "!slipway.ram=%"},
		{"slipway.ram=99999999999T", "!slipway.ram=99999999999T"},
		{"slipway.serial=412 slipway.floor=400",
		 "serial=412 floor=400"},
		{"slipway.fallback=12", "fallback=12"},
		{"slipway.fallback=12x", "!slipway.fallback=12x"},
	};

	check(rows, ARRAY_SIZE(rows));
}

/* Weakening is said and ignored; a broken limit lets nothing pass. */
static void weakening(void)
{
	static const struct row rows[] = {
		{"slipway.verify=0", "!slipway.verify=0"},
		{"slipway.insecure", "!slipway.insecure"},
		{"slipway.key=http://evil/k", "!slipway.key=http://evil/k"},
		{"slipway.ca=x slipway.rescue",
		 "!slipway.ca=x !slipway.rescue"},
		{"slipway.", "!slipway."},
		{"SLIPWAY.URL=http://a/", ""},
		{"verify=0 insecure ca=x rescue", ""},
		{"rd.shell", "!rd.shell"},
		{"slipway.serial=0x5", "serial=0 !slipway.serial=0x5"},
		{"slipway.serial", "serial=0 !slipway.serial"},
		{"slipway.floor=-1", "floor=18446744073709551615 "
				     "!slipway.floor=-1"},
		{"slipway.floor=\x80", "floor=18446744073709551615 "
				       "!slipway.floor=\x80"},
	};

	check(rows, ARRAY_SIZE(rows));
	parse("slipway.verify=0");
	CHECK_STR(b.notes[0].why,
		  "unknown key ignored; nothing turns verification off");
}

static void known_spellings(void)
{
	static const struct row rows[] = {
		{"root=live:http://a/x", "url=http://a/x"},
		{"root=http://a/x", "url=http://a/x"},
		{"root=https://a/x", "url=https://a/x"},
		{"root=/dev/sda1", ""},
		{"root=live:LABEL=x", "!root=live:LABEL=x"},
		{"slipway.url=http://a/ root=http://b/", "url=http://a/"},
		{"root=http://b/ slipway.url=http://a/", "url=http://a/"},
		{"rd.break", "break=switchroot"},
		{"rd.break=mount rd.debug", "break=mount debug=1"},
		{"panic=30", "panic=reboot sec=30"},
		{"panic=0", "panic=halt sec=0"},
		{"panic=-1", "panic=reboot sec=0"},
		{"panic=never", "!panic=never"},
		{"panic=5 slipway.panic=halt", "panic=halt"},
		{"slipway.panic=halt panic=5", "panic=halt"},
		{"init=/bin/sh", "init=/bin/sh"},
		{"init=sh", "!init=sh"},
		{"vlan=eth0.5:eth0", "vlan=eth0.5 on=eth0 id=5"},
		{"bond=bond0", "!bond=bond0"},
		{"ifname=lan0:52:54:00:12:34:56",
		 "ifname=lan0 mac5=86"},
	};

	check(rows, ARRAY_SIZE(rows));
}

static void network(void)
{
	static const struct row rows[] = {
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

	check(rows, ARRAY_SIZE(rows));
}

static void links(void)
{
	static const struct row rows[] = {
		{"vlan=vlan5:eth0", "vlan=vlan5 on=eth0 id=5"},
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

	check(rows, ARRAY_SIZE(rows));
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

static void words(void)
{
	static const struct row rows[] = {
		{"  \tslipway.role=a\n", "role=a"},
		{"slipway.role=\"a\"", "role=a"},
		{"\"slipway.role=a\"", "role=a"},
		{"slipway.role=a -- slipway.role=b", "role=a"},
		{"x=\"y slipway.role=a z\"", ""},
		{"x=\"y slipway.role=a", ""},
		{"slipway.role=\"a b\"", "!slipway.role=\"a b\""},
		{"slipway.role=\"a", "role=a"},
		{"\"", ""},
		{"=", ""},
		{"=slipway.role=a", ""},
		{"slipway.role=a=b", "!slipway.role=a=b"},
	};

	check(rows, ARRAY_SIZE(rows));
}

static void limits(void)
{
	static char line[BOOTARGS_MAX + 1];
	size_t i;

	memset(line, 'x', sizeof(line));
	CHECK_INT(bootargs_parse(&b, (struct span){line, BOOTARGS_MAX}), 0);
	CHECK_INT(bootargs_parse(&b, (struct span){line, BOOTARGS_MAX + 1}),
		  -EOVERFLOW);
	for (i = 0; i < 300; i++)
		memcpy(line + 10 * i, "slipway.x ", 10);
	CHECK_INT(bootargs_parse(&b, (struct span){line, 3000}), 0);
	CHECK_INT(b.n_notes, BOOTARGS_NOTES_MAX);
	memcpy(line, "slipway.url=", 12);
	for (i = 0; i < 12; i++)
		memcpy(line + 12 + 9 * i, "http://a,", 9);
	CHECK_INT(bootargs_parse(&b, (struct span){line, 12 + 9 * 12 - 1}), 0);
	CHECK_INT(b.n_urls, BOOTARGS_URLS_MAX);
	CHECK_INT(b.n_notes, 1);
}

/* A URL that was refused is told of, behind any number of other notes. */
static void url_note_of(const char *url)
{
	static char line[BOOTARGS_MAX];
	size_t others, i, n;

	for (others = 0; others < 20; others++) {
		for (n = 0, i = 0; i < others; i++, n += 10)
			memcpy(line + n, "slipway.x ", 10);
		memcpy(line + n, url, strlen(url));
		n += strlen(url);
		for (i = 0; i < 9; i++, n += 10)
			memcpy(line + n, " slipway.y", 10);
		CHECK_INT(bootargs_parse(&b, (struct span){line, n}), 0);
		CHECK_INT(b.n_urls, 0);
		for (i = 0; i < b.n_notes; i++)
			if (span_is(b.notes[i].word, url))
				break;
		CHECK(i < b.n_notes);
	}
}

static void url_note(void)
{
	url_note_of("slipway.url=ftp://a/");
	url_note_of("slipway.url");
}

/* In its own allocation, so that a sanitizer sees a byte read too far. */
static void every_cut_and_byte(void)
{
	static const char line[] =
		"slipway.url=http://a/,http://b ip=1.2.3.4::1.2.3.5:24:n:e:off:"
		"9.9.9.9 BOOTIF=01-52-54-00-12-34-56 slipway.ram=50% panic=-1 "
		"slipway.role=\"web\" slipway.panic=halt,5 init=/i";
	size_t n = sizeof(line) - 1, i;
	int c;

	for (i = 0; i < n; i++) {
		char *copy = malloc(i + !i);

		CHECK(copy);
		memcpy(copy, line, i);
		CHECK_INT(bootargs_parse(&b, (struct span){copy, i}), 0);
		free(copy);
		copy = malloc(n);
		CHECK(copy);
		memcpy(copy, line, n);
		for (c = 0; c < 256; c++) {
			copy[i] = c;
			CHECK_INT(bootargs_parse(&b, (struct span){copy, n}),
				  0);
			CHECK(b.n_urls <= 2 && b.n_ns <= 1);
		}
		free(copy);
	}
}

UNIT_MAIN(UNIT_CASE(own_keys), UNIT_CASE(weakening), UNIT_CASE(known_spellings),
	  UNIT_CASE(network), UNIT_CASE(links), UNIT_CASE(statics),
	  UNIT_CASE(words), UNIT_CASE(limits), UNIT_CASE(url_note),
	  UNIT_CASE(every_cut_and_byte))
