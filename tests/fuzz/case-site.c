// SPDX-License-Identifier: MIT
/*
 * case-site.c - the texts inside an initrd: policy, list of files, table of
 * modules. Who can change them owns the machine; a slip must not pass either.
 */
#include <stdio.h>
#include <string.h>

#include "cases.h"
#include "format/filelist.h"
#include "format/modtab.h"
#include "format/policy.h"

static struct span text_of(const uint8_t *p, size_t n)
{
	return (struct span){(const char *)p, n};
}

static void good_policy(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, POLICY_MAGIC, strlen(POLICY_MAGIC));
	bytes_text(b, "site fleet\nepoch %u\nfloor %u\nbuilt 17%08u\n",
		   (unsigned int)rng_below(r, 9),
		   (unsigned int)rng_below(r, 999),
		   (unsigned int)rng_below(r, 100000000));
	bytes_text(b, "mode %s\nstale %s\nkernel 6.1.0-%u-amd64\n",
		   k % 2 ? "enforce" : "rescue", k % 3 ? "warn" : "refuse",
		   (unsigned int)rng_below(r, 40));
	bytes_text(b, "url http://a/{role}\nurl http://b/\nrole web\n");
	bytes_text(b, "signers %u\n",
		   2 + (unsigned int)rng_below(r, POLICY_SIGNERS_MAX - 1));
}

static int decode_policy(const uint8_t *p, size_t n, struct fault *f)
{
	struct policy policy;

	return policy_parse(&policy, text_of(p, n), f);
}

static void policy_missing(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_line_drop(b, 1 + k % 6);
}

/* All but the two URLs. */
static void policy_twice(struct bytes *b, uint64_t k, struct rng *r)
{
	static const uint8_t once[] = {1, 2, 3, 4, 5, 6, 7, 10, 11};

	bytes_line_copy(b, once[k % 9], 1 + rng_below(r, 12));
}

static void policy_number(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const keys[] = {"\nepoch ", "\nfloor ", "\nbuilt ",
					   "\nsigners "};

	case_number(b, keys[k % 4], k / 4, r);
}

static void policy_urls(struct bytes *b, uint64_t k, struct rng *r)
{
	for (k = 7; k; k--)
		bytes_text(b, "url http://c/\n");
}

static void policy_long(struct bytes *b, uint64_t k, struct rng *r)
{
	while (b->n <= POLICY_SIZE_MAX + k % 500)
		bytes_insert(b, bytes_find(b, "/{role}", 0), "/x", 2);
}

/* One is said by no line at all. */
static void policy_signers(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_line_drop(b, bytes_lines(b) - 1);
	bytes_text(b, "signers %u\n",
		   k < 2 ? (unsigned int)k
			 : POLICY_SIGNERS_MAX + 1 + (unsigned int)(k % 99));
}

static const struct rule policy_rules[] = {
	LINE_RULES,
	RULE("a line missing", policy_missing, 2),
	RULE("a line twice", policy_twice, 2),
	RULE("a number that is none", policy_number, 3),
	RULE("nine URLs", policy_urls, 1),
	RULE("too long", policy_long, 1),
	RULE("S20 too few signers, or too many", policy_signers, 1),
	EDIT("unknown key", "\nmode ", "\nverify off\nmode "),
	EDIT("unknown mode", "\nmode ", "\nmode x"),
	EDIT("no mode", "\nmode ", "\nmode \nrole "),
	EDIT("unknown staleness", "\nstale ", "\nstale x"),
	EDIT("a site that is none", "\nsite ", "\nsite ../"),
	EDIT("a role that is none", "\nrole ", "\nrole a/"),
	EDIT("a kernel that is none", "\nkernel ", "\nkernel a "),
	EDIT("a URL of another scheme", "http://a", "ftps://a"),
	EDIT("a URL that climbs", "/{role}", "/../{role}"),
	EDIT("another case", "\nfloor ", "\nFloor "),
};

static const char *const policy_words[] = {POLICY_MAGIC,
					   "site ",
					   "epoch ",
					   "floor ",
					   "built ",
					   "mode enforce\n",
					   "mode rescue\n",
					   "stale warn\n",
					   "stale refuse\n",
					   "kernel ",
					   "url http://",
					   "role ",
					   "signers 2\n",
					   NULL};

const struct format case_policy = {
	"policy",    NULL, good_policy, decode_policy, RULES(policy_rules),
	policy_words};

static void good_filelist(struct bytes *b, uint64_t k, struct rng *r)
{
	unsigned int n = 2 + rng_below(r, 9);

	bytes_set(b, FILELIST_MAGIC, strlen(FILELIST_MAGIC));
	while (n--) {
		case_add_digest(b, r);
		bytes_text(b, " %u usr/li%%20b/%x.ko\n",
			   (unsigned int)rng_below(r, 9999),
			   (unsigned int)rng_below(r, 9999));
	}
}

static int decode_filelist(const uint8_t *p, size_t n, struct fault *f)
{
	struct filelist_item it;
	struct span rest;
	int got = filelist_open(text_of(p, n), &rest, f);

	while (!got && (got = filelist_next(&rest, &it, f)) == 1)
		got = 0;
	return got;
}

static void filelist_digest(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at, n;

	/* behind the newline of any line but the last */
	bytes_line(b, rng_below(r, bytes_lines(b) - 1), &at, &n);
	b->p[at + n - 1] = 1;
	case_digest(b, "\1", k, r);
	b->p[bytes_find(b, "\1", 0)] = '\n';
}

static void filelist_number(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at, n;

	bytes_line(b, 1 + rng_below(r, bytes_lines(b) - 1), &at, &n);
	b->p[at + 64] = 1;
	case_number(b, "\1", k, r);
	b->p[at + 64] = ' ';
}

static const char *const paths[] = {
	"/abs",	    "..",   ".",     "../x",	 "a/../b", "a//b",
	"a/",	    "./a",  "%00",   "a%2",	 "a%zz",   "a%2fb",
	"%41",	    "a%2e", "a b",   "%2E%2E/x", "%",	   "a%0ab",
	"\xc3\xa4", "a\tb", "a/./b", "//a",	 "/",	   ""};

static void filelist_path(struct bytes *b, uint64_t k, struct rng *r)
{
	const char *path = paths[k % ARRAY_SIZE(paths)];
	size_t at = bytes_find(b, "usr/", rng_next(r)), end = at;

	while (b->p[end] != '\n')
		end++;
	bytes_remove(b, at, end - at);
	bytes_insert(b, at, path, strlen(path));
}

static void filelist_long(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at = bytes_find(b, "usr/", rng_next(r));

	for (k = 1024 + k % 100; k; k--)
		bytes_insert(b, at, "x", 1);
}

static const struct rule filelist_rules[] = {
	LINE_RULES,
	RULE("a digest that is none", filelist_digest, 3),
	RULE("a size that is none", filelist_number, 2),
	RULE("a path that is none", filelist_path, 5),
	RULE("a path too long", filelist_long, 1),
};

static const char *const filelist_words[] = {FILELIST_MAGIC, "%20", "usr/",
					     " 0 ", NULL};

const struct format case_filelist = {"filelist",
				     NULL,
				     good_filelist,
				     decode_filelist,
				     RULES(filelist_rules),
				     filelist_words};

static void good_modtab(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, MODTAB_MAGIC, strlen(MODTAB_MAGIC));
	bytes_text(b, "module crc32c lib/crc32c.ko -\n"
		      "module virtio drivers/virtio.ko.xz 0\n"
		      "module virtio_net net/virtio_net.ko 0,1\n");
	for (k = rng_below(r, 9); k; k--)
		bytes_text(b, "module m%u x/m.ko %u\n", (unsigned int)k,
			   (unsigned int)rng_below(r, 3));
	bytes_text(b, "alias virtio:d00000001v* virtio_net\n"
		      "alias pci:v*d[0-9A-F]*sv*bc02* virtio\n"
		      "always crc32c\nalways virtio_net\n");
}

static int decode_modtab(const uint8_t *p, size_t n, struct fault *f)
{
	static struct modtab t;

	return modtab_parse(&t, text_of(p, n), f);
}

static void modtab_number(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"12",	  "2047",  "2048", "4294967296",
					  "-1",	  "00",	   "0,",   ",0",
					  "0,,1", "x",	   "2",	   "--",
					  "0,-",  "1,0,2", "0x0",  "0,1,99"};

	/* virtio_net is the module of line 2 */
	bytes_edit(b, 0, "virtio_net.ko 0,1\n", "virtio_net.ko @\n");
	bytes_edit(b, 0, "@", odd[k % 16]);
}

static void modtab_path(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const odd[] = {"..", "../x.ko", "a/../x.ko", "a/..",
					  "",	"/../x",   "x ",	" x"};

	bytes_edit(b, 0, "lib/crc32c.ko", odd[k % 8]);
}

static void modtab_order(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t last = bytes_lines(b) - 1;

	/* an alias behind an always, a module behind either */
	bytes_line_copy(b, k % 2 ? last - 3 : 1 + k / 2 % 3,
			k % 4 < 2 ? last : last + 1);
}

static void modtab_many(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at = bytes_find(b, "\nalias ", 0) + 1;

	for (k = 0; k < MODTAB_MODULES_MAX; k++)
		bytes_insert(b, at, "module m x -\n", 13);
}

static const struct rule modtab_rules[] = {
	LINE_RULES,
	RULE("a dependency that is none", modtab_number, 3),
	RULE("a path that is none", modtab_path, 2),
	RULE("lines out of order", modtab_order, 1),
	RULE("2049 modules and more", modtab_many, 1),
	EDIT("unknown word", "\nalways ", "\nnever x\nalways "),
	EDIT("a module without a name", "\nmodule ", "\nmodule  "),
	EDIT("a name that is none", "\nmodule ", "\nmodule a/"),
	EDIT("an alias of nothing", " virtio_net\n", "\n"),
	EDIT("an alias of two", " virtio_net\n", " virtio_net b\n"),
	EDIT("an always of two", "always ", "always b "),
	EDIT("an always that is no name", "always ", "always ../"),
	EDIT("another case", "\nalias ", "\nAlias "),
};

static const char *const modtab_words[] = {MODTAB_MAGIC, "module ", "alias ",
					   "always ",	 " - ",	    "[0-9]",
					   "*",		 NULL};

const struct format case_modtab = {
	"modtab",    NULL, good_modtab, decode_modtab, RULES(modtab_rules),
	modtab_words};
