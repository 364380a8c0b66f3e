// SPDX-License-Identifier: MIT
/*
 * fuzz-dns.c - addresses come only from the answer to our very question, and
 * stand in it, also behind a length as over TCP; a question for any name that
 * can be asked is read as its own.
 */
#include "case-dns.h"
#include "format/dns.h"
#include "format/text.h"
#include "fuzz.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Byte for byte our question, whatever the case of its letters. */
static void check_question(const uint8_t *p, size_t size, enum dns_type type)
{
	uint8_t q[DNS_QUERY_MAX];
	int n = dns_query(q, sizeof(q), CASE_DNS_ID, CASE_DNS_HOST, type);

	NEED(n > 12 && size >= (size_t)n && size <= DNS_MSG_MAX);
	NEED(p[0] == q[0] && p[1] == q[1] && p[4] == 0 && p[5] == 1);
	NEED((p[2] & 0xf8) == 0x80);
	for (int i = 12; i < n; i++)
		NEED(lower(p[i]) == lower(q[i]));
}

static void answer(const uint8_t *p, size_t size, enum dns_type type)
{
	struct dns_addr out[DNS_ADDRS_MAX];
	struct fault f = {0};
	size_t width = type == DNS_A ? 4 : 16;
	uint8_t record[2 + 16] = {0, width};
	int n = dns_answer(p, size, CASE_DNS_ID, CASE_DNS_HOST, type, out, &f);

	if (n < 0) {
		NEED(n == -EBADMSG || n == -ENOENT || n == -EAGAIN ||
		     n == -EMSGSIZE || n == -ENOMSG);
		NEED(f.why && f.where <= size);
		if (n == -EBADMSG || n == -ENOMSG)
			return;
	}
	check_question(p, size, type);
	NEED(n <= DNS_ADDRS_MAX);
	for (int i = 0; i < n; i++) {
		NEED(out[i].type == type);
		/* behind its length */
		memcpy(record + 2, out[i].addr, width);
		NEED(memmem(p + 12, size - 12, record, 2 + width));
		for (size_t j = width; j < sizeof(out[i].addr); j++)
			NEED(!out[i].addr[j]);
	}
}

/* Our own question, with the bit that makes it an answer, has no answers. */
static void question(const char *host)
{
	struct dns_addr out[DNS_ADDRS_MAX];
	uint8_t q[DNS_QUERY_MAX];
	int n = dns_query(q, sizeof(q), 7, host, DNS_AAAA);

	if (n < 0) {
		NEED(n == -EBADMSG);
		return;
	}
	NEED((size_t)n == 12 + strlen(host) + 2 + 4);
	NEED(dns_answer(q, n, 7, host, DNS_AAAA, out, NULL) == -ENOMSG);
	q[2] |= 0x80;
	NEED(dns_answer(q, n, 7, host, DNS_AAAA, out, NULL) == 0);
	NEED(dns_answer(q, n, 8, host, DNS_AAAA, out, NULL) == -ENOMSG);
	NEED(dns_answer(q, n, 7, host, DNS_A, out, NULL) == -ENOMSG);
}

/* Any cut of a stream that holds the length says the same of it. */
static void stream(const uint8_t *p, size_t size)
{
	int n = dns_frame(p, size);

	if (size < DNS_FRAME) {
		NEED(!n);
		return;
	}
	NEED(n == -EBADMSG ||
	     (n >= DNS_FRAME + 12 && n <= DNS_FRAME + DNS_MSG_MAX));
	NEED(dns_frame(p, DNS_FRAME) == n && !dns_frame(p, DNS_FRAME - 1));
	if (n < 0 || (size_t)n > size)
		return;
	answer(p + DNS_FRAME, n - DNS_FRAME, DNS_A);
	answer(p + DNS_FRAME, n - DNS_FRAME, DNS_AAAA);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char host[300];

	answer(data, size, DNS_A);
	answer(data, size, DNS_AAAA);
	stream(data, size);
	if (size < sizeof(host) &&
	    !text_copy(host, sizeof(host), (struct span){(char *)data, size}))
		question(host);
	return 0;
}
