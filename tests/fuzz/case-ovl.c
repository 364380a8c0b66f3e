// SPDX-License-Identifier: MIT
/* case-ovl.c - the first member of an overlay, which says what newc cannot. */
#include <string.h>

#include "cases.h"
#include "format/ovl.h"

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int n = 1 + rng_below(r, 9), i;

	bytes_set(b, OVL_MAGIC, strlen(OVL_MAGIC));
	bytes_text(b, "base ");
	case_add_digest(b, r);
	bytes_text(b, "\n");
	for (i = 0; i < n; i++)
		bytes_text(b, "delete etc/d%u%%20x\n", i);
	bytes_text(b, "delete usr/share/doc\nopaque opt/a\nopaque opt/b\n");
	bytes_text(b, "xattr bin/ping security.capability 0100000200200000\n"
		      "xattr etc/x user.a%%20b -\nxattr etc/x user.c 6869\n");
	bytes_text(b, "parts var/big %u\n", 2 + (unsigned int)rng_below(r, 9));
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	static struct ovl_item it, prev;
	uint8_t base[DIGEST_SIZE];
	bool first = true;
	struct span rest;
	int got = ovl_open((struct span){(const char *)p, n}, base, &rest, f);

	if (got)
		return got;
	while ((got = ovl_next(&rest, &it, first ? NULL : &prev, f)) == 1) {
		prev = it;
		first = false;
	}
	return got;
}

static void digest(struct bytes *b, uint64_t k, struct rng *r)
{
	case_digest(b, "\nbase ", k, r);
}

static void base_line(struct bytes *b, uint64_t k, struct rng *r)
{
	if (k % 3 == 0)
		bytes_line_drop(b, 1);
	else if (k % 3 == 1)
		bytes_line_copy(b, 1, 1 + rng_below(r, 4));
	else
		bytes_edit(b, 0, "\nbase ", "\nbase sha256:");
}

/* Any two lines swapped, or one twice, are out of their strict order. */
static void order(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t n = bytes_lines(b) - 2, i = k % n, j;

	j = (i + 1 + rng_below(r, n - 1)) % n;
	if (k / n % 2) {
		bytes_line_copy(b, 2 + i, 2 + rng_below(r, n));
		return;
	}
	bytes_line_copy(b, 2 + i, 2 + (j > i ? j + 1 : j));
	bytes_line_drop(b, 2 + (j > i ? i : i + 1));
}

static void path(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {
		"/abs", "..",	 ".",	     "../x", "a/../b", "a//b",
		"a/",	"./a",	 "%00",	     "a%2",  "a%zz",   "a%2fb",
		"%41",	"a%2e",	 "%2E%2E/x", "%",    "a%0Ab",  "\xc3\xa4",
		"a\tb", "a/./b", "//a",	     "/",    "",       "a%7Fb"};
	static const char *const keys[] = {"\ndelete ", "\nopaque ", "\nxattr ",
					   "\nparts "};
	const char *key = keys[k % 4], *to = odd[k / 4 % ARRAY_SIZE(odd)];
	size_t at = bytes_find(b, key, rng_next(r)) + strlen(key), end = at;

	while (b->p[end] != '\n' && b->p[end] != ' ')
		end++;
	bytes_remove(b, at, end - at);
	bytes_insert(b, at, to, strlen(to));
}

static void long_path(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at = bytes_find(b, " opt/", k) + 1;
	uint64_t n = k % 3 == 0 ? 4096 : k % 3 == 1 ? 256 : 128 + k % 999;

	while (n--)
		bytes_insert(b, at, "a/", k % 3 == 2 ? 2 : 1);
}

static void xattr(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"trusted.overlay.opaque",
					  "trusted.x",
					  "security.evm",
					  "security.selinuxx",
					  "security",
					  "user.",
					  "user",
					  "users.a",
					  "system.posix_acl",
					  "System.posix_acl_access",
					  "btrfs.x",
					  "user.%00",
					  "user.%41",
					  "",
					  "security.%63apability",
					  "overlay.opaque"};

	bytes_edit(b, 0, "security.capability", odd[k % 16]);
}

static void hex(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"0",	 "0x00", "zz", "AB",
					  "6",	 "--",	 "",   "- ",
					  "00 ", "616",	 "0g", "-00"};

	if (k % 13 < 12) {
		bytes_edit(b, 0, "user.c 6869", "user.c @");
		bytes_edit(b, 0, "@", odd[k % 13]);
		return;
	}
	for (k = 0; k < OVL_XATTR_VALUE_MAX; k++)
		bytes_edit(b, 0, "user.c 6869", "user.c 686969");
}

static void parts(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"0 ?",   "1\n?",  "0\n?",
					  "65537", "99999", "4294967298\n?"};

	if (k % 4) {
		case_number(b, "\nparts var/big ", k, r);
		return;
	}
	bytes_edit(b, 0, "var/big ", "var/big @");
	bytes_edit(b, 0, "@", odd[k / 4 % 6]);
}

static const struct rule rules[] = {
	LINE_RULES,
	RULE("a base that is none", digest, 2),
	RULE("no one line of the base", base_line, 1),
	RULE("lines out of order", order, 4),
	RULE("a path that is none", path, 6),
	RULE("a path too long or deep", long_path, 1),
	RULE("an attribute that none may set", xattr, 2),
	RULE("a value that is none", hex, 2),
	RULE("a count that is none", parts, 2),
	EDIT("unknown word", "\nopaque ", "\nchroot "),
	EDIT("another case", "\nopaque ", "\nOpaque "),
	EDIT("a word alone", "\nopaque opt/a\n", "\nopaque\n"),
	EDIT("a field too many", " opt/a\n", " opt/a b\n"),
	EDIT("an attribute without a value", " user.c 6869\n", " user.c\n"),
	EDIT("parts without a count", "\nparts var/big ", "\nparts v?"),
};

static const char *const words[] = {OVL_MAGIC,
				    "base ",
				    "delete ",
				    "opaque ",
				    "xattr ",
				    "parts ",
				    " user.",
				    "security.capability",
				    "system.posix_acl_access",
				    " -\n",
				    "%20",
				    NULL};

const struct format case_ovl = {"ovl", NULL, good, decode, RULES(rules), words};
