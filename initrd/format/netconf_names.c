/* SPDX-License-Identifier: MIT */
/*
 * netconf_names.c - does an operator's file name this NIC? No full parser of
 * four languages: the lines that can name one, and their words.
 */
#include "format/netconf.h"

#define BLANK " \t\r"
#define APART BLANK "\"'[]{},;="

static bool in(const char *set, char c)
{
	return c && strchr(set, c);
}

static struct span trim(struct span s)
{
	while (s.n && in(BLANK, s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && in(BLANK, s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The next word of *@s, which @apart separates; false at its end. */
static bool word(struct span *s, const char *apart, struct span *w)
{
	size_t n = 0;

	while (s->n && in(apart, s->p[0])) {
		s->p++;
		s->n--;
	}
	while (n < s->n && !in(apart, s->p[n]))
		n++;
	*w = (struct span){s->p, n};
	s->p += n;
	s->n -= n;
	return n;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

/* A MAC comes in either case and with either separator. */
static bool same(struct span w, const char *id)
{
	if (w.n != strlen(id))
		return false;
	for (size_t i = 0; i < w.n; i++) {
		char c = lower(w.p[i]);

		if (c != lower(id[i]) && !(c == '-' && id[i] == ':'))
			return false;
	}
	return true;
}

static bool any(struct span line, const char (*ids)[20], unsigned int n)
{
	struct span w;

	while (word(&line, APART, &w)) {
		/* a key of YAML; a MAC has one inside and none behind */
		if (w.p[w.n - 1] == ':')
			w.n--;
		for (unsigned int i = 0; i < n; i++)
			if (same(w, ids[i]))
				return true;
	}
	return false;
}

/* Is @line "KEY = ..." with one of @keys, which end with NULL? */
static bool has_key(struct span line, const char *const *keys)
{
	struct span key, value;

	text_cut(line, '=', &key, &value);
	if (!value.p)
		return false;
	key = trim(key);
	for (; *keys; keys++)
		if (span_is(key, *keys))
			return true;
	return false;
}

/* Of interfaces(5): the lines that choose an interface, not their options. */
static bool chooses(struct span line)
{
	struct span w;

	if (!word(&line, BLANK, &w))
		return false;
	return span_is(w, "iface") || span_is(w, "auto") ||
	       (w.n > 6 && !memcmp(w.p, "allow-", 6));
}

/* auto /mac/aa:bb:cc:dd:ee:ff is how ifupdown names a NIC by its MAC. */
static bool any_interface(struct span line, const char (*ids)[20],
			  unsigned int n)
{
	struct span w;

	word(&line, BLANK, &w);
	while (word(&line, BLANK "/", &w))
		if (any(w, ids, n))
			return true;
	return false;
}

bool netconf_names(enum netconf_kind kind, struct span text,
		   const char (*ids)[20], unsigned int n)
{
	static const char *const match[] = {"Name", "MACAddress",
					    "PermanentMACAddress", NULL};
	static const char *const nm[] = {"interface-name", "mac-address", NULL};
	bool whole, in_match = false;
	struct span line;

	while (text_line(&text, &line, &whole)) {
		line = trim(line);
		if (!line.n || *line.p == '#' || *line.p == ';')
			continue;
		if (*line.p == '[')
			in_match = span_is(line, "[Match]");
		if (kind == NETCONF_NETWORKD
			    ? in_match && has_key(line, match) &&
				      any(line, ids, n)
		    : kind == NETCONF_NM
			    ? has_key(line, nm) && any(line, ids, n)
		    : kind == NETCONF_IFUPDOWN
			    ? chooses(line) && any_interface(line, ids, n)
			    : any(line, ids, n))
			return true;
	}
	return false;
}

static bool hex(struct span s, size_t from, size_t n, unsigned int *v)
{
	*v = 0;
	for (size_t i = from; i < from + n; i++) {
		int digit = text_hex(s.p[i]);

		if (digit < 0)
			return false;
		*v = *v << 4 | (unsigned int)digit;
	}
	return true;
}

int netconf_pci_name(struct span slot, bool multi, unsigned int port,
		     char out[20])
{
	struct text_out o = {.buf = out, .size = 19};
	unsigned int domain, bus, dev, func;

	/* dddd:bb:ss.f */
	if (slot.n != 12 || slot.p[4] != ':' || slot.p[7] != ':' ||
	    slot.p[10] != '.' || !hex(slot, 0, 4, &domain) ||
	    !hex(slot, 5, 2, &bus) || !hex(slot, 8, 2, &dev) ||
	    !hex(slot, 11, 1, &func))
		return -EBADMSG;
	text_put_str(&o, "en");
	if (domain) {
		text_put_str(&o, "P");
		text_put_u64(&o, domain);
	}
	text_put_str(&o, "p");
	text_put_u64(&o, bus);
	text_put_str(&o, "s");
	text_put_u64(&o, dev);
	if (func || multi) {
		text_put_str(&o, "f");
		text_put_u64(&o, func);
	}
	if (port) {
		text_put_str(&o, "d");
		text_put_u64(&o, port);
	}
	out[o.n] = '\0';
	return 0;
}
