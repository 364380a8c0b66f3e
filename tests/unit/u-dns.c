/* SPDX-License-Identifier: MIT */
/* u-dns.c - questions, and answers from servers of every temper. */
#include "format/dns.h"
#include "unit.h"

#define ID   0x1234
#define HOST "boot.example"

static uint8_t msg[DNS_MSG_MAX + 64];
static size_t size;

static void put(const void *p, size_t n)
{
	memcpy(msg + size, p, n);
	size += n;
}

/* An answer to HOST with @flags and @answers records still to come. */
static void begin(int flags, int answers, enum dns_type type)
{
	int n = dns_query(msg, sizeof(msg), ID, HOST, type);

	CHECK(n > 0);
	size = n;
	msg[2] = flags >> 8;
	msg[3] = flags;
	msg[7] = answers;
}

static void record(const char *name, size_t name_size, int type,
		   const void *data, size_t len)
{
	uint8_t fixed[10] = {0, type, 0, 1, 0, 0, 0, 60, len >> 8, len};

	put(name, name_size);
	put(fixed, sizeof(fixed));
	put(data, len);
}

static int answer(struct dns_addr *out, enum dns_type type)
{
	struct fault f = {0};
	int n = dns_answer(msg, size, ID, HOST, type, out, &f);

	CHECK((n < 0) == !!f.why);
	return n;
}

static void questions(void)
{
	static const char want[] = "\x12\x34\x01\0\0\x01\0\0\0\0\0\0"
				   "\4boot\7example\0\0\x1c\0\1";
	static const char *const bad[] = {"",	  ".",	 "a.",	".a",
					  "a..b", "a b", "a/b", "a\x80"};
	char name[260];
	uint8_t buf[DNS_QUERY_MAX];
	size_t i;

	CHECK_INT(dns_query(buf, sizeof(buf), ID, HOST, DNS_AAAA),
		  sizeof(want) - 1);
	CHECK(!memcmp(buf, want, sizeof(want) - 1));
	CHECK_INT(dns_query(buf, sizeof(buf) - 1, ID, HOST, DNS_A), -EOVERFLOW);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_row = bad[i];
		CHECK_INT(dns_query(buf, sizeof(buf), ID, bad[i], DNS_A),
			  -EBADMSG);
	}
	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[253] = '\0';
	CHECK_INT(dns_query(buf, sizeof(buf), ID, name, DNS_A), 271);
	name[253] = 'a';
	name[254] = '\0';
	CHECK_INT(dns_query(buf, sizeof(buf), ID, name, DNS_A), -EBADMSG);
	name[64] = '\0';
	name[63] = 'a';
	CHECK_INT(dns_query(buf, sizeof(buf), ID, name, DNS_A), -EBADMSG);
}

static void addresses(void)
{
	struct dns_addr out[DNS_ADDRS_MAX];
	int i;

	begin(0x8180, 2, DNS_A);
	record("\xc0\x0c", 2, DNS_A, "\x0a\0\2\2", 4);
	record("\4BOOT\xc0\x11", 7, DNS_A, "\x0a\0\2\3", 4);
	CHECK_INT(answer(out, DNS_A), 2);
	CHECK(out[0].type == DNS_A && !memcmp(out[0].addr, "\x0a\0\2\2", 4));
	CHECK(!memcmp(out[1].addr, "\x0a\0\2\3", 4));

	begin(0x8180, 1, DNS_AAAA);
	record("\xc0\x0c", 2, DNS_AAAA, "0123456789abcdef", 16);
	CHECK_INT(answer(out, DNS_AAAA), 1);
	CHECK(!memcmp(out[0].addr, "0123456789abcdef", 16));

	begin(0x8180, 0, DNS_A);
	CHECK_INT(answer(out, DNS_A), 0);

	/* another name's address is no answer to ours */
	begin(0x8180, 1, DNS_A);
	record("\4evil\0", 6, DNS_A, "\x06\6\6\6", 4);
	CHECK_INT(answer(out, DNS_A), 0);

	begin(0x8180, 40, DNS_A);
	for (i = 0; i < 40; i++)
		record("\xc0\x0c", 2, DNS_A, "\x0a\0\2\2", 4);
	CHECK_INT(answer(out, DNS_A), DNS_ADDRS_MAX);
}

/* HOST -> a0 -> a1 -> ... -> a(n-1), which has an address. */
static int chain(int n)
{
	struct dns_addr out[DNS_ADDRS_MAX];
	char from[3] = "\1a", to[3] = "\1a";
	int i;

	begin(0x8180, n + 1, DNS_A);
	for (i = 0; i < n; i++) {
		to[1] = 'a' + i;
		record(i ? from : "\xc0\x0c", i ? 3 : 2, 5, to, 3);
		from[1] = to[1];
	}
	record(n ? from : "\xc0\x0c", n ? 3 : 2, DNS_A, "\x0a\0\2\2", 4);
	return answer(out, DNS_A);
}

static void cnames(void)
{
	struct dns_addr out[DNS_ADDRS_MAX];

	CHECK_INT(chain(0), 1);
	CHECK_INT(chain(1), 1);
	CHECK_INT(chain(8), 1);
	CHECK_INT(chain(9), -EBADMSG);
	CHECK_INT(chain(20), -EBADMSG);
	/* a CNAME to itself */
	begin(0x8180, 1, DNS_A);
	record("\xc0\x0c", 2, 5, "\xc0\x0c", 2);
	CHECK_INT(answer(out, DNS_A), -EBADMSG);
}

static void codes(void)
{
	static const struct {
		int flags, want;
	} rows[] = {
		{0x8183, -ENOENT},  {0x8182, -EAGAIN},	 {0x8185, -EAGAIN},
		{0x8181, -EAGAIN},  {0x8380, -EMSGSIZE}, {0x0180, -ENOMSG},
		{0x9180, -ENOMSG},
	};
	struct dns_addr out[DNS_ADDRS_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		begin(rows[i].flags, 0, DNS_A);
		CHECK_INT(answer(out, DNS_A), rows[i].want);
	}
}

static void not_ours(void)
{
	struct dns_addr out[DNS_ADDRS_MAX];

	begin(0x8180, 0, DNS_A);
	msg[0]++;
	CHECK_INT(answer(out, DNS_A), -ENOMSG);
	begin(0x8180, 0, DNS_A);
	msg[13] = 'r';
	CHECK_INT(answer(out, DNS_A), -ENOMSG);
	begin(0x8180, 0, DNS_AAAA);
	CHECK_INT(answer(out, DNS_A), -ENOMSG);
	begin(0x8180, 0, DNS_A);
	msg[5] = 0;
	CHECK_INT(answer(out, DNS_A), -ENOMSG);
	/* nor is a pointer where our name should be */
	begin(0x8180, 0, DNS_A);
	memcpy(msg + 12, "\xc0\x20", 2);
	CHECK_INT(answer(out, DNS_A), -ENOMSG);
	begin(0x8180, 0, DNS_A);
	size = DNS_MSG_MAX + 1;
	CHECK_INT(answer(out, DNS_A), -ENOMSG);
	/* no question at all: only where the server failed is it about ours */
	begin(0x8181, 0, DNS_A);
	msg[5] = 0;
	CHECK_INT(answer(out, DNS_A), -EBADMSG);
}

static void pointers(void)
{
	static const struct {
		const char *what, *name;
		size_t n;
	} rows[] = {
		{"to itself", "\xc0\x1e", 2},
		{"forward", "\xc0\x40", 2},
		{"into the header", "\xc0\x02", 2},
		{"loop behind a label", "\1a\xc0\x1e", 4},
		{"reserved label type", "\x80\x0c", 2},
		{"a dot inside a label", "\3a.b\0", 5},
		{"a NUL inside a label", "\3a\0b\0", 5},
	};
	struct dns_addr out[DNS_ADDRS_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].what;
		begin(0x8180, 1, DNS_A);
		CHECK_INT(size, 30);
		record(rows[i].name, rows[i].n, DNS_A, "\x0a\0\2\2", 4);
		CHECK_INT(answer(out, DNS_A), -EBADMSG);
	}
	/* more than a name may hold */
	begin(0x8180, 1, DNS_A);
	for (i = 0; i < 5; i++) {
		msg[size] = 63;
		memset(msg + size + 1, 'a', 63);
		size += 64;
	}
	msg[size++] = 0;
	size += 10;
	CHECK_INT(answer(out, DNS_A), -EBADMSG);
}

/* @n pointers, each to the one before, and then a record with such a name. */
static int jumps(unsigned int n)
{
	struct dns_addr out[DNS_ADDRS_MAX];
	uint8_t p[2 * 100], name[2];
	unsigned int at = 12, i;

	begin(0x8180, 2, DNS_A);
	for (i = 0; i < n - 1; i++) {
		p[2 * i] = 0xc0;
		p[2 * i + 1] = at;
		at = size + 11 + 2 * i;
	}
	record("\0", 1, 99, p, 2 * (n - 1));
	name[0] = 0xc0;
	name[1] = at;
	record((char *)name, 2, DNS_A, "\x0a\0\2\2", 4);
	return answer(out, DNS_A);
}

static void many_pointers(void)
{
	CHECK_INT(jumps(1), 1);
	CHECK_INT(jumps(64), 1);
	CHECK_INT(jumps(65), -EBADMSG);
	CHECK_INT(jumps(100), -EBADMSG);
}

/* The largest message there is, full of addresses. */
static void largest(void)
{
	struct dns_addr out[DNS_ADDRS_MAX];
	unsigned int n = 0;

	begin(0x8180, 0, DNS_A);
	while (size + 16 <= DNS_MSG_MAX) {
		record("\xc0\x0c", 2, DNS_A, "\x0a\0\2\2", 4);
		n++;
	}
	msg[6] = n >> 8;
	msg[7] = n;
	size = DNS_MSG_MAX;
	CHECK_INT(answer(out, DNS_A), DNS_ADDRS_MAX);
}

static void frames(void)
{
	static const struct {
		const char *p;
		size_t have;
		int want;
	} rows[] = {
		{"", 0, 0},		   {"\0", 1, 0},
		{"\0\x0c", 2, 14},	   {"\0\x0c" "abc", 5, 14},
		{"\1\0", 2, 258},	   {"\xff\xff", 2, DNS_FRAME + DNS_MSG_MAX},
		{"\0\x0b", 2, -EBADMSG}, {"\0\0", 2, -EBADMSG},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK_INT(dns_frame((const uint8_t *)rows[i].p, rows[i].have),
			  rows[i].want);
}

static void lengths(void)
{
	struct dns_addr out[DNS_ADDRS_MAX];

	begin(0x8180, 1, DNS_A);
	record("\xc0\x0c", 2, DNS_A, "\x0a\0\2", 3);
	CHECK_INT(answer(out, DNS_A), -EBADMSG);
	begin(0x8180, 1, DNS_AAAA);
	record("\xc0\x0c", 2, DNS_AAAA, "\x0a\0\2\2", 4);
	CHECK_INT(answer(out, DNS_AAAA), -EBADMSG);
	begin(0x8180, 1, DNS_A);
	record("\xc0\x0c", 2, 5, "\1a\0x", 4);
	CHECK_INT(answer(out, DNS_A), -EBADMSG);
	begin(0x8180, 2, DNS_A);
	record("\xc0\x0c", 2, DNS_A, "\x0a\0\2\2", 4);
	CHECK_INT(answer(out, DNS_A), -EBADMSG);
}

/* Exact-size heap copies, so that a sanitizer sees a byte read too far. */
static void every_cut_and_byte(void)
{
	struct dns_addr out[DNS_ADDRS_MAX];
	size_t i;
	int c;

	begin(0x8180, 2, DNS_A);
	record("\xc0\x0c", 2, 5, "\3www\xc0\x11", 6);
	record("\xc0\x2a", 2, DNS_A, "\x0a\0\2\2", 4);
	CHECK_INT(answer(out, DNS_A), 1);
	for (i = 0; i < size; i++) {
		uint8_t *copy = malloc(size);

		CHECK(copy);
		memcpy(copy, msg, size);
		CHECK(dns_answer(copy, i, ID, HOST, DNS_A, out, NULL) < 0);
		for (c = 0; c < 256; c++) {
			copy[i] = c;
			CHECK(dns_answer(copy, size, ID, HOST, DNS_A, out,
					 NULL) <= 1);
		}
		free(copy);
	}
}

UNIT_MAIN(UNIT_CASE(questions), UNIT_CASE(addresses), UNIT_CASE(cnames),
	  UNIT_CASE(codes), UNIT_CASE(not_ours), UNIT_CASE(pointers),
	  UNIT_CASE(many_pointers), UNIT_CASE(largest), UNIT_CASE(frames),
	  UNIT_CASE(lengths), UNIT_CASE(every_cut_and_byte))
