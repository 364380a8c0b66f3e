/* SPDX-License-Identifier: MIT */
/* u-lease.c - what a DHCP server may say, and what it had better not. */
#include "format/lease.h"
#include "unit.h"

static void addresses(void)
{
	static const struct {
		const char *text;
		int err;
		uint32_t addr;
	} rows[] = {
		{"10.0.2.15", 0, 0x0a00020f},
		{"0.0.0.0", 0, 0},
		{"255.255.255.255", 0, 0xffffffff},
		{"1.2.3", -EBADMSG, 0},
		{"1.2.3.4.5", -EBADMSG, 0},
		{"1.2.3.", -EBADMSG, 0},
		{"1..2.3", -EBADMSG, 0},
		{"1.2.3.256", -EBADMSG, 0},
		{"01.2.3.4", -EBADMSG, 0},
		{"1.2.3.4 ", -EBADMSG, 0},
		{"-1.2.3.4", -EBADMSG, 0},
		{"", -EBADMSG, 0},
	};
	char out[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		uint32_t addr = 77;

		unit_row = rows[i].text;
		CHECK_INT(lease_ipv4(text_span(rows[i].text), &addr),
			  rows[i].err);
		CHECK(addr == (rows[i].err ? 77 : rows[i].addr));
		if (rows[i].err)
			continue;
		lease_ipv4_print(out, addr);
		CHECK_STR(out, rows[i].text);
	}
}

static void masks(void)
{
	static const struct {
		const char *text;
		int prefix;
	} rows[] = {
		{"255.255.255.0", 24},
		{"255.255.255.255", 32},
		{"128.0.0.0", 1},
		{"255.255.254.0", 23},
		{"24", 24},
		{"32", 32},
		{"0.0.0.0", -EBADMSG},
		{"255.0.255.0", -EBADMSG},
		{"0", -EBADMSG},
		{"33", -EBADMSG},
		{"0.0.0.255", -EBADMSG},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned int prefix = 0;
		int err = lease_mask(text_span(rows[i].text), &prefix);

		unit_row = rows[i].text;
		CHECK_INT(err ? err : (int)prefix, rows[i].prefix);
	}
}

static void good(struct lease *l)
{
	static const char *const vars[][2] = {
		{"interface", "eth0"},	     {"ip", "10.0.2.15"},
		{"subnet", "255.255.255.0"}, {"router", "10.0.2.2 10.0.2.3"},
		{"dns", "10.0.2.3 9.9.9.9"}, {"domain", "fleet.example"},
		{"hostname", "node-1"},	     {"lease", "3600"},
		{"serverid", "10.0.2.2"},    {"mtu", "1500"},
		{"bootfile", "'; reboot #"},
	};
	size_t i;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < ARRAY_SIZE(vars); i++) {
		unit_row = vars[i][0];
		CHECK_INT(lease_set(l, vars[i][0], text_span(vars[i][1])), 0);
	}
}

static void round_trip(void)
{
	static const char want[] =
		"interface eth0\nip 10.0.2.15\nsubnet 255.255.255.0\n"
		"router 10.0.2.2\ndns 10.0.2.3 9.9.9.9\n"
		"domain fleet.example\nhostname node-1\nlease 3600\n"
		"serverid 10.0.2.2\nmtu 1500\n";
	struct lease l, again;
	struct fault f = {0};
	char buf[512];
	int n, i;

	good(&l);
	CHECK_INT(lease_check(&l, &f), 0);
	n = lease_print(&l, buf, sizeof(buf));
	CHECK_INT(n, sizeof(want) - 1);
	CHECK(!memcmp(buf, want, n));
	for (i = 0; i < n; i++)
		CHECK_INT(lease_print(&l, buf, i), -EOVERFLOW);
	CHECK_INT(lease_parse(&again, text_span(want), &f), 0);
	CHECK(!f.why && !memcmp(&l, &again, sizeof(l)));
}

static void refused(void)
{
	static const char *const rows[][2] = {
		{"ip", "0.0.0.0"},
		{"ip", "127.0.0.1"},
		{"ip", "224.0.0.1"},
		{"ip", "255.255.255.255"},
		{"ip", ""},
		{"ip", "10.0.2.15; reboot"},
		{"subnet", "0.0.0.0"},
		{"subnet", "255.0.255.0"},
		{"router", "0.0.0.0"},
		{"router", ""},
		{"router", "x 10.0.2.2"},
		{"dns", ""},
		{"dns", "127.0.0.53"},
		{"dns", "10.0.2.3  9.9.9.9"},
		{"dns", "10.0.2.3 "},
		{"dns", "10.0.2.3 $(reboot)"},
		{"domain", "'; reboot #"},
		{"domain", "%n%n"},
		{"domain", "a\nnameserver 6.6.6.6"},
		{"domain", "a..b"},
		{"domain", ".a"},
		{"domain", "a."},
		{"domain", "-a"},
		{"domain", "a-.b"},
		{"domain", "\xc3\xa4"},
		{"domain", ""},
		{"hostname", "a b"},
		{"hostname", "../x"},
		{"hostname",
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaa"},
		{"lease", "0"},
		{"lease", "-1"},
		{"lease", "4294967296"},
		{"mtu", "0"},
		{"mtu", "67"},
		{"mtu", "575"},
		{"mtu", "9217"},
		{"mtu", "65535"},
		{"interface", "a/b"},
		{"interface", ".."},
		{"interface", "sixteen-bytes-xx"},
		{"serverid", "0.0.0.0"},
	};
	struct lease l, before;
	size_t i;

	good(&before);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		l = before;
		unit_row = rows[i][1];
		CHECK_INT(lease_set(&l, rows[i][0], text_span(rows[i][1])),
			  -EBADMSG);
		CHECK(!memcmp(&l, &before, sizeof(l)));
	}
	CHECK_INT(lease_set(&l, "domain", (struct span){"a\0b", 3}), -EBADMSG);
	CHECK_INT(lease_set(&l, "lease", text_span("4294967295")), 0);
	CHECK_INT(l.seconds, 0);
	CHECK_INT(lease_set(&l, "dns",
			    text_span("1.1.1.1 2.2.2.2 3.3.3.3 "
				      "4.4.4.4 5.5.5.5")),
		  0);
	CHECK_INT(l.n_dns, LEASE_DNS_MAX);
}

static void unusable(void)
{
	static const struct {
		const char *ip, *subnet, *router;
		int err;
	} rows[] = {
		{"10.0.2.15", "255.255.255.0", "10.0.2.2", 0},
		{"10.0.2.0", "255.255.255.0", "10.0.2.2", -EBADMSG},
		{"10.0.2.255", "255.255.255.0", "10.0.2.2", -EBADMSG},
		{"10.0.2.15", "255.255.255.0", "10.0.2.15", -EBADMSG},
		{"10.0.2.0", "255.255.255.254", "10.0.2.1", 0},
		{"10.0.2.0", "255.255.255.255", "10.0.2.1", 0},
	};
	struct lease l;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = {0};

		good(&l);
		lease_set(&l, "ip", text_span(rows[i].ip));
		lease_set(&l, "subnet", text_span(rows[i].subnet));
		lease_set(&l, "router", text_span(rows[i].router));
		CHECK_INT(lease_check(&l, &f), rows[i].err);
		CHECK(!f.why == !rows[i].err);
	}
	good(&l);
	l.ifname[0] = '\0';
	CHECK_INT(lease_check(&l, NULL), -EBADMSG);
	good(&l);
	l.prefix = 0;
	CHECK_INT(lease_check(&l, NULL), -EBADMSG);
}

static void files(void)
{
	static const char *const bad[] = {
		"",
		"\n",
		"interface eth0\n",
		"ip\n",
		"ip 10.0.2.15",
		"interface eth0\nip 10.0.2.15\nsubnet 24\nmtu 1\n",
		"interface eth0\nip 10.0.2.15\nsubnet 24\n\n",
	};
	static char big[LEASE_SIZE_MAX + 1];
	struct lease l = {.mtu = 7};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_row = bad[i];
		CHECK_INT(lease_parse(&l, text_span(bad[i]), NULL), -EBADMSG);
		CHECK_INT(l.mtu, 7);
	}
	CHECK_INT(lease_parse(&l, (struct span){big, sizeof(big)}, NULL),
		  -EOVERFLOW);
}

/* All that a lease can hold, and only its IPv6 part. */
static void six(void)
{
	static const char both[] =
		"interface eth0\nmethod handed\nip 10.0.2.15\n"
		"subnet 255.255.255.0\nsearch a.example b.example\n"
		"since 12\nmethod6 dhcp\nip6 2001:db8::7/128\n"
		"router6 fe80::1\ndns6 2001:db8::53 fd00::53\nlease6 600\n"
		"preferred6 300\niaid6 7\nserverid6 00010aff\n";
	static const char only[] =
		"interface eth0\nmethod6 ra\nip6 2001:db8::7/64\n";
	static const char *const bad[] = {
		"interface eth0\nmethod6 ra\n",
		"interface eth0\nip6 2001:db8::7/64\n",
		"interface eth0\nmethod6 ra\nip6 2001:db8::7/64\nip 0.0.0.0\n",
		"interface eth0\nmethod6 ra\nip6 2001:db8::7/64\n"
		"router6 2001:db8::7\n",
		"interface eth0\nmethod6 ra\nip6 2001:db8::7/64\nsubnet 24\n",
	};
	struct lease l;
	char buf[LEASE_SIZE_MAX];
	size_t i;
	int n;

	CHECK_INT(lease_parse(&l, text_span(both), NULL), 0);
	n = lease_print(&l, buf, sizeof(buf));
	CHECK_INT(n, sizeof(both) - 1);
	CHECK(!memcmp(buf, both, n));
	CHECK_INT(l.six.n_server, 4);
	CHECK_INT(lease_parse(&l, text_span(only), NULL), 0);
	n = lease_print(&l, buf, sizeof(buf));
	CHECK_INT(n, sizeof(only) - 1);
	CHECK(!memcmp(buf, only, n));
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_row = bad[i];
		CHECK_INT(lease_parse(&l, text_span(bad[i]), NULL), -EBADMSG);
	}
}

static void six_refused(void)
{
	static const char *const rows[][2] = {
		{"method", "ra"},
		{"method6", "handed"},
		{"method6", ""},
		{"ip6", "2001:db8::1"},
		{"ip6", "2001:db8::1/0"},
		{"ip6", "2001:db8::1/129"},
		{"ip6", "::1/64"},
		{"ip6", "ff02::1/64"},
		{"ip6", "10.0.0.1/24"},
		{"router6", "::"},
		{"router6", "fe80::1%e0"},
		{"dns6", ""},
		{"dns6", "::1"},
		{"dns6", "2001:db8::1 x"},
		{"lease6", "0"},
		{"preferred6", "4294967296"},
		{"iaid6", "0"},
		{"serverid6", ""},
		{"serverid6", "0"},
		{"serverid6", "0G"},
		{"serverid6", "0A"},
		{"since", "-1"},
		{"search", ""},
		{"search", "a "},
		{"search", "a  b"},
		{"search", "a '; reboot #"},
	};
	struct lease l, before;
	size_t i;

	good(&before);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		l = before;
		unit_row = rows[i][1];
		CHECK_INT(lease_set(&l, rows[i][0], text_span(rows[i][1])),
			  -EBADMSG);
		CHECK(!memcmp(&l, &before, sizeof(l)));
	}
}

static void handed(void)
{
	static const char *const bad[] = {
		"",
		"10.0.0.5",
		"10.0.0.5:",
		":255.255.255.0",
		"10.0.0.5:255.0.255.0",
		"10.0.0.5:255.255.255.0:x",
		"10.0.0.5:255.255.255.0::x",
		"10.0.0.5:255.255.255.0:::0",
		"10.0.0.5:255.255.255.0::::127.0.0.1",
		"10.0.0.5:255.255.255.0:::::",
	};
	struct lease l = {.ifname = "e"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_row = bad[i];
		CHECK_INT(lease_handed(&l, text_span(bad[i])), -EBADMSG);
		CHECK(!l.addr && !l.prefix && l.from == LEASE_NONE);
	}
	CHECK_INT(lease_handed(&l, text_span("10.0.0.5:255.255.255.0")), 0);
	CHECK(!l.router && !l.n_dns && !l.seconds && !l.server);
	CHECK_INT(lease_handed(&l, text_span("10.0.0.5:255.255.0.0:10.0.0.1:"
					     "10.0.0.2 10.0.0.3:600:10.0.0.4")),
		  0);
	CHECK(l.addr == 0x0a000005 && l.router == 0x0a000001);
	CHECK_INT(l.prefix, 16);
	CHECK_INT(l.n_dns, 2);
	CHECK_INT(l.seconds, 600);
	CHECK(l.server == 0x0a000004 && l.from == LEASE_HANDED);
}

UNIT_MAIN(UNIT_CASE(addresses), UNIT_CASE(masks), UNIT_CASE(round_trip),
	  UNIT_CASE(refused), UNIT_CASE(unusable), UNIT_CASE(files),
	  UNIT_CASE(six), UNIT_CASE(six_refused), UNIT_CASE(handed))
