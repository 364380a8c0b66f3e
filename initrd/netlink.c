// SPDX-License-Identifier: MIT
/* netlink.c - links, addresses and routes into the kernel. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "netlink.h"

#define SAY_MAX 3
#define ROOM	512

/* One request, and room for its attributes. */
struct request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg addr;
		struct rtmsg route;
	};
	char room[ROOM];
};

static void begin(struct request *r, uint16_t type, uint16_t flags, size_t body)
{
	memset(r, 0, sizeof(*r));
	r->head.nlmsg_len = NLMSG_LENGTH(body);
	r->head.nlmsg_type = type;
	r->head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
}

/* All attributes of one request fit by far; @n is a name's length or less. */
static struct rtattr *put(struct request *r, uint16_t type, const void *v,
			  size_t n)
{
	struct rtattr *a =
		(void *)((char *)&r->head + NLMSG_ALIGN(r->head.nlmsg_len));

	if (NLMSG_ALIGN(r->head.nlmsg_len) + RTA_SPACE(n) > sizeof(*r))
		return NULL;
	a->rta_type = type;
	a->rta_len = RTA_LENGTH(n);
	if (n)
		memcpy(RTA_DATA(a), v, n);
	r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) + RTA_LENGTH(n);
	return a;
}

static void put_u32(struct request *r, uint16_t type, uint32_t v)
{
	put(r, type, &v, sizeof(v));
}

/* What was put since @a stands inside it. */
static void nest(struct request *r, struct rtattr *a)
{
	if (a)
		a->rta_len = (char *)&r->head + r->head.nlmsg_len - (char *)a;
}

static int answer(int s)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr err;
		char rest[1024];
	} m;
	ssize_t n;

	do {
		n = recv(s, &m, sizeof(m), 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n < NLMSG_LENGTH(sizeof(m.err)) ||
	    m.head.nlmsg_type != NLMSG_ERROR)
		return -EBADMSG;
	return m.err.error;
}

/* The kernel drops half a message without a word: it is said again. */
static int say(int s, const struct request *r)
{
	ssize_t n = 0;

	for (unsigned int i = 0; i < SAY_MAX && n >= 0; i++) {
		n = send(s, r, r->head.nlmsg_len, 0);
		if (n == (ssize_t)r->head.nlmsg_len)
			return 0;
		if (n < 0 && errno == EINTR)
			n = 0;
	}
	return n < 0 ? -errno : -EIO;
}

static int ask(struct request *r)
{
	int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int ret;

	if (s < 0)
		return -errno;
	ret = say(s, r);
	if (!ret)
		ret = answer(s);
	close(s);
	return ret == -EEXIST ? 0 : ret;
}

static void begin_link(struct request *r, int index)
{
	begin(r, RTM_NEWLINK, 0, sizeof(r->link));
	r->link.ifi_index = index;
}

int netlink_up(int index)
{
	struct request r;

	begin_link(&r, index);
	r.link.ifi_flags = r.link.ifi_change = IFF_UP;
	return ask(&r);
}

int netlink_rename(int index, const char *name)
{
	struct request r;

	begin_link(&r, index);
	put(&r, IFLA_IFNAME, name, strlen(name) + 1);
	return ask(&r);
}

int netlink_mtu(int index, unsigned int mtu)
{
	struct request r;

	begin_link(&r, index);
	put_u32(&r, IFLA_MTU, mtu);
	return ask(&r);
}

int netlink_enslave(int index, int master)
{
	struct request r;

	begin_link(&r, index);
	put_u32(&r, IFLA_MASTER, master);
	return ask(&r);
}

static void begin_new(struct request *r, const char *name)
{
	begin(r, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(r->link));
	put(r, IFLA_IFNAME, name, strlen(name) + 1);
}

int netlink_vlan(const char *name, int parent, uint16_t id)
{
	struct rtattr *info, *data;
	struct request r;

	begin_new(&r, name);
	put_u32(&r, IFLA_LINK, parent);
	info = put(&r, IFLA_LINKINFO, NULL, 0);
	put(&r, IFLA_INFO_KIND, "vlan", 4);
	data = put(&r, IFLA_INFO_DATA, NULL, 0);
	put(&r, IFLA_VLAN_ID, &id, sizeof(id));
	nest(&r, data);
	nest(&r, info);
	return ask(&r);
}

static const struct bond_option {
	const char *name;
	uint16_t type;
	uint8_t size;
	const char *words[8]; /* each with its place as number */
} bond_options[] = {
	{"mode",
	 IFLA_BOND_MODE,
	 1,
	 {"balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad",
	  "balance-tlb", "balance-alb"}},
	{"miimon", IFLA_BOND_MIIMON, 4, {NULL}},
	{"updelay", IFLA_BOND_UPDELAY, 4, {NULL}},
	{"downdelay", IFLA_BOND_DOWNDELAY, 4, {NULL}},
	{"lacp_rate", IFLA_BOND_AD_LACP_RATE, 1, {"slow", "fast"}},
	{"min_links", IFLA_BOND_MIN_LINKS, 4, {NULL}},
	{"xmit_hash_policy",
	 IFLA_BOND_XMIT_HASH_POLICY,
	 1,
	 {"layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4",
	  "vlan+srcmac"}},
};

static int bond_value(const struct bond_option *o, struct span v, uint32_t *out)
{
	uint64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(o->words) && o->words[i]; i++)
		if (span_is(v, o->words[i])) {
			*out = i;
			return 0;
		}
	if (text_u64(v, &n) || n > (o->size == 1 ? UINT8_MAX : UINT32_MAX))
		return -EINVAL;
	*out = n;
	return 0;
}

/* The kernel wants the mode before what depends on it; so does dracut. */
static int bond_put(struct request *r, struct span options)
{
	struct span one, key, value;
	uint32_t v;
	uint8_t small;
	size_t i;

	while (options.n) {
		text_cut(options, ',', &one, &options);
		text_cut(one, '=', &key, &value);
		for (i = 0; i < ARRAY_SIZE(bond_options); i++)
			if (span_is(key, bond_options[i].name))
				break;
		if (i == ARRAY_SIZE(bond_options) ||
		    bond_value(&bond_options[i], value, &v))
			return -EINVAL;
		small = v;
		if (bond_options[i].size == 1)
			put(r, bond_options[i].type, &small, 1);
		else
			put_u32(r, bond_options[i].type, v);
	}
	return 0;
}

int netlink_bond(const char *name, struct span options)
{
	struct rtattr *info, *data;
	struct request r;
	int ret;

	begin_new(&r, name);
	/* its module may have made one of that name, with other options */
	r.head.nlmsg_flags &= ~NLM_F_EXCL;
	info = put(&r, IFLA_LINKINFO, NULL, 0);
	put(&r, IFLA_INFO_KIND, "bond", 4);
	data = put(&r, IFLA_INFO_DATA, NULL, 0);
	if (!options.n)
		options = text_span("mode=active-backup,miimon=100");
	ret = bond_put(&r, options);
	nest(&r, data);
	nest(&r, info);
	return ret ? ret : ask(&r);
}

static size_t addr_size(int family)
{
	return family == AF_INET6 ? 16 : 4;
}

static int addr(uint16_t type, int index, int family, const void *a,
		unsigned int prefix)
{
	struct request r;

	begin(&r, type, type == RTM_NEWADDR ? NLM_F_CREATE : 0, sizeof(r.addr));
	r.addr.ifa_family = family;
	r.addr.ifa_prefixlen = prefix;
	r.addr.ifa_index = index;
	put(&r, IFA_LOCAL, a, addr_size(family));
	put(&r, IFA_ADDRESS, a, addr_size(family));
	if (family == AF_INET && prefix < 31 && type == RTM_NEWADDR) {
		uint32_t host = UINT32_MAX >> prefix, all = get_be32(a) | host;
		uint8_t broadcast[4];

		put_be32(broadcast, all);
		put(&r, IFA_BROADCAST, broadcast, sizeof(broadcast));
	}
	return ask(&r);
}

int netlink_addr(int index, int family, const void *a, unsigned int prefix)
{
	return addr(RTM_NEWADDR, index, family, a, prefix);
}

int netlink_addr_del(int index, int family, const void *a, unsigned int prefix)
{
	return addr(RTM_DELADDR, index, family, a, prefix);
}

int netlink_route(int index, int family, const void *net, unsigned int prefix,
		  const void *via, unsigned int mss)
{
	struct request r;
	struct rtattr *metrics;

	begin(&r, RTM_NEWROUTE, NLM_F_CREATE | (mss ? NLM_F_REPLACE : 0),
	      sizeof(r.route));
	r.route.rtm_family = family;
	r.route.rtm_dst_len = prefix;
	r.route.rtm_table = RT_TABLE_MAIN;
	r.route.rtm_protocol = RTPROT_BOOT;
	r.route.rtm_scope = via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	r.route.rtm_type = RTN_UNICAST;
	if (prefix)
		put(&r, RTA_DST, net, addr_size(family));
	if (via)
		put(&r, RTA_GATEWAY, via, addr_size(family));
	put_u32(&r, RTA_OIF, index);
	if (mss) {
		metrics = put(&r, RTA_METRICS, NULL, 0);
		put_u32(&r, RTAX_ADVMSS, mss);
		nest(&r, metrics);
	}
	return ask(&r);
}
