// SPDX-License-Identifier: MIT
/* case-lease.c - what a DHCP client hands over, of a server that lies. */
#include <string.h>

#include "cases.h"
#include "format/lease.h"

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int net = 10 + rng_below(r, 100);

	bytes_set(b, "", 0);
	bytes_text(b, "interface eth%u\nip %u.1.2.%u\nsubnet 255.255.255.0\n",
		   (unsigned int)rng_below(r, 9), net,
		   2 + (unsigned int)rng_below(r, 250));
	bytes_text(b, "router %u.1.2.1 %u.1.2.254\ndns %u.9.9.9 1.1.1.1\n", net,
		   net, net);
	bytes_text(b, "domain example.net\nhostname n-%u\nlease %u\n",
		   (unsigned int)rng_below(r, 999),
		   1 + (unsigned int)rng_below(r, 90000));
	if (k % 3 == 1)
		bytes_text(b, "method dhcp\nsearch a.example b.example\n");
	if (k % 3 == 2)
		bytes_text(b,
			   "method6 dhcp\nip6 2001:db8::%x/128\n"
			   "router6 fe80::1\ndns6 2001:db8::53 fd00::1\n"
			   "lease6 %u\niaid6 9\nserverid6 0001ff\n",
			   1 + (unsigned int)rng_below(r, 9999),
			   1 + (unsigned int)rng_below(r, 90000));
	bytes_text(b, "serverid %u.1.2.1\nmtu %u\nopt82 whatever it is\n", net,
		   576 + (unsigned int)rng_below(r, 8000));
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct lease l;

	return lease_parse(&l, (struct span){(const char *)p, n}, f);
}

struct odd {
	const char *key;
	const char *values[24];
};

static const struct odd odds[] = {
	{"interface ",
	 {"", ".", "..", "a/b", "../x", "0123456789abcdef", "a b", "e%s",
	  "$(x)", "eth0;id", "\x01", "eth\xc3\xa4"}},
	{"ip ", {"",	      "0.0.0.0",	 "0.1.2.3",   "127.0.0.1",
		 "224.0.0.1", "255.255.255.255", "1.2.3",     "1.2.3.4.5",
		 "1.2.3.256", "01.2.3.4",	 "1.2.3.4 ",  " 1.2.3.4",
		 "1.2.3.-4",  "a.b.c.d",	 "::1",	      "1.2.3.4/24",
		 "1..2.3",    "1.2.3.0",	 "1.2.3.255", "0x1.2.3.4",
		 "16909060"}},
	{"subnet ",
	 {"", "0.0.0.0", "255.0.255.0", "0.255.255.255", "255.255.255.1", "0",
	  "33", "-1", "024", "255.255.255", "/24", "24 ", "4294967295"}},
	{"router ",
	 {"", "0.0.0.0", "127.0.0.1", "239.1.1.1", "1.2.3", "x", "1.2.3.4,5",
	  "255.255.255.255", "1.2.3.999"}},
	{"dns ",
	 {"", "0.0.0.0", "127.0.0.53", "224.1.1.1", "x", "1.1.1.1  2.2.2.2",
	  "1.1.1.1,2.2.2.2", "1.1.1.1 x", "::1", "1.1.1.1 "}},
	{"domain ",
	 {"",
	  ".",
	  "..",
	  "a..b",
	  ".a",
	  "a.",
	  "-a",
	  "a-",
	  "a-.b",
	  "a_b",
	  "a b",
	  "a/b",
	  "../x",
	  "a;b",
	  "$(reboot)",
	  "`id`",
	  "a\tb",
	  "\xc3\xa4",
	  "a:b",
	  "0123456789012345678901234567890123456789012345678901234567890123"}},
	{"hostname ",
	 {"", ".", "-a", "a-", "a b", "a_b", "a/b", "../x", "$(x)", "a;b",
	  "'a'", "a\x7f",
	  "01234567890123456789012345678901234567890123456789012345678"
	  "90123"}},
	{"lease ",
	 {"", "0", "-1", "4294967296", "1s", "01", "1e3", "0x10", "forever",
	  "99999999999999999999", "1.5"}},
	{"serverid ", {"", "0.0.0.0", "127.0.0.1", "x", "255.255.255.255"}},
	{"mtu ",
	 {"", "0", "575", "9217", "65536", "-1", "1500 ", "01500", "1e3",
	  "4294968796"}},
};

/* Each value of the table in its line; lines that come again are no worse. */
static void value(struct bytes *b, uint64_t k, struct rng *r)
{
	const struct odd *o = &odds[k % ARRAY_SIZE(odds)];
	size_t at, n = 0, end;

	while (n < ARRAY_SIZE(o->values) && o->values[n])
		n++;
	at = bytes_find(b, o->key, 0) + strlen(o->key);
	for (end = at; b->p[end] != '\n'; end++)
		;
	bytes_remove(b, at, end - at);
	k = k / ARRAY_SIZE(odds) % n;
	bytes_insert(b, at, o->values[k], strlen(o->values[k]));
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t n = bytes_spread(k, b->n);

	while (n && b->p[n - 1] == '\n')
		n--;
	b->n = n;
}

static void missing(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_line_drop(b, k % 3);
}

/* The network's own first or last address, at any length of prefix. */
static void own_address(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int prefix = 2 + k % 29;
	uint32_t host = UINT32_MAX >> prefix, addr = 128u << 24;
	char text[16];

	if (prefix >= 8)
		addr = (1 + (uint32_t)rng_below(r, 120)) << 24 |
		       (rng_next(r) & 0xffffff);
	lease_ipv4_print(text, k / 29 % 2 ? addr | host : addr & ~host);
	bytes_set(b, "", 0);
	bytes_text(b, "interface e\nip %s\nsubnet %u\n", text, prefix);
}

static void router_self(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int last = 2 + k % 250;

	bytes_text(b, "ip 10.0.0.%u\nrouter 10.0.0.%u\n", last, last);
}

static void too_long(struct bytes *b, uint64_t k, struct rng *r)
{
	while (b->n <= LEASE_SIZE_MAX + k % 3000)
		bytes_text(b, "mtu 1500\n");
}

static void no_key(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"\n",
					  "ip\n",
					  " \n",
					  "ip \n",
					  "averyveryverylongkey 1\n",
					  "mtu 1500",
					  "\nmtu 1500\n"};

	bytes_text(b, "%s", odd[k % 7]);
}

static const struct rule rules[] = {
	RULE("N a value that breaks its rule", value, 8),
	RULE("N cut within a line", cut, 3),
	RULE("N no interface, address or mask", missing, 1),
	RULE("N a network's own address", own_address, 2),
	RULE("N a router that is the machine", router_self, 1),
	RULE("N too long", too_long, 1),
	RULE("N a line without key or value", no_key, 1),
};

static const char *const words[] = {
	"method6 ",   "ip6 ",	     "router6 ",       "dns6 ",
	"lease6 ",    "preferred6 ", "iaid6 ",	       "search ",
	"method ",    "serverid6 ",  "2001:db8::1/64", "fe80::1",
	"interface ", "ip ",	     "subnet ",	       "router ",
	"dns ",	      "domain ",     "hostname ",      "lease ",
	"serverid ",  "mtu ",	     "255.255.255.0",  "4294967295",
	"10.0.0.1",   NULL};

const struct format case_lease = {"lease", NULL,	 good,
				  decode,  RULES(rules), words};
