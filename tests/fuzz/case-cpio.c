// SPDX-License-Identifier: MIT
/* case-cpio.c - archives: the C rows that the decoder alone must refuse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "case-cpio.h"

#define DIGITS 104 /* of a header, behind its magic */
#define MODE   1   /* fields of a header */
#define SIZE   6
#define NAMES  11

/* Where headers begin in the archive at hand; the last is the trailer's. */
static size_t heads[32], n_heads, a_file, end;

static void pad(struct bytes *b)
{
	while (b->n % 4)
		bytes_add(b, "", 1);
}

static void put(struct bytes *b, size_t at, const char *name, uint32_t mode,
		const void *data, uint32_t n)
{
	struct cpio_entry e = {.ino = at + 1,
			       .mode = mode,
			       .nlink = 1,
			       .mtime = 1700000000,
			       .filesize = n,
			       .name = name,
			       .name_len = strlen(name)};
	static uint8_t one[8192 + CASE_BYTES];
	int len = cpio_encode(one, sizeof(one), &e);

	bytes_need(len > 0 && len + n + 4 <= sizeof(one), "entry too large");
	memset(one + len, 0, n + 4);
	memcpy(one + len, data, n);
	bytes_insert(b, at, one, len + (n + 3) / 4 * 4);
}

static void add(struct bytes *b, const char *name, uint32_t mode,
		const void *data, uint32_t n)
{
	heads[n_heads++] = b->n;
	put(b, b->n, name, mode, data, n);
}

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int n = rng_below(r, 14), i;
	char name[64], data[600];

	bytes_set(b, "", 0);
	n_heads = 0;
	for (i = 0; i < sizeof(data); i++)
		data[i] = rng_below(r, 4) ? 0 : rng_next(r);
	if (k % 3 == 0)
		add(b, ".", S_IFDIR | 0755, "", 0);
	a_file = b->n;
	add(b, ".slipway-overlay", S_IFREG | 0400, "slipway-overlay 1\n", 18);
	add(b, k % 2 ? "etc" : "./etc", S_IFDIR | 0755, "", 0);
	add(b, "etc/rc.d", S_IFREG | 0644, data, 1 + rng_below(r, 600));
	add(b, "etc/link", S_IFLNK | 0777, "../usr/lib/x", 12);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "etc/%.*s-%u",
			 (int)rng_below(r, 9), "..a b%\xc3\xa4", i);
		add(b, name, rng_below(r, 4) ? S_IFREG | 04755 : S_IFCHR | 0666,
		    "", 0);
		if (rng_below(r, 2)) {
			n_heads--;
			b->n = heads[n_heads];
			add(b, name, S_IFREG | 0600, data, rng_below(r, 600));
		}
	}
	add(b, CPIO_TRAILER, 0, "", 0);
	end = b->n;
	for (i = rng_below(r, 600); i; i--)
		bytes_add(b, "", 1);
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	static struct cpio_decoder d;
	int err;

	cpio_decode_init(&d, &case_cpio_sink, NULL, CASE_ENTRIES, CASE_BYTES);
	err = cpio_decode(&d, p, n, f);
	return err ? err : cpio_decode_end(&d, f);
}

static size_t any_head(struct rng *r)
{
	return heads[rng_below(r, n_heads)];
}

/* The head of an entry, not the trailer's. */
static size_t a_head(struct rng *r)
{
	return heads[rng_below(r, n_heads - 1)];
}

static void field(struct bytes *b, size_t head, unsigned int i, uint32_t v)
{
	char hex[9];

	snprintf(hex, sizeof(hex), "%08X", v);
	memcpy(b->p + head + 6 + 8 * i, hex, 8);
}

static uint32_t field_of(const struct bytes *b, size_t head, unsigned int i)
{
	char hex[9] = {0};

	memcpy(hex, b->p + head + 6 + 8 * i, 8);
	return strtoul(hex, NULL, 16);
}

static void cut(struct bytes *b, uint64_t k, struct rng *r)
{
	b->n = bytes_spread(k, end);
}

static void magic(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const other[] = {
		"070702",    "070707",	"070700",	    "0707o1",
		"\xc7q0000", "etc/x\0", "\x1f\x8b\x08\0\0", "TRAILE"};
	size_t at = any_head(r);

	if (k % 2)
		memcpy(b->p + at, other[k / 2 % 8], 6);
	else
		b->p[at + k / 2 % 6] ^= 1 << k / 12 % 8;
}

static void digit(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char odd[] = "gGxX+- _/:@`.\0\t\xb0";

	b->p[any_head(r) + 6 + bytes_spread(k, DIGITS)] =
		odd[rng_below(r, sizeof(odd) - 1)];
}

static void name_size(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint32_t odd[] = {0, 4097, UINT32_MAX, 1u << 31, 65536};
	size_t at = any_head(r);
	uint32_t n = field_of(b, at, NAMES);

	/* one more: not at its NUL; one less: no NUL at its end */
	field(b, at, NAMES,
	      k % 7 < 5	   ? odd[k % 7]
	      : k % 7 == 5 ? n + 1
			   : n - 1);
}

static void name_nul(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at = any_head(r);
	uint32_t n = field_of(b, at, NAMES);

	if (k % 2)
		b->p[at + CPIO_HEADER + n - 1] = 'x';
	else if (n > 2)
		b->p[at + CPIO_HEADER + rng_below(r, n - 1)] = 0;
	else
		field(b, at, NAMES, 0);
}

static void name_text(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {
		"/abs",	       "//abs",	     "a//b",	    "a/",
		"..",	       "../x",	     "a/../x",	    "a/..",
		"a/../../x",   "./..",	     "././a",	    "a/./b",
		".//a",	       "",	     "./",	    "a\nb",
		"a\x7f",       "\x1b[2J",    "etc/../../x", "a/.",
		"./../x",      "/",	     "./.",	    "x/../..",
		"\r",	       "etc/\x01/x", "...//",	    "../",
		"a/b/../../c", "/./x",
	};

	put(b, any_head(r), odd[k % ARRAY_SIZE(odd)],
	    rng_below(r, 2) ? S_IFREG | 0644 : S_IFDIR | 0755, "", 0);
}

static void name_long(struct bytes *b, uint64_t k, struct rng *r)
{
	char name[4200];
	size_t n = 0, i;

	if (k % 2) { /* a component of 256 or more, behind any depth */
		for (i = rng_below(r, 9); i; i--)
			n += sprintf(name + n, "d/");
		for (i = 256 + rng_below(r, 3000); i; i--)
			name[n++] = 'x';
		name[n] = 0;
	} else { /* 129 or more parts */
		for (i = 128 + rng_below(r, 1900); i; i--)
			n += sprintf(name + n, "d/");
		sprintf(name + n, "x");
	}
	put(b, any_head(r), name, S_IFREG | 0644, "", 0);
}

static void type(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t odd[] = {0, 1, 3, 5, 7, 9, 11, 12, 13, 14, 15};
	size_t at = a_head(r);
	uint32_t mode = field_of(b, at, MODE);

	if (k % 3)
		mode = (mode & 07777) | odd[k % 11] << 12;
	else
		mode |= 1u << (16 + k / 3 % 16);
	field(b, at, MODE, mode);
}

static void dot_file(struct bytes *b, uint64_t k, struct rng *r)
{
	put(b, any_head(r), ".", k % 2 ? S_IFREG | 0644 : S_IFLNK | 0777, "x",
	    1);
}

static void data_on(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint32_t types[] = {S_IFDIR, S_IFCHR, S_IFBLK};

	put(b, any_head(r), "d", types[k % 3] | 0700, "data", 1 + k % 4);
}

static void link_size(struct bytes *b, uint64_t k, struct rng *r)
{
	char target[5000];

	memset(target, 'x', sizeof(target));
	put(b, any_head(r), "l", S_IFLNK | 0777, target,
	    k % 2 ? 4096 + rng_below(r, 900) : 0);
}

static void file_size(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint32_t odd[] = {UINT32_MAX, UINT32_MAX - 1, 1u << 31,
				       CASE_BYTES + 1};

	field(b, a_file, SIZE, odd[k % 4]);
}

static void many(struct bytes *b, uint64_t k, struct rng *r)
{
	char name[16];
	size_t at = any_head(r);

	for (unsigned int i = 0; i <= CASE_ENTRIES; i++) {
		snprintf(name, sizeof(name), "f%u", i);
		put(b, at, name, S_IFREG | 0644, "", 0);
	}
}

static void bytes_many(struct bytes *b, uint64_t k, struct rng *r)
{
	static char data[CASE_BYTES];
	unsigned int n = 2 + rng_below(r, 20);

	memset(data, 'x', sizeof(data));
	for (unsigned int i = 0; i <= n; i++)
		put(b, 0, "f", S_IFREG | 0644, data, CASE_BYTES / n);
}

/* Every byte between a name's or a file's end and the next multiple of 4. */
static void padding(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t spot[8 * ARRAY_SIZE(heads)], n = 0, i, at, stop;

	for (i = 0; i < n_heads; i++) {
		at = heads[i] + CPIO_HEADER + field_of(b, heads[i], NAMES);
		for (stop = (at + 3) / 4 * 4; at < stop; at++)
			spot[n++] = at;
		at = stop + field_of(b, heads[i], SIZE);
		for (stop = (at + 3) / 4 * 4; at < stop; at++)
			spot[n++] = at;
	}
	bytes_need(n, "no padding");
	b->p[spot[k % n]] = 1 + rng_below(r, 255);
}

static void no_trailer(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at = heads[n_heads - 1];

	if (k % 3 == 0) /* zeros, as a blocked archive ends */
		memset(b->p + at, 0, b->n - at);
	else if (k % 3 == 1)
		b->n = at;
	else /* nearly its name */
		b->p[at + CPIO_HEADER + k / 3 % 10] ^= 0x20;
}

static void trailer_data(struct bytes *b, uint64_t k, struct rng *r)
{
	field(b, heads[n_heads - 1], SIZE, 1 + rng_below(r, 1u << k % 32));
}

static void after(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t zeros[700];

	if (k % 3 == 0) {
		put(b, b->n, "pwned", S_IFREG | 0755, "x", 1);
		return;
	}
	bytes_add(b, zeros, 1 + rng_below(r, sizeof(zeros)));
	pad(b);
	b->p[end + rng_below(r, b->n - end)] = 1 + rng_below(r, 255);
}

static const struct rule rules[] = {
	RULE("C19 cut", cut, 8),
	RULE("C15 another magic", magic, 3),
	RULE("C14 a digit that is none", digit, 8),
	RULE("C13 size of a name", name_size, 3),
	RULE("C4 NUL of a name", name_nul, 3),
	RULE("C1 C2 C3 C20 a name that is none", name_text, 8),
	RULE("C13 too long or deep", name_long, 2),
	RULE("C10 C11 type of a file", type, 5),
	RULE("C1 '.' that is no directory", dot_file, 1),
	RULE("C12 data on a directory or device", data_on, 1),
	RULE("C12 target of a link", link_size, 1),
	RULE("C12 size of a file", file_size, 1),
	RULE("C18 more entries than declared", many, 1),
	RULE("C18 more bytes than declared", bytes_many, 1),
	RULE("C17 padding", padding, 4),
	RULE("C16 no trailer", no_trailer, 2),
	RULE("C16 a trailer with data", trailer_data, 1),
	RULE("C16 data after the trailer", after, 3),
};

static const char *const words[] = {"070701",	"TRAILER!!!", "../",
				    "./",	"000041ED",   "000081A4",
				    "0000A1FF", "00000001",   "0000000B",
				    "FFFFFFFF", NULL};

const struct format case_cpio = {"cpio",       NULL,  good,	  decode,
				 RULES(rules), words, .weight = 5};
