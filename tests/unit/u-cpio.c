// SPDX-License-Identifier: MIT
/* u-cpio.c - newc: round trip, every split, every truncation, limits. */
#include "cpiobuild.h"

/* Twenty entries of every kind, with every length of name and of padding. */
static void twenty(void)
{
	static const char *const data[] = {NULL, "1", "22", "333", "4444"};
	struct cpio_entry odd = {99, CHR, 1000, MAX,	   1, MAX,
				 0,  255, 4095, "dev/odd", 7};
	char name[16] = "dir/";
	unsigned int i;

	size = 0;
	add_named(".", DIR, NULL);
	add_named("dir", DIR, NULL);
	for (i = 0; i < 10; i++) {
		name[4 + i % 8] = 'a' + i;
		name[5 + i % 8] = 0;
		add_named(name, REG, data[i % ARRAY_SIZE(data)]);
	}
	add_named("./dot", REG, "x");
	add_named("dir/lnk", LNK, "../../etc/passwd");
	add_named("abs", LNK, "/");
	add(&odd, NULL);
	add_named("block", 0060660, NULL);
	add_named("set", 0106755, "#!");
	add_named("\xc3\xa9\xff", REG, NULL);
	add_trailer();
	CHECK_INT(decode(size, size, NULL), 0);
	CHECK_INT(d.entries, 19);
	CHECK_INT(d.pos, size);
}

static void round_trip(void)
{
	static const char want[] =
		". 40755 1 0.0 1 0.0 0 0\n[]\n"
		"a/b 100644 1 0.0 1 0.0 0 5\n[hello]\n"
		"dot 100644 1 0.0 1 0.0 0 0\n[]\n"
		"l 120777 1 0.0 1 0.0 0 3\n[../]\n"
		"c 20600 99 1000.4294967295 1 255.4095 4294967295 0\n[]\n";
	struct cpio_entry odd = {99, CHR, 1000, MAX, 1, MAX,
				 0,  255, 4095, "c", 1};

	size = 0;
	add_named(".", DIR, NULL);
	add_named("a/b", REG, "hello");
	add_named("./dot", REG, NULL);
	add_named("l", LNK, "../");
	add(&odd, NULL);
	add_trailer();
	CHECK_INT(decode(size, size, NULL), 0);
	CHECK_INT(said_n, sizeof(want) - 1);
	CHECK(!memcmp(said, want, said_n));
}

/* Fed in two pieces cut anywhere, and in steps of 1 to 130 bytes. */
static void splits(void)
{
	static char want[sizeof(said)];
	size_t want_n, cut;

	twenty();
	want_n = said_n;
	memcpy(want, said, said_n);
	for (cut = 1; cut <= size; cut++) {
		said_n = 0;
		cpio_decode_init(&d, &sink, said, 1000, 1 << 20);
		CHECK_INT(cpio_decode(&d, archive, cut, NULL), 0);
		CHECK_INT(cpio_decode(&d, archive + cut, size - cut, NULL), 0);
		CHECK_INT(cpio_decode_end(&d, NULL), 0);
		CHECK(said_n == want_n && !memcmp(said, want, said_n));
	}
	for (cut = 1; cut <= 130; cut++) {
		CHECK_INT(decode(size, cut, NULL), 0);
		CHECK(said_n == want_n && !memcmp(said, want, said_n));
	}
}

static void truncated(void)
{
	size_t n;

	twenty();
	for (n = 0; n < size; n++) {
		struct fault f = {0};

		CHECK_INT(decode(n, 64, &f), -ENODATA);
		CHECK_INT(f.where, n);
	}
}

/* The kernel pads archives to 512; zeros behind the trailer are no data. */
static void tails(void)
{
	size_t end;

	twenty();
	end = size;
	memset(archive + size, 0, 512);
	CHECK_INT(decode(end + 512, 7, NULL), 0);
	archive[end + 511] = 1;
	CHECK_INT(decode(end + 512, 512, NULL), -EBADMSG);
	CHECK_INT(decode(end + 511, 512, NULL), 0);
	twenty();
	memcpy(archive + size, archive, 124);
	CHECK_INT(decode(size + 124, 512, NULL), -EBADMSG);
}

/* What the manifest declares is a bound, and it bounds sums too. */
static void limits(void)
{
	size = 0;
	add_named("a", REG, "12345");
	add_named("b", REG, "123");
	add_trailer();
	cpio_decode_init(&d, &sink, said, 2, 8);
	CHECK_INT(cpio_decode(&d, archive, size, NULL), 0);
	CHECK_INT(cpio_decode_end(&d, NULL), 0);
	cpio_decode_init(&d, &sink, said, 1, 8);
	CHECK_INT(cpio_decode(&d, archive, size, NULL), -EOVERFLOW);
	cpio_decode_init(&d, &sink, said, 2, 7);
	CHECK_INT(cpio_decode(&d, archive, size, NULL), -EOVERFLOW);
	cpio_decode_init(&d, &sink, said, 0, 0);
	CHECK_INT(cpio_decode(&d, archive, size, NULL), -EOVERFLOW);
	cpio_decode_init(&d, &sink, said, 2, UINT64_MAX);
	d.bytes = UINT64_MAX - 6;
	CHECK_INT(cpio_decode(&d, archive, size, NULL), -EOVERFLOW);
}

/* Whichever call of the sink fails, its errno is the decoder's. */
static void sink_fails(void)
{
	int call;

	one_file();
	for (call = 1; call <= 3; call++) {
		stop_at = call;
		CHECK_INT(decode(size, size, NULL), -EIO);
	}
	stop_at = 4;
	CHECK_INT(decode(size, size, NULL), 0);
	stop_at = 0;
}

static void encoded(void)
{
	static const char want[] =
		"070701"
		"0000000A000081A400000001000000020000000365432100"
		"000000040000000000000000000000050000000600000004"
		"00000000"
		"abc\0\0\0";
	struct cpio_entry e = {10, REG, 1, 2, 3, 0x65432100, 4, 5, 6, "abc", 3};
	static char name[CPIO_NAME_MAX + 2];
	char buf[8192];
	size_t n;

	CHECK_INT(cpio_encode(buf, sizeof(buf), &e), 116);
	CHECK(!memcmp(buf, want, 116));
	for (n = 0; n < 116; n++) {
		memset(buf, 0x55, sizeof(buf));
		CHECK_INT(cpio_encode(buf, n, &e), -EOVERFLOW);
		CHECK_INT(buf[n], 0x55);
	}
	e.filesize = MAX;
	CHECK_INT(cpio_encode(buf, sizeof(buf), &e), -EOVERFLOW);
	e.filesize = CPIO_FILE_MAX;
	CHECK_INT(cpio_encode(buf, sizeof(buf), &e), 116);
	memset(name, 'n', sizeof(name) - 1);
	e.name = name;
	e.name_len = CPIO_NAME_MAX + 1;
	CHECK_INT(cpio_encode(buf, sizeof(buf), &e), -EOVERFLOW);
	e.name_len = CPIO_NAME_MAX;
	CHECK_INT(cpio_encode(buf, sizeof(buf), &e), 4208);
}

UNIT_MAIN(UNIT_CASE(round_trip), UNIT_CASE(splits), UNIT_CASE(truncated),
	  UNIT_CASE(tails), UNIT_CASE(limits), UNIT_CASE(sink_fails),
	  UNIT_CASE(encoded))
