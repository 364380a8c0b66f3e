// SPDX-License-Identifier: MIT
/* u-cpio-refuse.c - newc as an enemy writes it: names, headers, padding. */
#include "cpiobuild.h"

#define EIGHT(s)  s s s s s s s s
#define LONG_256  EIGHT(EIGHT("abcd"))
#define DEEP_128  EIGHT(EIGHT("a/b/"))
#define DEEP_1024 EIGHT(DEEP_128)

static const struct {
	const char *name;
	uint32_t mode;
	int err;
	const char *as;
} names[] = {
	{"/abs", REG, -EBADMSG, NULL},
	{"//abs", REG, -EBADMSG, NULL},
	{"/", DIR, -EBADMSG, NULL},
	{"./ok", REG, 0, "ok"},
	{"./.", DIR, -EBADMSG, NULL},
	{"./..", DIR, -EBADMSG, NULL},
	{".//a", REG, -EBADMSG, NULL},
	{"././a", REG, -EBADMSG, NULL},
	{"./", DIR, -EBADMSG, NULL},
	{"ok/./x", REG, -EBADMSG, NULL},
	{"ok//x", REG, -EBADMSG, NULL},
	{"a/", DIR, -EBADMSG, NULL},
	{"a/.", DIR, -EBADMSG, NULL},
	{"", DIR, -EBADMSG, NULL},
	{".", DIR, 0, "."},
	{".", REG, -EBADMSG, NULL},
	{".", CHR, -EBADMSG, NULL},
	{"..", DIR, -EBADMSG, NULL},
	{"../x", REG, -EBADMSG, NULL},
	{"a/../x", REG, -EBADMSG, NULL},
	{"a/../../x", REG, -EBADMSG, NULL},
	{"a/..", DIR, -EBADMSG, NULL},
	{"..a", REG, 0, "..a"},
	{"a..", REG, 0, "a.."},
	{"...", REG, 0, "..."},
	{".wh.x", REG, 0, ".wh.x"},
	{"\xc3\x84/\xff", REG, 0, "\xc3\x84/\xff"},
	{"a\nb", REG, -EBADMSG, NULL},
	{"a\x1f", REG, -EBADMSG, NULL},
	{"a\x7f", REG, -EBADMSG, NULL},
	{"./\x01", REG, -EBADMSG, NULL},
	{LONG_256, REG, -EOVERFLOW, NULL},
	{&LONG_256[1], REG, 0, &LONG_256[1]},
	{"a/" LONG_256, REG, -EOVERFLOW, NULL},
	{DEEP_128 "c", REG, -EOVERFLOW, NULL},
	{DEEP_128 "c" + 2, REG, 0, DEEP_128 "c" + 2},
	{DEEP_1024 "c", REG, -EOVERFLOW, NULL},
};

static void named(void)
{
	unsigned int i;
	size_t n;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		unit_row = names[i].name;
		size = 0;
		add_named(names[i].name, names[i].mode, NULL);
		add_trailer();
		CHECK_INT(decode(size, 3, NULL), names[i].err);
		if (names[i].err)
			continue;
		n = strlen(names[i].as);
		CHECK(!memcmp(said, names[i].as, n) && said[n] == ' ');
	}
}

static void put_field(unsigned int field, const char *digits)
{
	memcpy(archive + 6 + 8 * field, digits, 8);
}

/* One header field of a file "abcdef" with the data "12345", replaced. */
static const struct {
	const char *name;
	unsigned int field;
	const char *digits;
	int err;
} fields[] = {
	{"mode 0", 1, "00000000", -EBADMSG},
	{"fifo", 1, "00001180", -EBADMSG},
	{"socket", 1, "0000C180", -EBADMSG},
	{"unknown type", 1, "0000F1A4", -EBADMSG},
	{"two types", 1, "0000E1A4", -EBADMSG},
	{"bits above the type", 1, "000181A4", -EBADMSG},
	{"all bits", 1, "FFFFFFFF", -EBADMSG},
	{"directory with data", 1, "000041ED", -EBADMSG},
	{"char device with data", 1, "00002180", -EBADMSG},
	{"block device with data", 1, "00006180", -EBADMSG},
	{"symlink", 1, "0000A1FF", 0},
	{"lower case", 1, "000081a4", 0},
	{"upper case", 1, "000081A4", 0},
	{"size -1", 6, "FFFFFFFF", -EOVERFLOW},
	{"size above the limit", 6, "00100001", -EOVERFLOW},
	{"size at the limit, not there", 6, "00100000", -ENODATA},
	{"size 0, data read as a header", 6, "00000000", -EBADMSG},
	{"namesize 0", 11, "00000000", -EBADMSG},
	{"namesize 1", 11, "00000001", -EBADMSG},
	{"namesize short", 11, "00000006", -EBADMSG},
	{"namesize long", 11, "00000008", -EBADMSG},
	{"namesize 4096, not there", 11, "00001000", -ENODATA},
	{"namesize 4097", 11, "00001001", -EOVERFLOW},
	{"namesize 2^31", 11, "80000000", -EOVERFLOW},
	{"namesize -1", 11, "FFFFFFFF", -EOVERFLOW},
	{"nlink 0", 4, "00000000", 0},
	{"a check sum, unread in 070701", 12, "12345678", 0},
};

static void header_fields(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		unit_row = fields[i].name;
		one_file();
		put_field(fields[i].field, fields[i].digits);
		CHECK_INT(decode(size, size, NULL), fields[i].err);
	}
}

/* Nothing but [0-9A-Fa-f], in any of the 104 places. */
static void digits(void)
{
	unsigned int at, c;
	char was;

	for (at = 6; at < CPIO_HEADER; at++) {
		one_file();
		was = archive[at];
		for (c = 0; c < 256; c++) {
			struct fault f = {0};

			archive[at] = c;
			if (strchr("0123456789ABCDEFabcdef", c) && c)
				continue;
			CHECK_INT(decode(size, size, &f), -EBADMSG);
			CHECK_STR(f.why, "header holds a non-digit");
		}
		archive[at] = was;
	}
}

static void magics(void)
{
	static const char *const bad[] = {"070702", "070707",
					  "070700", "\xc7q\xc7q\xc7q",
					  "ustar ", "\x1f\x8b\x08\0\0"};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		struct fault f = {0};

		unit_row = bad[i];
		one_file();
		memcpy(archive, bad[i], 6);
		CHECK_INT(decode(size, size, &f), -EBADMSG);
		CHECK_STR(f.why, "magic is not 070701");
	}
}

/* NUL inside a name, none at its end, and a name padded behind its NUL. */
static void nuls(void)
{
	one_file();
	archive[CPIO_HEADER + 2] = 0;
	CHECK_INT(decode(size, size, NULL), -EBADMSG);
	one_file();
	archive[CPIO_HEADER + 6] = 'x';
	CHECK_INT(decode(size, size, NULL), -EBADMSG);
	one_file();
	archive[CPIO_HEADER + 5] = 0;
	CHECK_INT(decode(size, size, NULL), -EBADMSG);
}

/* Each byte of padding, after a name and after data. */
static void padding(void)
{
	size_t body, at;

	one_file();
	body = CPIO_HEADER + 7 + 3;
	for (at = CPIO_HEADER + 7; at < body; at++) {
		archive[at] = ' ';
		CHECK_INT(decode(size, 5, NULL), -EBADMSG);
		archive[at] = 0;
	}
	for (at = body + 5; at < body + 8; at++) {
		archive[at] = 1;
		CHECK_INT(decode(size, 5, NULL), -EBADMSG);
		archive[at] = 0;
	}
	CHECK_INT(decode(size, 5, NULL), 0);
}

/* A byte that should be zero is pointed at, however the input was cut. */
static void where(void)
{
	static const size_t spots[] = {CPIO_HEADER + 8, CPIO_HEADER + 16,
				       CPIO_HEADER + 17};
	size_t step, i, tail;

	for (step = 1; step < 40; step++) {
		for (i = 0; i < sizeof(spots) / sizeof(spots[0]); i++) {
			struct fault f = {0};

			one_file();
			archive[spots[i]] = 1;
			CHECK_INT(decode(size, step, &f), -EBADMSG);
			CHECK_INT(f.where, spots[i]);
		}
		for (i = 0; i < 20; i++) {
			struct fault f = {0};

			one_file();
			tail = size;
			memset(archive + tail, 0, 20);
			archive[tail + i] = 1;
			CHECK_INT(decode(tail + 20, step, &f), -EBADMSG);
			CHECK_INT(f.where, tail + i);
		}
	}
}

static void links(void)
{
	static char target[CPIO_LINK_MAX + 2];

	memset(target, 'l', sizeof(target) - 1);
	size = 0;
	add_named("l", LNK, NULL);
	CHECK_INT(decode(size, size, NULL), -EBADMSG);
	size = 0;
	add_named("l", LNK, target);
	CHECK_INT(decode(size, size, NULL), -EOVERFLOW);
	size = 0;
	add_named("l", LNK, target + 1);
	add_trailer();
	CHECK_INT(decode(size, size, NULL), 0);
}

/* A name of no bytes has none before its first to look at. */
static void no_name(void)
{
	struct fault f = {0};

	one_file();
	put_field(11, "00000000");
	CHECK_INT(decode(size, size, &f), -EBADMSG);
	CHECK_STR(f.why, "empty name");
}

/* A trailer with data, be it zeros; its name with more behind the NUL; and
 * its name below a folder, where it is a file's. */
static void trailers(void)
{
	size = 0;
	add_named(CPIO_TRAILER, REG, "data");
	add_trailer();
	CHECK_INT(decode(size, size, NULL), -EBADMSG);
	size = 0;
	add_trailer();
	put_field(6, "00000004");
	add_bytes("\0\0\0", 4);
	CHECK_INT(decode(size, size, NULL), -EBADMSG);
	size = 0;
	add_trailer();
	put_field(11, "0000000C");
	CHECK_INT(decode(size, size, NULL), -EBADMSG);
	size = 0;
	add_named("a/" CPIO_TRAILER, REG, "data");
	CHECK_INT(decode(size, size, NULL), -ENODATA);
	add_trailer();
	CHECK_INT(decode(size, size, NULL), 0);
	CHECK_INT(d.entries, 1);
}

UNIT_MAIN(UNIT_CASE(named), UNIT_CASE(header_fields), UNIT_CASE(digits),
	  UNIT_CASE(magics), UNIT_CASE(nuls), UNIT_CASE(padding),
	  UNIT_CASE(where), UNIT_CASE(links), UNIT_CASE(no_name),
	  UNIT_CASE(trailers))
