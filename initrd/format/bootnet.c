// SPDX-License-Identifier: MIT
/*
 * bootnet.c - keys of the network on the kernel command line: the kernel's
 * (Documentation/admin-guide/nfs/nfsroot.rst), dracut's (dracut.cmdline(7))
 * and PXELINUX's.
 */
#include "format/bootargs.h"
#include "format/lease.h"

#define BOOTNET_NAME_MAX  15
#define BOOTNET_FIELDS	  9 /* client to dns1, then things not read here */
#define BOOTNET_VLAN_MAX  4094
#define BOOTNET_LINKS_MAX 8

static bool bootnet_name_ok(struct span v)
{
	return v.n <= BOOTNET_NAME_MAX && text_name_ok(v);
}

/* As text_cut() at ':', but not within brackets, which go. */
static void bootnet_cut(struct span s, struct span *head, struct span *tail)
{
	struct span rest = s, inside;

	if (!text_strip(&rest, "[")) {
		text_cut(s, ':', head, tail);
		return;
	}
	text_cut(rest, ']', &inside, &rest);
	text_cut(rest, ':', head, tail);
	/* what follows the bracket must be nothing */
	*head = rest.p && !head->n ? inside : s;
}

static bool bootnet_addr_ok(struct span v)
{
	uint8_t six[IP6_SIZE];
	uint32_t four;

	if (!ip6_parse(v, six))
		return ip6_host(six);
	return !lease_ipv4(v, &four) && four;
}

const char *bootnet_ns(struct bootargs *b, struct span v)
{
	struct span head = v, tail;

	if (v.n && *v.p == '[') {
		bootnet_cut(v, &head, &tail);
		if (tail.p)
			return "not an address";
	}
	if (!bootnet_addr_ok(head))
		return "not an address";
	if (b->n_ns == BOOTARGS_NS_MAX)
		return "too many name servers";
	b->ns[b->n_ns++] = head;
	return NULL;
}

static enum bootargs_ip bootnet_how(struct span v)
{
	static const struct {
		const char *word;
		enum bootargs_ip ip;
	} words[] = {
		{"dhcp", IP_DHCP},     {"dhcp4", IP_DHCP},  {"any", IP_ON},
		{"on", IP_ON},	       {"both", IP_ON},	    {"none", IP_NONE},
		{"off", IP_NONE},      {"dhcp6", IP_DHCP6}, {"auto6", IP_AUTO6},
		{"either6", IP_AUTO6}, {"auto", IP_ON},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (span_is(v, words[i].word))
			return words[i].ip;
	return IP_UNSET;
}

/* One a device; as everywhere, the last of equals counts. */
static const char *bootnet_add(struct bootargs *b,
			       const struct bootargs_addr *a)
{
	unsigned int i;

	for (i = 0; i < b->n_addrs; i++)
		if (b->addrs[i].dev.n == a->dev.n &&
		    (!a->dev.n ||
		     !memcmp(b->addrs[i].dev.p, a->dev.p, a->dev.n)))
			break;
	if (i == BOOTARGS_ADDRS_MAX)
		return "too many of ip=";
	b->addrs[i] = *a;
	if (i == b->n_addrs)
		b->n_addrs++;
	return NULL;
}

static bool bootnet_static_ok(const struct bootargs_addr *a)
{
	uint8_t six[IP6_SIZE];
	unsigned int prefix;
	uint64_t bits;

	if (!bootnet_addr_ok(a->client) || (a->gw.n && !bootnet_addr_ok(a->gw)))
		return false;
	if (ip6_parse(a->client, six))
		return ip6_parse(a->gw, six) &&
		       (!a->mask.n || !lease_mask(a->mask, &prefix));
	return (!a->gw.n || !ip6_parse(a->gw, six)) &&
	       (!a->mask.n ||
		(!text_u64(a->mask, &bits) && bits && bits <= 128));
}

/* client:server:gw:mask:host:dev:autoconf:dns0:dns1, later ones left out */
static const char *bootnet_full(struct bootargs *b, const struct span *part,
				unsigned int n)
{
	struct bootargs_addr a = {.client = part[0],
				  .gw = part[2],
				  .mask = part[3],
				  .host = part[4],
				  .dev = part[5]};
	enum bootargs_ip ip = bootnet_how(part[6]);
	const char *why;
	unsigned int i;

	if (part[6].n && ip == IP_UNSET && !span_is(part[6], "static"))
		return "unknown way to configure an address";
	if ((a.host.n && !lease_name_ok(a.host)) ||
	    (a.dev.n && !bootnet_name_ok(a.dev)))
		return "bad host or device name";
	a.ip = ip == IP_UNSET ? IP_ON : ip;
	if (a.client.n && (ip == IP_UNSET || ip == IP_NONE)) {
		if (!bootnet_static_ok(&a))
			return "not an address, gateway and netmask";
		a.ip = IP_STATIC;
	} else {
		a.client = a.gw = a.mask = (struct span){NULL, 0};
	}
	why = bootnet_add(b, &a);
	/* dracut puts an MTU where the kernel has its first name server */
	for (i = 7; i < n && !why; i++)
		if (part[i].n && bootnet_addr_ok(part[i]))
			why = bootnet_ns(b, part[i]);
	return why;
}

const char *bootnet_ip(struct bootargs *b, struct span v)
{
	struct span part[BOOTNET_FIELDS] = {{NULL, 0}};
	struct bootargs_addr a = {.ip = bootnet_how(v)};
	unsigned int n = 0;

	if (a.ip != IP_UNSET) {
		/* one for all: what was said before of single devices goes */
		b->n_addrs = 0;
		return bootnet_add(b, &a);
	}
	do {
		bootnet_cut(v, &part[n++], &v);
	} while (v.p && n < BOOTNET_FIELDS);
	a.ip = bootnet_how(part[1]);
	if (a.ip == IP_UNSET) {
		return n > 2 ? bootnet_full(b, part, n)
			     : "not a form of ip= for /init";
	}
	/* dracut's device:how, with an MTU and a MAC that are not read */
	if (!bootnet_name_ok(part[0]))
		return "not a form of ip= for /init";
	a.dev = part[0];
	return bootnet_add(b, &a);
}

/* @n bytes in hex, one @sep apart. */
static bool bootnet_bytes(struct span v, uint8_t *out, size_t n, char sep)
{
	size_t i;
	int hi, lo;

	if (v.n != 3 * n - 1)
		return false;
	for (i = 0; i < n; i++) {
		hi = text_hex(v.p[3 * i]);
		lo = text_hex(v.p[3 * i + 1]);
		if (hi < 0 || lo < 0 || (i + 1 < n && v.p[3 * i + 2] != sep))
			return false;
		out[i] = hi << 4 | lo;
	}
	return true;
}

static bool bootnet_card(const uint8_t mac[6])
{
	static const uint8_t none[6];

	return !(mac[0] & 1) && memcmp(mac, none, sizeof(none));
}

/* PXELINUX's form: the ARP type (01, Ethernet), then the six bytes. */
const char *bootnet_bootif(struct bootargs *b, struct span v)
{
	char sep = v.n > 2 ? v.p[2] : 0;
	uint8_t byte[7];

	if ((sep != '-' && sep != ':') ||
	    !bootnet_bytes(v, byte, sizeof(byte), sep))
		return "not 01-aa-bb-cc-dd-ee-ff";
	if (byte[0] != 1 || !bootnet_card(byte + 1))
		return "not the address of an Ethernet card";
	memcpy(b->bootif, byte + 1, sizeof(b->bootif));
	b->has_bootif = true;
	return NULL;
}

const char *bootnet_ifname(struct bootargs *b, struct span v)
{
	struct bootargs_ifname i;
	struct span mac;

	if (b->n_ifnames == BOOTARGS_IFNAMES_MAX)
		return "too many names";
	text_cut(v, ':', &i.name, &mac);
	if (!bootnet_name_ok(i.name) || span_is(i.name, "lo") ||
	    !bootnet_bytes(mac, i.mac, sizeof(i.mac), ':') ||
	    !bootnet_card(i.mac))
		return "not NAME:MAC";
	b->ifnames[b->n_ifnames++] = i;
	return NULL;
}

/* vlan5, vlan0005, eth0.5, eth0.0005: dracut's names, the id at the end */
const char *bootnet_vlan(struct bootargs *b, struct span v)
{
	struct bootargs_vlan o = {.id = 0};
	size_t i;

	if (b->n_vlans == BOOTARGS_VLANS_MAX)
		return "too many VLANs";
	text_cut(v, ':', &o.name, &o.parent);
	if (!bootnet_name_ok(o.name) || !bootnet_name_ok(o.parent))
		return "not NAME:LINK";
	for (i = o.name.n;
	     i && o.name.p[i - 1] >= '0' && o.name.p[i - 1] <= '9'; i--)
		;
	for (; i < o.name.n && o.id <= BOOTNET_VLAN_MAX; i++)
		o.id = o.id * 10 + (o.name.p[i] - '0');
	if (!o.id || o.id > BOOTNET_VLAN_MAX)
		return "no VLAN of 1 to 4094 at the end of the name";
	b->vlans[b->n_vlans++] = o;
	return NULL;
}

const char *bootnet_bond(struct bootargs *b, struct span v)
{
	struct bootargs_bond o;
	struct span mtu, links, one;
	unsigned int n = 0;
	uint64_t size = 0;

	if (b->n_bonds == BOOTARGS_BONDS_MAX)
		return "too many bonds";
	text_cut(v, ':', &o.name, &v);
	text_cut(v, ':', &o.links, &v);
	text_cut(v, ':', &o.options, &mtu);
	if (!bootnet_name_ok(o.name) || !text_printable(o.options) ||
	    (mtu.n && (text_u64(mtu, &size) || size < 576 || size > 9216)))
		return "not NAME:LINKS:OPTIONS:MTU";
	links = o.links;
	do {
		text_cut(links, ',', &one, &links);
		if (!bootnet_name_ok(one) || ++n > BOOTNET_LINKS_MAX)
			return "not one to eight links";
	} while (links.p);
	o.mtu = size;
	b->bonds[b->n_bonds++] = o;
	return NULL;
}

static int bootnet_net(struct bootargs_route *r, struct span v, uint8_t *out)
{
	uint32_t four;

	if (!ip6_parse(v, out)) {
		r->six = true;
		return 0;
	}
	if (lease_ipv4(v, &four))
		return -EBADMSG;
	put_be32(out, four);
	return 0;
}

const char *bootnet_route(struct bootargs *b, struct span v)
{
	struct bootargs_route r = {.six = false};
	struct span net, bits, gw;
	uint64_t prefix;
	bool six;

	if (b->n_routes == BOOTARGS_ROUTES_MAX)
		return "too many routes";
	/* dracut puts the prefix inside or behind the brackets: [net/64] */
	bootnet_cut(v, &net, &v);
	bootnet_cut(v, &gw, &r.dev);
	text_cut(net, '/', &net, &bits);
	if (text_u64(bits, &prefix) || bootnet_net(&r, net, r.net))
		return "not NET/PREFIX:GATEWAY:LINK";
	six = r.six;
	if (bootnet_net(&r, gw, r.gw) || r.six != six ||
	    ((six ? ip6_parse(gw, r.gw) : 0)) || prefix > (six ? 128u : 32u) ||
	    (r.dev.n && !bootnet_name_ok(r.dev)))
		return "not NET/PREFIX:GATEWAY:LINK";
	r.prefix = prefix;
	b->routes[b->n_routes++] = r;
	return NULL;
}

const char *bootnet_lease(struct bootargs *b, struct span v)
{
	struct lease l = {.ifname = "x"};

	if (lease_handed(&l, v) || lease_check(&l, NULL))
		return "not a lease; asking for one";
	b->handed = v;
	return NULL;
}

static int bootnet_static6(const struct bootargs_addr *a, struct lease6 *l)
{
	uint64_t bits = 64;

	if (a->mask.n && text_u64(a->mask, &bits))
		return -EBADMSG;
	if (a->gw.n && ip6_parse(a->gw, l->router))
		return -EBADMSG;
	l->prefix = bits;
	l->from = LEASE_STATIC;
	return 0;
}

static int bootnet_static4(const struct bootargs_addr *a, struct lease *l)
{
	if (lease_ipv4(a->client, &l->addr))
		return -EBADMSG;
	/* the kernel's own ip= falls back to the class, too */
	l->prefix = l->addr >> 31 == 0 ? 8 : l->addr >> 30 == 2 ? 16 : 24;
	if ((a->mask.n && lease_mask(a->mask, &l->prefix)) ||
	    (a->gw.n && lease_ipv4(a->gw, &l->router)))
		return -EBADMSG;
	l->from = LEASE_STATIC;
	return 0;
}

int bootnet_static(const struct bootargs_addr *a, struct lease *l,
		   struct fault *f)
{
	struct lease tmp = {.from = LEASE_NONE};
	int ret;

	ret = ip6_parse(a->client, tmp.six.addr) ? bootnet_static4(a, &tmp)
						 : bootnet_static6(a, &tmp.six);
	if (ret)
		return fault_set(f, ret, "not an address", 0);
	if (a->host.n)
		lease_set(&tmp, "hostname", a->host);
	tmp.ifname[0] = 'x'; /* which one does not matter here */
	ret = lease_check(&tmp, f);
	if (ret)
		return ret;
	memcpy(tmp.ifname, l->ifname, sizeof(tmp.ifname));
	*l = tmp;
	return 0;
}
