/* SPDX-License-Identifier: MIT */
/* dns.c - one DNS question out, the addresses of its answer in. */
#include "format/dns.h"

#define DNS_HEADER    12
#define DNS_NAME_MAX  253
#define DNS_LABEL_MAX 63
#define DNS_HOPS_MAX  8
#define DNS_JUMPS_MAX 64
#define DNS_CLASS_IN  1
#define DNS_CNAME     5
#define DNS_RR_FIXED  10 /* type, class, ttl, rdlength */

#define DNS_FLAG_RESPONSE  0x8000
#define DNS_FLAG_OPCODE	   0x7800
#define DNS_FLAG_TRUNCATED 0x0200
#define DNS_FLAG_RECURSE   0x0100
#define DNS_FLAG_RCODE	   0x000f

#define DNS_NXDOMAIN 3

struct dns_msg {
	const uint8_t *p;
	size_t size;
	struct fault *f;
};

/* A resource record whose extent was checked. */
struct dns_rr {
	char name[DNS_NAME_MAX + 1];
	unsigned int type, class;
	size_t data, data_len;
};

static unsigned int dns_be16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static void dns_put16(uint8_t *p, unsigned int v)
{
	p[0] = v >> 8;
	p[1] = v;
}

static char dns_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static bool dns_char_ok(char c)
{
	c = dns_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

static bool dns_host_ok(const char *host)
{
	size_t i, label = 0;

	for (i = 0; host[i]; i++) {
		if (i >= DNS_NAME_MAX)
			return false;
		if (host[i] == '.') {
			if (!label)
				return false;
			label = 0;
		} else if (!dns_char_ok(host[i]) || ++label > DNS_LABEL_MAX) {
			return false;
		}
	}
	return label;
}

int dns_query(uint8_t *buf, size_t size, uint16_t id, const char *host,
	      enum dns_type type)
{
	size_t at = DNS_HEADER, len;

	if (!dns_host_ok(host))
		return -EBADMSG;
	if (size < DNS_QUERY_MAX)
		return -EOVERFLOW;
	memset(buf, 0, DNS_HEADER);
	dns_put16(buf, id);
	dns_put16(buf + 2, DNS_FLAG_RECURSE);
	dns_put16(buf + 4, 1);
	while (*host) {
		for (len = 0; host[len] && host[len] != '.'; len++)
			;
		buf[at++] = len;
		memcpy(buf + at, host, len);
		at += len;
		host += len + (host[len] == '.');
	}
	buf[at++] = 0;
	dns_put16(buf + at, type);
	dns_put16(buf + at + 2, DNS_CLASS_IN);
	return at + 4;
}

int dns_frame(const uint8_t *p, size_t have)
{
	unsigned int len;

	if (have < DNS_FRAME)
		return 0;
	len = dns_be16(p);
	return len < DNS_HEADER ? -EBADMSG : (int)(DNS_FRAME + len);
}

static int dns_bad(const struct dns_msg *m, const char *why, size_t where)
{
	return fault_set(m->f, -EBADMSG, why, where);
}

static int dns_stray(const struct dns_msg *m, const char *why, size_t where)
{
	return fault_set(m->f, -ENOMSG, why, where);
}

/* Append one label to @name at @n; returns the new length or -EBADMSG. */
static int dns_label(const struct dns_msg *m, size_t at, size_t len, char *name,
		     size_t n)
{
	size_t i;

	if (n + len + (n ? 1 : 0) > DNS_NAME_MAX)
		return dns_bad(m, "name too long", at);
	if (n)
		name[n++] = '.';
	for (i = 0; i < len; i++) {
		char c = m->p[at + i];

		/* a dot or NUL inside a label would read as another name */
		if (!c || c == '.')
			return dns_bad(m, "bad character in name", at);
		name[n++] = dns_lower(c);
	}
	return n;
}

/*
 * Read the name at *@pos in lower case and move *@pos behind it. A pointer
 * must go before the place where this name, or the piece last pointed to,
 * began: so no chain of them can loop; how many there are is bounded too, or a
 * message of 64 KiB could make every record's name a walk of thousands.
 */
static int dns_name(const struct dns_msg *m, size_t *pos,
		    char name[DNS_NAME_MAX + 1])
{
	size_t at = *pos, floor = at, len, target;
	unsigned int jumps = 0;
	int n = 0;

	for (;;) {
		if (at >= m->size)
			return dns_bad(m, "name runs past the end", at);
		len = m->p[at++];
		if (!len)
			break;
		if (len > DNS_LABEL_MAX) {
			if (len < 0xc0 || at >= m->size)
				return dns_bad(m, "bad label", at);
			target = (len & 0x3f) << 8 | m->p[at++];
			if (target < DNS_HEADER || target >= floor)
				return dns_bad(m, "pointer not backwards", at);
			if (jumps == DNS_JUMPS_MAX)
				return dns_bad(m, "too many pointers", at);
			if (!jumps++)
				*pos = at;
			floor = at = target;
			continue;
		}
		if (len > m->size - at)
			return dns_bad(m, "label runs past the end", at);
		n = dns_label(m, at, len, name, n);
		if (n < 0)
			return n;
		at += len;
	}
	if (!jumps)
		*pos = at;
	name[n] = '\0';
	return 0;
}

static int dns_rr(const struct dns_msg *m, size_t *pos, struct dns_rr *rr)
{
	int err = dns_name(m, pos, rr->name);

	if (err)
		return err;
	if (m->size - *pos < DNS_RR_FIXED)
		return dns_bad(m, "record runs past the end", *pos);
	rr->type = dns_be16(m->p + *pos);
	rr->class = dns_be16(m->p + *pos + 2);
	rr->data_len = dns_be16(m->p + *pos + 8);
	rr->data = *pos + DNS_RR_FIXED;
	if (rr->data_len > m->size - rr->data)
		return dns_bad(m, "record data runs past the end", rr->data);
	*pos = rr->data + rr->data_len;
	return 0;
}

/* Is it the answer to our very question? *@pos: behind the question. */
static int dns_head(const struct dns_msg *m, uint16_t id, char *want,
		    enum dns_type type, size_t *pos)
{
	char name[DNS_NAME_MAX + 1];
	unsigned int flags;
	int err;

	if (m->size < DNS_HEADER || m->size > DNS_MSG_MAX)
		return dns_stray(m, "message too short or too long", 0);
	flags = dns_be16(m->p + 2);
	if (dns_be16(m->p) != id)
		return dns_stray(m, "wrong id", 0);
	if (!(flags & DNS_FLAG_RESPONSE) || flags & DNS_FLAG_OPCODE)
		return dns_stray(m, "not a response", 2);
	/* some that cannot read a question do not repeat it */
	if (!dns_be16(m->p + 4) && flags & DNS_FLAG_RCODE)
		return dns_bad(m, "server failed", 2);
	if (dns_be16(m->p + 4) != 1)
		return dns_stray(m, "not one question", 4);
	*pos = DNS_HEADER;
	err = dns_name(m, pos, name);
	if (err)
		return fault_set(m->f, -ENOMSG, "question cannot be read",
				 DNS_HEADER);
	if (m->size - *pos < 4 || strcmp(name, want) ||
	    dns_be16(m->p + *pos) != type ||
	    dns_be16(m->p + *pos + 2) != DNS_CLASS_IN)
		return dns_stray(m, "wrong question", DNS_HEADER);
	*pos += 4;
	if (flags & DNS_FLAG_TRUNCATED)
		return fault_set(m->f, -EMSGSIZE, "truncated", 2);
	if ((flags & DNS_FLAG_RCODE) == DNS_NXDOMAIN)
		return fault_set(m->f, -ENOENT, "no such name", 2);
	if (flags & DNS_FLAG_RCODE)
		return fault_set(m->f, -EAGAIN, "server failed", 2);
	return 0;
}

/*
 * One walk over the answers for @want. Returns the number of addresses; when
 * none, @next is the name that @want is another name of, or "".
 */
static int dns_scan(const struct dns_msg *m, size_t pos, const char *want,
		    enum dns_type type, char *next, struct dns_addr *out)
{
	unsigned int left = dns_be16(m->p + 6);
	size_t need = type == DNS_A ? 4 : 16, at;
	struct dns_rr rr;
	int err, n = 0;

	next[0] = '\0';
	for (; left; left--) {
		err = dns_rr(m, &pos, &rr);
		if (err)
			return err;
		if (rr.class != DNS_CLASS_IN || strcmp(rr.name, want))
			continue;
		at = rr.data;
		if (rr.type == DNS_CNAME && !next[0]) {
			err = dns_name(m, &at, next);
			if (err || at != rr.data + rr.data_len)
				return dns_bad(m, "bad CNAME", rr.data);
		} else if (rr.type == type) {
			if (rr.data_len != need)
				return dns_bad(m, "bad address", rr.data);
			if (n == DNS_ADDRS_MAX)
				continue;
			memset(&out[n], 0, sizeof(out[n]));
			out[n].type = type;
			memcpy(out[n++].addr, m->p + rr.data, need);
		}
	}
	return n;
}

int dns_answer(const uint8_t *msg, size_t size, uint16_t id, const char *host,
	       enum dns_type type, struct dns_addr out[DNS_ADDRS_MAX],
	       struct fault *f)
{
	struct dns_msg m = {msg, size, f};
	char want[DNS_NAME_MAX + 1], next[DNS_NAME_MAX + 1];
	size_t pos, i;
	int n, hops;

	if (!dns_host_ok(host))
		return fault_set(f, -EBADMSG, "not a name", 0);
	for (i = 0; host[i]; i++)
		want[i] = dns_lower(host[i]);
	want[i] = '\0';
	n = dns_head(&m, id, want, type, &pos);
	if (n)
		return n;
	for (hops = 0; hops <= DNS_HOPS_MAX; hops++) {
		n = dns_scan(&m, pos, want, type, next, out);
		if (n || !next[0])
			return n;
		memcpy(want, next, sizeof(want));
	}
	return dns_bad(&m, "too many CNAMEs", pos);
}
