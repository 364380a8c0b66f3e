/* SPDX-License-Identifier: MIT */
/* lease.c - hostile text about addresses into numbers and names. */
#include "format/lease.h"

#define LEASE_MTU_MIN	576
#define LEASE_MTU_MAX	9216
#define LEASE_LABEL_MAX 63

int lease_ipv4(struct span s, uint32_t *addr)
{
	struct span part;
	uint32_t a = 0;
	uint64_t v;
	int i;

	for (i = 0; i < 4; i++) {
		text_cut(s, '.', &part, &s);
		if (text_u64(part, &v) || v > 255 || !s.p != (i == 3))
			return -EBADMSG;
		a = a << 8 | v;
	}
	*addr = a;
	return 0;
}

void lease_ipv4_print(char out[16], uint32_t addr)
{
	struct text_out o = {.buf = out, .size = 15};
	int shift;

	for (shift = 24; shift >= 0; shift -= 8) {
		text_put_u64(&o, addr >> shift & 255);
		if (shift)
			text_put_str(&o, ".");
	}
	out[o.n] = '\0';
}

int lease_mask(struct span s, unsigned int *prefix)
{
	uint32_t mask, host;
	uint64_t bits;

	if (!text_u64(s, &bits) && bits >= 1 && bits <= 32) {
		*prefix = bits;
		return 0;
	}
	if (lease_ipv4(s, &mask) || !mask)
		return -EBADMSG;
	host = ~mask;
	if (host & (host + 1))
		return -EBADMSG;
	*prefix = 32 - (host ? 32 - __builtin_clz(host) : 0);
	return 0;
}

/* Labels of letters, digits and inner '-'; what a path may always hold. */
bool lease_name_ok(struct span s)
{
	size_t i, label = 0;
	char prev = '.';

	for (i = 0; i < s.n; prev = s.p[i++]) {
		char c = s.p[i];
		bool alnum = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z');

		if (!alnum && c != '-' && c != '.')
			return false;
		if (!alnum && (prev == '.' || (c == '.' && prev == '-')))
			return false;
		label = c == '.' ? 0 : label + 1;
		if (label > LEASE_LABEL_MAX)
			return false;
	}
	return s.n && prev != '.' && prev != '-';
}

static int lease_name(char *buf, size_t size, struct span v)
{
	if (v.n >= size || !lease_name_ok(v))
		return -EBADMSG;
	return text_copy(buf, size, v);
}

static int lease_ifname(struct lease *l, struct span v)
{
	if (v.n >= sizeof(l->ifname) || !text_name_ok(v))
		return -EBADMSG;
	return text_copy(l->ifname, sizeof(l->ifname), v);
}

static bool lease_unicast(uint32_t addr)
{
	unsigned int top = addr >> 24;

	return top && top != 127 && top < 224;
}

static int lease_host(uint32_t *addr, struct span v)
{
	uint32_t a;

	if (lease_ipv4(v, &a) || !lease_unicast(a))
		return -EBADMSG;
	*addr = a;
	return 0;
}

/* Of a list of routers the first is the one to use. */
static int lease_router(struct lease *l, struct span v)
{
	struct span first, rest;

	text_cut(v, ' ', &first, &rest);
	return lease_host(&l->router, first);
}

/* A resolver on this machine (127.0.0.53) is no answer from a network. */
static int lease_dns(struct lease *l, struct span v)
{
	uint32_t dns[LEASE_DNS_MAX];
	unsigned int n = 0;
	struct span one;

	while (n < LEASE_DNS_MAX && text_field(&v, &one)) {
		if (lease_host(&dns[n], one))
			return -EBADMSG;
		n++;
	}
	if (!n)
		return -EBADMSG;
	memcpy(l->dns, dns, n * sizeof(dns[0]));
	l->n_dns = n;
	return 0;
}

static int lease_search(struct lease *l, struct span v)
{
	struct span rest = v, one;

	if (!v.n || v.n > LEASE_SEARCH_MAX)
		return -EBADMSG;
	while (text_field(&rest, &one))
		if (!lease_name_ok(one))
			return -EBADMSG;
	/* text_field() sees no empty field at the very end */
	return v.p[v.n - 1] == ' ' ? -EBADMSG
				   : text_copy(l->search, sizeof(l->search), v);
}

static int lease_method(enum lease_from *from, struct span v)
{
	if (span_is(v, "static"))
		*from = LEASE_STATIC;
	else if (span_is(v, "dhcp"))
		*from = LEASE_DHCP;
	else if (span_is(v, "handed"))
		*from = LEASE_HANDED;
	else
		return -EBADMSG;
	return 0;
}

static int lease_number(struct span v, uint64_t min, uint64_t max,
			uint64_t *out)
{
	return text_u64(v, out) || *out < min || *out > max ? -EBADMSG : 0;
}

static int lease_set_number(struct lease *l, const char *key, struct span v)
{
	uint64_t n;

	if (!strcmp(key, "mtu")) {
		if (lease_number(v, LEASE_MTU_MIN, LEASE_MTU_MAX, &n))
			return -EBADMSG;
		l->mtu = n;
		return 0;
	}
	if (!strcmp(key, "since"))
		return text_u64(v, &l->since) ? -EBADMSG : 0;
	/* a lease of no time is none; 2^32 - 1 is DHCP's "for ever" */
	if (lease_number(v, 1, UINT32_MAX, &n))
		return -EBADMSG;
	l->seconds = n == UINT32_MAX ? 0 : n;
	return 0;
}

int lease_set(struct lease *l, const char *key, struct span v)
{
	if (!strcmp(key, "interface"))
		return lease_ifname(l, v);
	if (!strcmp(key, "ip"))
		return lease_host(&l->addr, v);
	if (!strcmp(key, "subnet"))
		return lease_mask(v, &l->prefix);
	if (!strcmp(key, "router"))
		return lease_router(l, v);
	if (!strcmp(key, "dns"))
		return lease_dns(l, v);
	if (!strcmp(key, "domain"))
		return lease_name(l->domain, sizeof(l->domain), v);
	if (!strcmp(key, "hostname"))
		return lease_name(l->hostname, sizeof(l->hostname), v);
	if (!strcmp(key, "serverid"))
		return lease_host(&l->server, v);
	if (!strcmp(key, "search"))
		return lease_search(l, v);
	if (!strcmp(key, "method"))
		return lease_method(&l->from, v);
	if (!strcmp(key, "mtu") || !strcmp(key, "lease") ||
	    !strcmp(key, "since"))
		return lease_set_number(l, key, v);
	return lease6_set(&l->six, key, v);
}

static int lease_check4(const struct lease *l, struct fault *f)
{
	uint32_t host;

	if (!lease_unicast(l->addr))
		return fault_set(f, -EBADMSG, "no usable address", 0);
	if (l->prefix < 1 || l->prefix > 32)
		return fault_set(f, -EBADMSG, "no netmask", 0);
	if (l->prefix < 31) {
		host = UINT32_MAX >> l->prefix;
		if (!(l->addr & host) || (l->addr & host) == host)
			return fault_set(f, -EBADMSG,
					 "address is the network's own", 0);
	}
	if (l->router && l->router == l->addr)
		return fault_set(f, -EBADMSG, "router is this machine", 0);
	return 0;
}

int lease_check(const struct lease *l, struct fault *f)
{
	const struct lease6 *six = &l->six;

	if (!l->ifname[0])
		return fault_set(f, -EBADMSG, "no interface", 0);
	if (six->from != LEASE_NONE) {
		if (!ip6_host(six->addr) || !six->prefix || six->prefix > 128)
			return fault_set(f, -EBADMSG, "no usable IPv6 address",
					 0);
		if (!memcmp(six->router, six->addr, IP6_SIZE))
			return fault_set(f, -EBADMSG, "router is this machine",
					 0);
	}
	if (!l->addr && !l->prefix && six->from != LEASE_NONE)
		return 0;
	return lease_check4(l, f);
}

int lease_handed(struct lease *l, struct span text)
{
	static const char *const keys[] = {"ip",  "subnet", "router",
					   "dns", "lease",  "serverid"};
	struct lease tmp = *l;
	struct span part;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		text_cut(text, ':', &part, &text);
		if (!part.n && i > 1)
			continue;
		if (lease_set(&tmp, keys[i], part))
			return -EBADMSG;
	}
	if (text.p)
		return -EBADMSG;
	tmp.from = LEASE_HANDED;
	*l = tmp;
	return 0;
}

static void lease_put_key(struct text_out *o, const char *key)
{
	text_put_str(o, key);
	text_put_str(o, " ");
}

static void lease_put_addr(struct text_out *o, const char *key, uint32_t addr)
{
	char text[16];

	if (!addr)
		return;
	lease_ipv4_print(text, addr);
	lease_put_key(o, key);
	text_put_str(o, text);
	text_put_str(o, "\n");
}

static void lease_put_str(struct text_out *o, const char *key, const char *s)
{
	if (!*s)
		return;
	lease_put_key(o, key);
	text_put_str(o, s);
	text_put_str(o, "\n");
}

static void lease_put_number(struct text_out *o, const char *key, uint64_t v)
{
	if (!v)
		return;
	lease_put_key(o, key);
	text_put_u64(o, v);
	text_put_str(o, "\n");
}

int lease_print(const struct lease *l, char *buf, size_t size)
{
	struct text_out o = {.buf = buf, .size = size};
	static const char *const methods[] = {"", "static", "dhcp", "handed",
					      ""};
	char text[16];
	unsigned int i;

	lease_put_str(&o, "interface", l->ifname);
	lease_put_str(&o, "method", methods[l->from]);
	lease_put_addr(&o, "ip", l->addr);
	if (l->prefix && l->prefix <= 32)
		lease_put_addr(&o, "subnet", UINT32_MAX << (32 - l->prefix));
	lease_put_addr(&o, "router", l->router);
	for (i = 0; i < l->n_dns && i < LEASE_DNS_MAX; i++) {
		text_put_str(&o, i ? " " : "dns ");
		lease_ipv4_print(text, l->dns[i]);
		text_put_str(&o, text);
	}
	text_put_str(&o, i ? "\n" : "");
	lease_put_str(&o, "domain", l->domain);
	lease_put_str(&o, "search", l->search);
	lease_put_str(&o, "hostname", l->hostname);
	lease_put_number(&o, "lease", l->seconds);
	lease_put_addr(&o, "serverid", l->server);
	lease_put_number(&o, "mtu", l->mtu);
	lease_put_number(&o, "since", l->since);
	lease6_print(&l->six, &o);
	return text_put_end(&o);
}

int lease_parse(struct lease *l, struct span text, struct fault *f)
{
	struct lease tmp = {.n_dns = 0};
	struct span rest = text, line, key;
	char name[16];
	bool whole;
	int err;

	if (text.n > LEASE_SIZE_MAX)
		return fault_set(f, -EOVERFLOW, "lease too long", 0);
	while (text_line(&rest, &line, &whole)) {
		uint64_t where = line.p - text.p;

		if (!whole || !text_field(&line, &key) || !line.n ||
		    text_copy(name, sizeof(name), key))
			return fault_set(f, -EBADMSG, "not a lease line",
					 where);
		err = lease_set(&tmp, name, line);
		if (err)
			return fault_set(f, err, "bad value in lease", where);
	}
	err = lease_check(&tmp, f);
	if (!err)
		*l = tmp;
	return err;
}
