// SPDX-License-Identifier: MIT
/* dhcp4.c - DHCP as a client speaks it. */
#include "format/dhcp4.h"
#include "format/frame.h"

#define DHCP4_HEAD    236
#define DHCP4_COOKIE  0x63825363
#define DHCP4_SNAME   44 /* 64 bytes, then 128 of the file's name */
#define DHCP4_FILE    108
#define DHCP4_OPTS    240
#define DHCP4_VAL_MAX 512
#define DHCP4_TIME    600
#define DHCP4_NAME    256

enum dhcp4_option {
	OPT_PAD = 0,
	OPT_MASK = 1,
	OPT_ROUTER = 3,
	OPT_DNS = 6,
	OPT_HOST = 12,
	OPT_DOMAIN = 15,
	OPT_MTU = 26,
	OPT_WANT = 50,
	OPT_TIME = 51,
	OPT_OVERLOAD = 52,
	OPT_TYPE = 53,
	OPT_SERVER = 54,
	OPT_ASKED = 55,
	OPT_SIZE = 57,
	OPT_T1 = 58,
	OPT_T2 = 59,
	OPT_CLASS = 60,
	OPT_CLIENT = 61,
	OPT_SEARCH = 119,
	OPT_ROUTES = 121,
	OPT_END = 255,
};

static uint8_t *dhcp4_opt(uint8_t *p, uint8_t code, const void *v, uint8_t n)
{
	*p++ = code;
	*p++ = n;
	memcpy(p, v, n);
	return p + n;
}

static uint8_t *dhcp4_opt_ip(uint8_t *p, uint8_t code, uint32_t v)
{
	uint8_t ip[4];

	put_be32(ip, v);
	return v ? dhcp4_opt(p, code, ip, sizeof(ip)) : p;
}

void dhcp4_put(uint8_t *buf, const struct dhcp4_ask *a)
{
	static const uint8_t asked[] = {OPT_MASK, OPT_ROUTER, OPT_DNS,
					OPT_HOST, OPT_DOMAIN, OPT_MTU,
					OPT_TIME, OPT_SERVER, OPT_T1,
					OPT_T2,	  OPT_SEARCH, OPT_ROUTES};
	static const uint8_t room[] = {5, 0xc0}; /* 1472 bytes */
	uint8_t *p = buf + DHCP4_OPTS, type = a->type, client[7] = {1};

	memset(buf, 0, DHCP4_ASK_SIZE);
	buf[0] = 1; /* a request */
	buf[1] = 1; /* Ethernet */
	buf[2] = 6;
	put_be32(buf + 4, a->xid);
	put_be16(buf + 8, a->secs);
	put_be32(buf + 12, a->ciaddr);
	memcpy(buf + 28, a->mac, 6);
	put_be32(buf + DHCP4_HEAD, DHCP4_COOKIE);
	memcpy(client + 1, a->mac, 6);
	p = dhcp4_opt(p, OPT_TYPE, &type, 1);
	/* iPXE names itself so too: one machine, one lease */
	p = dhcp4_opt(p, OPT_CLIENT, client, sizeof(client));
	p = dhcp4_opt_ip(p, OPT_WANT, a->want);
	p = dhcp4_opt_ip(p, OPT_SERVER, a->server);
	if (a->type != DHCP4_DECLINE && a->type != DHCP4_RELEASE) {
		p = dhcp4_opt(p, OPT_SIZE, room, sizeof(room));
		p = dhcp4_opt(p, OPT_CLASS, "slipway", 7);
		p = dhcp4_opt(p, OPT_ASKED, asked, sizeof(asked));
	}
	*p = OPT_END;
}

/* Append the values of @code between @at and @end; options may be split. */
static int dhcp4_area(struct span m, size_t at, size_t end, uint8_t code,
		      uint8_t *v, size_t *n)
{
	const uint8_t *p = (const uint8_t *)m.p;

	while (at < end && p[at] != OPT_END) {
		size_t len;

		if (p[at] == OPT_PAD) {
			at++;
			continue;
		}
		if (at + 2 > end || p[at + 1] > end - at - 2)
			return -EBADMSG;
		len = p[at + 1];
		if (p[at] == code && *n + len <= DHCP4_VAL_MAX) {
			memcpy(v + *n, p + at + 2, len);
			*n += len;
		}
		at += 2 + len;
	}
	return 0;
}

/* The value of @code, 0 bytes when it is not there, or -EBADMSG. */
static int dhcp4_value(struct span m, uint8_t code, uint8_t v[DHCP4_VAL_MAX])
{
	uint8_t over[DHCP4_VAL_MAX];
	size_t n = 0, n_over = 0;
	int ret = dhcp4_area(m, DHCP4_OPTS, m.n, code, v, &n);

	if (!ret)
		ret = dhcp4_area(m, DHCP4_OPTS, m.n, OPT_OVERLOAD, over,
				 &n_over);
	if (!ret && n_over == 1 && over[0] & 1)
		ret = dhcp4_area(m, DHCP4_FILE, DHCP4_HEAD, code, v, &n);
	if (!ret && n_over == 1 && over[0] & 2)
		ret = dhcp4_area(m, DHCP4_SNAME, DHCP4_FILE, code, v, &n);
	return ret ? ret : (int)n;
}

static void dhcp4_miss(struct dhcp4_reply *r, const char *what)
{
	size_t n = strlen(r->missed), more = strlen(what);

	if (n + more + 3 > sizeof(r->missed))
		return;
	if (n) {
		memcpy(r->missed + n, ", ", 2);
		n += 2;
	}
	memcpy(r->missed + n, what, more + 1);
}

/* Numbers go the way of text, so that there is one rule for each value. */
static int dhcp4_set_ips(struct lease *l, const char *key, const uint8_t *v,
			 int n)
{
	char text[LEASE_DNS_MAX * 16 + 1];
	struct text_out o = {.buf = text, .size = sizeof(text)};
	char one[16];
	int i;

	if (n < 4 || n % 4)
		return -EBADMSG;
	for (i = 0; i < n && i < 4 * LEASE_DNS_MAX; i += 4) {
		lease_ipv4_print(one, get_be32(v + i));
		text_put_str(&o, i ? " " : "");
		text_put_str(&o, one);
	}
	return lease_set(l, key, (struct span){text, o.n});
}

static int dhcp4_set_number(struct lease *l, const char *key, uint64_t v)
{
	char text[24];
	struct text_out o = {.buf = text, .size = sizeof(text)};

	text_put_u64(&o, v);
	return lease_set(l, key, (struct span){text, o.n});
}

/* Servers end names with a NUL or a dot now and then. */
static int dhcp4_set_name(struct lease *l, const char *key, const uint8_t *v,
			  int n)
{
	while (n && !v[n - 1])
		n--;
	if (n && v[n - 1] == '.')
		n--;
	return lease_set(l, key, (struct span){(const char *)v, n});
}

/* One label after the other from @at; the offset behind the name, or < 0. */
static int dhcp4_name(struct span d, size_t at, char *out, size_t *len)
{
	const uint8_t *p = (const uint8_t *)d.p;
	unsigned int jumps = 0;
	int end = -1;
	size_t n = 0;

	for (;;) {
		if (at >= d.n)
			return -EBADMSG;
		if (p[at] >= 0xc0) {
			/* only ever back, so this ends */
			if (at + 1 >= d.n || ++jumps > 8 ||
			    (size_t)((p[at] & 63) << 8 | p[at + 1]) >= at)
				return -EBADMSG;
			if (end < 0)
				end = at + 2;
			at = (p[at] & 63) << 8 | p[at + 1];
			continue;
		}
		if (!p[at])
			break;
		if (p[at] > 63 || p[at] > d.n - at - 1 ||
		    n + p[at] + 1 > DHCP4_NAME)
			return -EBADMSG;
		if (n)
			out[n++] = '.';
		memcpy(out + n, p + at + 1, p[at]);
		n += p[at];
		at += 1 + p[at];
	}
	*len = n;
	return end < 0 ? (int)at + 1 : end;
}

int dhcp4_search(char out[LEASE_SEARCH_MAX + 1], struct span data)
{
	char name[DHCP4_NAME + 1];
	size_t n = 0, len;
	int at = 0;

	out[0] = '\0';
	while ((size_t)at < data.n) {
		at = dhcp4_name(data, at, name, &len);
		if (at < 0 || !lease_name_ok((struct span){name, len})) {
			out[0] = '\0';
			return -EBADMSG;
		}
		if (n + len + 1 > LEASE_SEARCH_MAX)
			continue;
		if (n)
			out[n++] = ' ';
		memcpy(out + n, name, len);
		n += len;
		out[n] = '\0';
	}
	return 0;
}

/* The default route among classless routes, which come before option 3. */
static int dhcp4_routes(struct lease *l, const uint8_t *v, int n)
{
	int i = 0, bytes;

	while (i < n) {
		bytes = (v[i] + 7) / 8;
		if (v[i] > 32 || i + 1 + bytes + 4 > n)
			return -EBADMSG;
		if (!v[i] && get_be32(v + i + 1))
			return dhcp4_set_ips(l, "router", v + i + 1, 4);
		i += 1 + bytes + 4;
	}
	return 0;
}

static const struct dhcp4_field {
	uint8_t code;
	const char *key;
	int (*set)(struct lease *l, const char *key, const uint8_t *v, int n);
} dhcp4_fields[] = {
	{OPT_ROUTER, "router", dhcp4_set_ips},
	{OPT_DNS, "dns", dhcp4_set_ips},
	{OPT_DOMAIN, "domain", dhcp4_set_name},
	{OPT_HOST, "hostname", dhcp4_set_name},
	{OPT_SERVER, "serverid", dhcp4_set_ips},
};

/* What a machine can do without: wrong values are left out. */
static int dhcp4_extras(struct dhcp4_reply *r, struct span m)
{
	uint8_t v[DHCP4_VAL_MAX];
	size_t i;
	int n;

	for (i = 0; i < ARRAY_SIZE(dhcp4_fields); i++) {
		const struct dhcp4_field *d = &dhcp4_fields[i];

		n = dhcp4_value(m, d->code, v);
		if (n < 0)
			return n;
		if (n && d->set(&r->lease, d->key, v, n))
			dhcp4_miss(r, d->key);
	}
	n = dhcp4_value(m, OPT_MTU, v);
	if (n > 0 &&
	    (n != 2 || dhcp4_set_number(&r->lease, "mtu", get_be16(v))))
		dhcp4_miss(r, "mtu");
	n = dhcp4_value(m, OPT_ROUTES, v);
	if (n > 0 && dhcp4_routes(&r->lease, v, n))
		dhcp4_miss(r, "routes");
	n = dhcp4_value(m, OPT_SEARCH, v);
	if (n > 0 &&
	    dhcp4_search(r->lease.search, (struct span){(const char *)v, n}))
		dhcp4_miss(r, "search");
	return 0;
}

static int dhcp4_mask(struct lease *l, struct span m, struct fault *f)
{
	uint8_t v[DHCP4_VAL_MAX];
	int n = dhcp4_value(m, OPT_MASK, v);

	if (!n) {
		l->prefix = l->addr >> 31 == 0	 ? 8
			    : l->addr >> 30 == 2 ? 16
						 : 24;
		return 0;
	}
	if (n != 4 || dhcp4_set_ips(l, "subnet", v, 4) || l->prefix > 32)
		return fault_set(f, -EBADMSG, "no netmask", 0);
	return 0;
}

static uint32_t dhcp4_seconds(struct span m, uint8_t code)
{
	uint8_t v[DHCP4_VAL_MAX];

	return dhcp4_value(m, code, v) == 4 ? get_be32(v) : 0;
}

/* T1 < T2 < the end, or they are not told (RFC 2131 4.4.5). */
static int dhcp4_times(struct dhcp4_reply *r, struct span m, struct fault *f)
{
	uint8_t v[DHCP4_VAL_MAX];
	int n = dhcp4_value(m, OPT_TIME, v);

	r->lease.seconds = DHCP4_TIME;
	if (n && (n != 4 || dhcp4_set_number(&r->lease, "lease", get_be32(v))))
		return fault_set(f, -EBADMSG, "a lease of no time", 0);
	r->t1 = dhcp4_seconds(m, OPT_T1);
	r->t2 = dhcp4_seconds(m, OPT_T2);
	if (!r->lease.seconds || r->t2 >= r->lease.seconds)
		r->t2 = 0;
	if (!r->lease.seconds || r->t1 >= (r->t2 ? r->t2 : r->lease.seconds))
		r->t1 = 0;
	return 0;
}

static int dhcp4_lease(struct dhcp4_reply *r, struct span m, struct fault *f)
{
	struct lease *l = &r->lease, named;
	int ret = dhcp4_set_ips(l, "ip", (const uint8_t *)m.p + 16, 4);

	if (ret)
		return fault_set(f, ret, "no usable address", 16);
	l->from = LEASE_DHCP;
	ret = dhcp4_mask(l, m, f);
	if (!ret)
		ret = dhcp4_times(r, m, f);
	if (!ret && dhcp4_extras(r, m))
		ret = fault_set(f, -EBADMSG, "options out of bounds", 0);
	if (ret)
		return ret;
	if (!l->server)
		return fault_set(f, -EBADMSG, "no server named", 0);
	if (l->router == l->addr) {
		l->router = 0;
		dhcp4_miss(r, "router");
	}
	named = *l;
	named.ifname[0] = 'x';
	return lease_check(&named, f);
}

int dhcp4_get(struct dhcp4_reply *r, struct span m, uint32_t xid,
	      const uint8_t mac[6], struct fault *f)
{
	const uint8_t *p = (const uint8_t *)m.p;
	uint8_t v[DHCP4_VAL_MAX];
	int n;

	memset(r, 0, sizeof(*r));
	if (m.n < DHCP4_OPTS || p[0] != 2 ||
	    get_be32(p + DHCP4_HEAD) != DHCP4_COOKIE)
		return fault_set(f, -EBADMSG, "not a DHCP answer", 0);
	if (get_be32(p + 4) != xid || p[1] != 1 || p[2] != 6 ||
	    memcmp(p + 28, mac, 6))
		return -ENOENT;
	n = dhcp4_value(m, OPT_TYPE, v);
	if (n < 0)
		return fault_set(f, n, "options out of bounds", 0);
	if (n != 1 ||
	    (v[0] != DHCP4_OFFER && v[0] != DHCP4_ACK && v[0] != DHCP4_NAK))
		return fault_set(f, -EBADMSG, "no type of answer", 0);
	r->type = v[0];
	if (r->type != DHCP4_NAK)
		return dhcp4_lease(r, m, f);
	n = dhcp4_value(m, OPT_SERVER, v);
	if (n == 4)
		dhcp4_set_ips(&r->lease, "serverid", v, 4);
	return 0;
}
