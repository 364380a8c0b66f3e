// SPDX-License-Identifier: MIT
/* u-ovl.c - the member that carries what newc cannot. */
#include "format/ovl.h"
#include "unit.h"

#define SUM  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD OVL_MAGIC "base " SUM "\n"

static struct ovl_item item, before;
static char line[3 * 4096 + 2 * OVL_XATTR_VALUE_MAX];

/* All of @text: the number of items, or the first refusal. */
static int read_items(struct span text, struct fault *f)
{
	int n = 0, got;

	for (;;) {
		got = ovl_next(&text, &item, n ? &before : NULL, f);
		if (got <= 0)
			return got ? got : n;
		before = item;
		n++;
	}
}

static void opened(void)
{
	uint8_t base[DIGEST_SIZE];
	struct span items;

	CHECK_INT(ovl_open(text_span(HEAD "delete a\n"), base, &items, NULL),
		  0);
	CHECK_INT(base[0], 0x01);
	CHECK_INT(base[31], 0xef);
	CHECK(span_is(items, "delete a\n"));
	CHECK_INT(ovl_open(text_span(HEAD), base, &items, NULL), 0);
	CHECK_INT(items.n, 0);
}

static const char *const bad_heads[] = {
	"",
	"slipway-overlay 1",
	"slipway-overlay 2\nbase " SUM "\n",
	"slipway-overlay 1\r\nbase " SUM "\n",
	"slipway-overlay 1 \nbase " SUM "\n",
	OVL_MAGIC,
	OVL_MAGIC "\n",
	OVL_MAGIC "base " SUM,
	OVL_MAGIC "base\n",
	OVL_MAGIC "base " SUM "0\n",
	OVL_MAGIC "base " SUM " \n",
	OVL_MAGIC "base  " SUM "\n",
	OVL_MAGIC "BASE " SUM "\n",
	OVL_MAGIC "delete a\n",
	"1" HEAD,
};

static void not_opened(void)
{
	uint8_t base[DIGEST_SIZE];
	struct span items;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_heads); i++) {
		struct fault f = {0};

		unit_row = bad_heads[i];
		CHECK_INT(ovl_open(text_span(bad_heads[i]), base, &items, &f),
			  -EBADMSG);
		CHECK(f.why);
	}
	/* the bound comes before the first byte is looked at */
	CHECK_INT(ovl_open((struct span){HEAD, OVL_SIZE_MAX + 1}, base, &items,
			   NULL),
		  -EOVERFLOW);
}

static const char all_kinds[] =
	"delete a\n"
	"delete a%20b\n"
	"delete a/b\n"
	"delete ab\n"
	"opaque a\n"
	"opaque etc\n"
	"xattr bin/ping security.capability 0100000200200000\n"
	"xattr bin/ping user.a -\n"
	"xattr bin/ping user.b%20c ff\n"
	"xattr c system.posix_acl_access 02\n"
	"xattr d system.posix_acl_default 02\n"
	"xattr e security.selinux 00\n"
	"xattr f security.ima 00\n"
	"parts big 2\n"
	"parts big2 65536\n";

static void round_trip(void)
{
	struct span text = text_span(all_kinds);
	const char *want = all_kinds;
	int n, count = 0;

	while (ovl_next(&text, &item, count ? &before : NULL, NULL) == 1) {
		n = ovl_print(line, sizeof(line), &item);
		CHECK(n > 0 && !strncmp(line, want, n));
		want += n;
		before = item;
		count++;
	}
	CHECK_INT(count, 15);
	CHECK_INT(*want, 0);
	CHECK_INT(text.n, 0);
}

static void decoded(void)
{
	struct span text = text_span("xattr a%20b user.x 00ff\nparts c 3\n");

	CHECK_INT(ovl_next(&text, &item, NULL, NULL), 1);
	CHECK_INT(item.kind, OVL_XATTR);
	CHECK_STR(item.path, "a b");
	CHECK_INT(item.path_len, 3);
	CHECK_STR(item.name, "user.x");
	CHECK_INT(item.value_len, 2);
	CHECK_INT(item.value[0], 0);
	CHECK_INT(item.value[1], 0xff);
	before = item;
	CHECK_INT(ovl_next(&text, &item, &before, NULL), 1);
	CHECK_INT(item.kind, OVL_PARTS);
	CHECK_INT(item.parts, 3);
	CHECK_INT(ovl_next(&text, &item, &item, NULL), 0);
}

#define PART_255                                                               \
	"0123456789012345678901234567890123456789012345678901234567890123"     \
	"0123456789012345678901234567890123456789012345678901234567890123"     \
	"0123456789012345678901234567890123456789012345678901234567890123"     \
	"012345678901234567890123456789012345678901234567890123456789012"

static const struct {
	const char *text;
	int err;
} rows[] = {
	{"delete a\n", 1},
	{"delete a", -EBADMSG},
	{"delete \n", -EBADMSG},
	{"delete\n", -EBADMSG},
	{"\n", -EBADMSG},
	{" delete a\n", -ENOTSUP},
	{"delete  a\n", -EBADMSG},
	{"delete a \n", -EBADMSG},
	{"delete a b\n", -EBADMSG},
	{"delete\ta\n", -ENOTSUP},
	{"remove a\n", -ENOTSUP},
	{"Delete a\n", -ENOTSUP},
	{"?delete a\n", -ENOTSUP},
	{"delete a\r\n", -EBADMSG},
	{"delete /a\n", -EBADMSG},
	{"delete .\n", -EBADMSG},
	{"delete ..\n", -EBADMSG},
	{"delete ./a\n", -EBADMSG},
	{"delete ../a\n", -EBADMSG},
	{"delete a/..\n", -EBADMSG},
	{"delete a/../b\n", -EBADMSG},
	{"delete a//b\n", -EBADMSG},
	{"delete a/\n", -EBADMSG},
	{"delete ...\n", 1},
	{"delete ..a/.b\n", 1},
	{"delete %2e%2e/a\n", -EBADMSG},
	{"delete %2E%2E/a\n", -EBADMSG},
	{"delete a%2Fb\n", -EBADMSG},
	{"delete a%00\n", -EBADMSG},
	{"delete a%0A\n", -EBADMSG},
	{"delete a%7F\n", -EBADMSG},
	{"delete a%1f\n", -EBADMSG},
	{"delete a%C3%84\n", 1},
	{"delete a%c3%84\n", -EBADMSG},
	{"delete a%\n", -EBADMSG},
	{"delete a%2\n", -EBADMSG},
	{"delete a\x01\n", -EBADMSG},
	{"delete \xc3\x84\n", -EBADMSG},
	{"delete " PART_255 "\n", 1},
	{"delete " PART_255 "x\n", -EBADMSG},
	{"delete a\ndelete a\n", -EBADMSG},
	{"delete b\ndelete a\n", -EBADMSG},
	{"delete a\ndelete b\n", 2},
	{"delete a/b\ndelete a%20b\n", -EBADMSG},
	{"delete ~\ndelete %80\n", 2},
	{"delete %80\ndelete ~\n", -EBADMSG},
	{"opaque a\ndelete b\n", -EBADMSG},
	{"delete b\nopaque a\n", 2},
	{"parts a 2\nxattr b user.x 00\n", -EBADMSG},
	{"xattr a user.x 00\nxattr a user.x 01\n", -EBADMSG},
	{"xattr a user.y 00\nxattr a user.x 00\n", -EBADMSG},
	{"xattr a user.x 00\nxattr a user.y 00\n", 2},
	{"xattr a user.x 00\nxattr b user.x 00\n", 2},
	{"xattr a user.x\n", -EBADMSG},
	{"xattr a user.x \n", -EBADMSG},
	{"xattr a\n", -EBADMSG},
	{"xattr a user. 00\n", -EBADMSG},
	{"xattr a user 00\n", -EBADMSG},
	{"xattr a users.x 00\n", -EBADMSG},
	{"xattr a trusted.overlay.opaque 79\n", -EBADMSG},
	{"xattr a trusted.x 00\n", -EBADMSG},
	{"xattr a security.evm 00\n", -EBADMSG},
	{"xattr a security.capability.x 00\n", -EBADMSG},
	{"xattr a system.posix_acl 00\n", -EBADMSG},
	{"xattr a user.x 0\n", -EBADMSG},
	{"xattr a user.x 0g\n", -EBADMSG},
	{"xattr a user.x FF\n", -EBADMSG},
	{"xattr a user.x 0x00\n", -EBADMSG},
	{"xattr a user.x --\n", -EBADMSG},
	{"xattr a user.x 00 00\n", -EBADMSG},
	{"xattr a user.%00 00\n", -EBADMSG},
	{"xattr a user." PART_255 " 00\n", -EOVERFLOW},
	{"parts a 0\n", -EBADMSG},
	{"parts a 1\n", -EBADMSG},
	{"parts a 2\n", 1},
	{"parts a 02\n", -EBADMSG},
	{"parts a -2\n", -EBADMSG},
	{"parts a 65537\n", -EBADMSG},
	{"parts a 4294967298\n", -EBADMSG},
	{"parts a 99999999999999999999\n", -EBADMSG},
	{"parts a\n", -EBADMSG},
	{"parts a 2 2\n", -EBADMSG},
};

static void grammar(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = {0};

		unit_row = rows[i].text;
		CHECK_INT(read_items(text_span(rows[i].text), &f), rows[i].err);
		CHECK(!f.why == (rows[i].err > 0));
	}
}

/* Every prefix that ends inside a line is refused, no other is. */
static void truncated(void)
{
	size_t n, lines = 0;

	for (n = 0; n < sizeof(all_kinds); n++) {
		bool whole = !n || all_kinds[n - 1] == '\n';

		lines += n && whole;
		CHECK_INT(read_items((struct span){all_kinds, n}, NULL),
			  whole ? (int)lines : -EBADMSG);
	}
}

static void values(void)
{
	const size_t most = OVL_XATTR_VALUE_MAX;
	int n = snprintf(line, sizeof(line), "xattr a user.x ");

	memset(line + n, 'a', 2 * most + 2);
	line[n + 2 * most] = '\n';
	CHECK_INT(read_items((struct span){line, n + 2 * most + 1}, NULL), 1);
	CHECK_INT(item.value_len, most);
	CHECK_INT(item.value[most - 1], 0xaa);
	line[n + 2 * most] = 'a';
	line[n + 2 * most + 2] = '\n';
	CHECK_INT(read_items((struct span){line, n + 2 * most + 3}, NULL),
		  -EOVERFLOW);
}

/* Paths of 4,095 bytes pass; one more does not fit, however it is spelt. */
static void paths(void)
{
	char *p = line + strlen("delete ");
	unsigned int i;

	memcpy(line, "delete ", 7);
	for (i = 0; i < 4095; i++)
		p[i] = i % 200 == 199 ? '/' : 'p';
	p[4095] = '\n';
	CHECK_INT(read_items((struct span){line, 7 + 4096}, NULL), 1);
	CHECK_INT(item.path_len, 4095);
	p[4095] = 'p';
	p[4096] = '\n';
	CHECK_INT(read_items((struct span){line, 7 + 4097}, NULL), -EOVERFLOW);
	for (i = 0; i < 128; i++)
		memcpy(p + 2 * i, "d/", 2);
	p[255] = '\n';
	CHECK_INT(read_items((struct span){line, 7 + 256}, NULL), 1);
	memcpy(p + 255, "/d\n", 3);
	CHECK_INT(read_items((struct span){line, 7 + 258}, NULL), -EBADMSG);
}

/* Into every smaller buffer: refused, and not a byte beyond it. */
static void print_bounds(void)
{
	struct span text = text_span(all_kinds);
	int n, small;

	while (ovl_next(&text, &item, NULL, NULL) == 1) {
		n = ovl_print(line, sizeof(line), &item);
		unit_row = line;
		for (small = 0; small < n; small++) {
			line[small] = 'Z';
			CHECK_INT(ovl_print(line, small, &item), -EOVERFLOW);
			CHECK_INT(line[small], 'Z');
		}
	}
}

UNIT_MAIN(UNIT_CASE(opened), UNIT_CASE(not_opened), UNIT_CASE(round_trip),
	  UNIT_CASE(decoded), UNIT_CASE(grammar), UNIT_CASE(truncated),
	  UNIT_CASE(values), UNIT_CASE(paths), UNIT_CASE(print_bounds))
