// SPDX-License-Identifier: MIT
/* case-dns.c - DNS answers: lengths, pointers and strangers' answers. */
#include <stdlib.h>
#include <string.h>

#include "case-dns.h"
#include "cases.h"
#include "format/dns.h"

#define HEADER	 12
#define QUESTION (HEADER + 18) /* where its type stands */
#define ANSWERS	 (QUESTION + 4)

static void be16(struct bytes *b, unsigned int v)
{
	uint8_t two[2] = {v >> 8, v};

	bytes_add(b, two, 2);
}

/* A record whose owner is a pointer to @owner. */
static void record(struct bytes *b, unsigned int owner, unsigned int type,
		   const void *data, unsigned int n)
{
	be16(b, 0xc000 | owner);
	be16(b, type);
	be16(b, 1);
	be16(b, 0);
	be16(b, 3600);
	be16(b, n);
	bytes_add(b, data, n);
}

/* CNAMEs to names of one label each, then addresses of the last. */
static void answer(struct bytes *b, unsigned int cnames, unsigned int addrs,
		   struct rng *r)
{
	uint8_t buf[DNS_QUERY_MAX], name[8] = "\5alias", a[4];
	int n = dns_query(buf, sizeof(buf), CASE_DNS_ID, CASE_DNS_HOST, DNS_A);
	unsigned int owner = HEADER, i;

	bytes_need(n == ANSWERS, "the question is of another length");
	bytes_set(b, buf, n);
	bytes_be(b, 2, 2, 0x8180);
	bytes_be(b, 6, 2, cnames + addrs);
	for (i = 0; i < cnames; i++) {
		name[5] = 'a' + i;
		record(b, owner, 5, name, 7);
		owner = b->n - 7;
	}
	for (i = 0; i < addrs; i++) {
		put_be32(a, rng_next(r));
		record(b, owner, DNS_A, a, 4);
	}
}

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	answer(b, rng_below(r, 9), 1 + rng_below(r, 20), r);
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct dns_addr out[DNS_ADDRS_MAX];
	int got = dns_answer(p, n, CASE_DNS_ID, CASE_DNS_HOST, DNS_A, out, f);

	return got < 0 ? got : 0;
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = bytes_spread(k, b->n);
}

static void header_bit(struct bytes *b, uint64_t k, struct rng *r)
{
	/* id, response and operation bits, errors, number of questions */
	static const uint8_t mask[] = {0xff, 0xff, 0xfa, 0x0f, 0xff, 0xff};
	unsigned int bit = k % 48;

	while (!(mask[bit / 8] & 1 << bit % 8))
		bit = (bit + 1) % 48;
	b->p[bit / 8] ^= 1 << bit % 8;
}

/* The question: only the case of a letter may differ. */
static void question_bit(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int at = HEADER + k / 8 % (ANSWERS - HEADER), bit = k % 8;

	if (at < QUESTION && bit == 5)
		bit = 7;
	b->p[at] ^= 1 << bit;
}

static void count(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_be(b, 6, 2, get_be32(b->p + 4) % 65536 + 1 + k % 40000);
}

/* Pointers at themselves, forwards, into the header, cut in two. */
static void pointer(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int targets[] = {ANSWERS, ANSWERS + 1, b->n, b->n - 1,
				  0x3fff,  0,		11,   ANSWERS + 2};

	bytes_be(b, ANSWERS, 2, 0xc000 | targets[k % 8]);
	if (k % 8 == 7)
		b->n = ANSWERS + 1;
}

static void label(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t odd[] = {0x40, 0x80, 0x7f, 0xbf, 0x3f, 0x41};

	answer(b, 0, 1, r);
	b->p[ANSWERS] = odd[k % 6];
	b->p[ANSWERS + 1] = k / 6;
}

/* A name of more than 253 characters, in labels of 63. */
static void long_name(struct bytes *b, uint64_t k, struct rng *r)
{
	uint8_t part[64];

	answer(b, 0, 0, r);
	bytes_be(b, 6, 2, 1);
	memset(part, 'x', sizeof(part));
	part[0] = 63;
	for (k = 4 + k % 40; k; k--)
		bytes_add(b, part, sizeof(part));
	bytes_add(b, "", 1);
	bytes_add(b, "\0\1\0\1\0\0\0\0\0\4\1\2\3\4", 14);
}

static void name_byte(struct bytes *b, uint64_t k, struct rng *r)
{
	answer(b, 1, 1, r);
	/* in the CNAME's label: a dot or a NUL would read as another name */
	b->p[ANSWERS + 12 + 1 + k % 5] = k / 5 % 2 ? '.' : 0;
}

static void data_length(struct bytes *b, uint64_t k, struct rng *r)
{
	static const unsigned int odd[] = {0, 1, 3, 5, 6, 16, 255, 65535};

	answer(b, 0, 1 + k / 8 % 20, r);
	bytes_be(b, ANSWERS + 10, 2, odd[k % 8]);
}

static void cname_length(struct bytes *b, uint64_t k, struct rng *r)
{
	answer(b, 1, 1 + k / 4 % 20, r);
	bytes_be(b, ANSWERS + 10, 2,
		 7 + (k % 2 ? 1 + k / 2 % 12 : -1 - k / 2 % 6));
}

static void cnames(struct bytes *b, uint64_t k, struct rng *r)
{
	answer(b, 9 + k % 15, 1 + rng_below(r, 9), r);
}

static void cname_loop(struct bytes *b, uint64_t k, struct rng *r)
{
	answer(b, 0, 0, r);
	bytes_be(b, 6, 2, 1);
	record(b, HEADER, 5, "\xc0\x0c", 2);
	for (k %= 30; k; k--)
		bytes_add(b, "", 1);
}

/* Pointers in a row, each to the one before, and a name that needs them all */
static void pointers(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int n = 65 + k % 100, at = HEADER, i, start;
	uint8_t chain[2 * 165];

	answer(b, 0, 0, r);
	bytes_be(b, 6, 2, 2);
	start = b->n + 12;
	for (i = 0; i < n; i++) {
		chain[2 * i] = 0xc0 | at >> 8;
		chain[2 * i + 1] = at;
		at = start + 2 * i;
	}
	record(b, HEADER, 99, chain, 2 * n);
	record(b, at, DNS_A, "\1\2\3\4", 4);
}

/* A server that failed, and does not say at what. */
static void no_question(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = HEADER;
	bytes_be(b, 2, 2, 0x8181 + k % 14);
	bytes_be(b, 4, 4, 0);
}

static void too_long(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t none[997];

	while (b->n <= DNS_MSG_MAX + k % 999)
		bytes_add(b, none, sizeof(none));
}

static const struct rule rules[] = {
	RULE("N cut", cut, 6),
	RULE("N a bit of the header", header_bit, 3),
	RULE("N a bit of the question", question_bit, 6),
	RULE("N more records than there are", count, 2),
	RULE("N a pointer that leads nowhere", pointer, 2),
	RULE("N a label that is none", label, 1),
	RULE("N a name too long", long_name, 1),
	RULE("N a byte no name may hold", name_byte, 1),
	RULE("N a record's length", data_length, 2),
	RULE("N a CNAME's length", cname_length, 2),
	RULE("N too many CNAMEs", cnames, 1),
	RULE("N a CNAME of itself", cname_loop, 1),
	RULE("N too many pointers", pointers, 1),
	RULE("N no question", no_question, 1),
	RULE("N too long", too_long, 1),
};

static const char *const words[] = {"\4boot\7example\3net", "\xc0\x0c",
				    "\x12\x34\x81\x80", NULL};

const struct format case_dns = {"dns", NULL, good, decode, RULES(rules), words};

/* The same with its length before it, as over TCP. */
static void good_tcp(struct bytes *b, uint64_t k, struct rng *r)
{
	struct bytes msg = {0};
	uint8_t two[2];

	good(&msg, k, r);
	two[0] = msg.n >> 8;
	two[1] = msg.n;
	bytes_set(b, two, 2);
	bytes_add(b, msg.p, msg.n);
	free(msg.p);
}

static int decode_tcp(const uint8_t *p, size_t n, struct fault *f)
{
	int size = dns_frame(p, n);

	if (size <= 0 || (size_t)size > n)
		return fault_set(f, -EBADMSG, "no message yet, or never", 0);
	return decode(p + DNS_FRAME, size - DNS_FRAME, f);
}

static void tcp_cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = bytes_spread(k, b->n);
}

/* Shorter than it is, so that what is read is cut; or longer. */
static void tcp_length(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int n = b->n - DNS_FRAME;

	bytes_be(b, 0, 2, k % 2 ? k / 2 % n : n + 1 + k / 2 % (65535 - n));
}

static const struct rule tcp_rules[] = {
	RULE("N cut", tcp_cut, 2),
	RULE("N another length", tcp_length, 2),
};

const struct format case_dnstcp = {
	"dnstcp", "dns", good_tcp, decode_tcp, RULES(tcp_rules), words};
