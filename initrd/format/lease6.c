// SPDX-License-Identifier: MIT
/* lease6.c - the IPv6 part of a lease. */
#include "format/lease.h"

static int lease6_host(uint8_t addr[IP6_SIZE], struct span v)
{
	uint8_t a[IP6_SIZE];

	if (ip6_parse(v, a) || !ip6_host(a))
		return -EBADMSG;
	memcpy(addr, a, IP6_SIZE);
	return 0;
}

static int lease6_addr(struct lease6 *l, struct span v)
{
	struct span addr, bits;
	uint64_t prefix;

	text_cut(v, '/', &addr, &bits);
	if (text_u64(bits, &prefix) || !prefix || prefix > 128 ||
	    lease6_host(l->addr, addr))
		return -EBADMSG;
	l->prefix = prefix;
	return 0;
}

static int lease6_dns(struct lease6 *l, struct span v)
{
	uint8_t dns[LEASE_DNS_MAX][IP6_SIZE];
	unsigned int n = 0;
	struct span one;

	while (n < LEASE_DNS_MAX && text_field(&v, &one)) {
		if (lease6_host(dns[n], one))
			return -EBADMSG;
		n++;
	}
	if (!n)
		return -EBADMSG;
	memcpy(l->dns, dns, n * sizeof(dns[0]));
	l->n_dns = n;
	return 0;
}

static int lease6_number(uint32_t *out, struct span v)
{
	uint64_t n;

	if (text_u64(v, &n) || !n || n > UINT32_MAX)
		return -EBADMSG;
	*out = n;
	return 0;
}

static int lease6_seconds(uint32_t *out, struct span v)
{
	int ret = lease6_number(out, v);

	/* all ones is "for ever", as in DHCP */
	if (!ret && *out == UINT32_MAX)
		*out = 0;
	return ret;
}

static int lease6_server(struct lease6 *l, struct span v)
{
	size_t i;

	if (!v.n || v.n % 2 || v.n / 2 > LEASE_DUID_MAX)
		return -EBADMSG;
	for (i = 0; i < v.n; i++)
		if (text_hexlow(v.p[i]) < 0)
			return -EBADMSG;
	for (i = 0; i < v.n / 2; i++)
		l->server[i] = text_hexlow(v.p[2 * i]) << 4 |
			       text_hexlow(v.p[2 * i + 1]);
	l->n_server = v.n / 2;
	return 0;
}

static int lease6_method(struct lease6 *l, struct span v)
{
	if (span_is(v, "static"))
		l->from = LEASE_STATIC;
	else if (span_is(v, "dhcp"))
		l->from = LEASE_DHCP;
	else if (span_is(v, "ra"))
		l->from = LEASE_RA;
	else
		return -EBADMSG;
	return 0;
}

int lease6_set(struct lease6 *l, const char *key, struct span v)
{
	if (!strcmp(key, "method6"))
		return lease6_method(l, v);
	if (!strcmp(key, "ip6"))
		return lease6_addr(l, v);
	if (!strcmp(key, "router6"))
		return lease6_host(l->router, v);
	if (!strcmp(key, "dns6"))
		return lease6_dns(l, v);
	if (!strcmp(key, "lease6"))
		return lease6_seconds(&l->valid, v);
	if (!strcmp(key, "preferred6"))
		return lease6_seconds(&l->preferred, v);
	if (!strcmp(key, "iaid6"))
		return lease6_number(&l->iaid, v);
	if (!strcmp(key, "serverid6"))
		return lease6_server(l, v);
	return 0;
}

static void lease6_put_addr(struct text_out *o, const char *before,
			    const uint8_t addr[IP6_SIZE])
{
	char text[IP6_TEXT_MAX];

	ip6_print(text, addr);
	text_put_str(o, before);
	text_put_str(o, text);
}

static void lease6_put_number(struct text_out *o, const char *key, uint64_t v)
{
	if (!v)
		return;
	text_put_str(o, key);
	text_put_u64(o, v);
	text_put_str(o, "\n");
}

static void lease6_put_server(struct text_out *o, const struct lease6 *l)
{
	static const char hex[] = "0123456789abcdef";
	unsigned int i;

	if (!l->n_server)
		return;
	text_put_str(o, "serverid6 ");
	for (i = 0; i < l->n_server && i < LEASE_DUID_MAX; i++) {
		text_put(o, (struct span){&hex[l->server[i] >> 4], 1});
		text_put(o, (struct span){&hex[l->server[i] & 15], 1});
	}
	text_put_str(o, "\n");
}

void lease6_print(const struct lease6 *l, struct text_out *o)
{
	static const char *const methods[] = {"", "static", "dhcp", "", "ra"};
	unsigned int i;

	if (l->from == LEASE_NONE)
		return;
	text_put_str(o, "method6 ");
	text_put_str(o, methods[l->from]);
	lease6_put_addr(o, "\nip6 ", l->addr);
	text_put_str(o, "/");
	text_put_u64(o, l->prefix);
	text_put_str(o, "\n");
	if (!ip6_none(l->router)) {
		lease6_put_addr(o, "router6 ", l->router);
		text_put_str(o, "\n");
	}
	for (i = 0; i < l->n_dns && i < LEASE_DNS_MAX; i++)
		lease6_put_addr(o, i ? " " : "dns6 ", l->dns[i]);
	text_put_str(o, i ? "\n" : "");
	lease6_put_number(o, "lease6 ", l->valid);
	lease6_put_number(o, "preferred6 ", l->preferred);
	lease6_put_number(o, "iaid6 ", l->iaid);
	lease6_put_server(o, l);
}
