// SPDX-License-Identifier: MIT
/* ip6.c - IPv6 addresses as text. */
#include "format/ip6.h"
#include "format/text.h"

#define IP6_GROUPS 8

/* One to four digits off the front of *@s. */
static int ip6_group(struct span *s, uint16_t *v)
{
	unsigned int i;

	*v = 0;
	for (i = 0; i < 4 && i < s->n && text_hex(s->p[i]) >= 0; i++)
		*v = *v << 4 | text_hex(s->p[i]);
	s->p += i;
	s->n -= i;
	return i ? 0 : -EBADMSG;
}

int ip6_parse(struct span s, uint8_t addr[IP6_SIZE])
{
	uint16_t g[IP6_GROUPS] = {0};
	unsigned int n = 0, gap = IP6_GROUPS + 1, i, skip;

	if (text_strip(&s, "::"))
		gap = 0;
	while (s.n) {
		if (n == IP6_GROUPS || ip6_group(&s, &g[n++]))
			return -EBADMSG;
		if (!s.n)
			break;
		if (gap > IP6_GROUPS && text_strip(&s, "::"))
			gap = n;
		else if (!text_strip(&s, ":") || !s.n)
			return -EBADMSG;
	}
	if (gap > IP6_GROUPS ? n != IP6_GROUPS : n == IP6_GROUPS)
		return -EBADMSG;
	memset(addr, 0, IP6_SIZE);
	skip = IP6_GROUPS - n;
	for (i = 0; i < n; i++) {
		unsigned int at = 2 * (i < gap ? i : i + skip);

		addr[at] = g[i] >> 8;
		addr[at + 1] = g[i];
	}
	return 0;
}

/* The longest run of at least two zero groups, the first of equals. */
static unsigned int ip6_zeros(const uint8_t *addr, unsigned int *len)
{
	unsigned int best = IP6_GROUPS, i, n = 0;

	*len = 1;
	for (i = 0; i < IP6_GROUPS; i++) {
		n = addr[2 * i] || addr[2 * i + 1] ? 0 : n + 1;
		if (n > *len) {
			*len = n;
			best = i + 1 - n;
		}
	}
	return best;
}

void ip6_print(char out[IP6_TEXT_MAX], const uint8_t addr[IP6_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	unsigned int len, gap = ip6_zeros(addr, &len), i = 0, n = 0;
	int shift;

	while (i < IP6_GROUPS) {
		uint16_t v = addr[2 * i] << 8 | addr[2 * i + 1];

		if (i == gap) {
			out[n++] = ':';
			if (i + len == IP6_GROUPS)
				out[n++] = ':';
			i += len;
			continue;
		}
		if (i)
			out[n++] = ':';
		for (shift = 12; shift && !(v >> shift); shift -= 4)
			;
		for (; shift >= 0; shift -= 4)
			out[n++] = hex[v >> shift & 15];
		i++;
	}
	out[n] = '\0';
}

bool ip6_none(const uint8_t addr[IP6_SIZE])
{
	static const uint8_t none[IP6_SIZE];

	return !memcmp(addr, none, IP6_SIZE);
}

bool ip6_host(const uint8_t addr[IP6_SIZE])
{
	static const uint8_t low[10];

	if (addr[0] == 0xff)
		return false;
	/* ::/96 and ::ffff:0:0/96: loopback, embedded IPv4 addresses */
	return memcmp(addr, low, sizeof(low)) ||
	       !((!addr[10] && !addr[11]) ||
		 (addr[10] == 0xff && addr[11] == 0xff));
}

bool ip6_link_local(const uint8_t addr[IP6_SIZE])
{
	return addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
}
