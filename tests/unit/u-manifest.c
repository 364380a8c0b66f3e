/* SPDX-License-Identifier: MIT */
/* u-manifest.c - the signed text: good ones, and every way to be wrong. */
#include "format/manifest.h"
#include "unit.h"

#define X(c)   c c c c c c c c c c c c c c c c
#define SHA(c) X(c) X(c) X(c) X(c)
#define A      SHA("a")
#define B      SHA("b")
#define C      SHA("c")
#define D      SHA("d")
#define E      SHA("e")

#define MAGIC "slipway-manifest 1\n"
#define HEAD                                                                   \
	MAGIC "site demo\nepoch 1\nserial 412\ncreated 1700000000\n"           \
	      "expires 1800000000\nmin-init 1\nfloor 400\n"
#define BASE                                                                   \
	"layer base " A " size=70500000 index=" B                              \
	" index-size=40000 name=debian-13\n"
#define OVL(d, n)                                                              \
	"layer overlay " d " size=9 index=" B " index-size=60 name=" n         \
	" unpacked=4096 inodes=3 base=" A "\n"
#define LAYERS BASE OVL(C, "web") OVL(D, "common")
#define ROLES                                                                  \
	"role web base=" A " overlays=" D "," C " grants=setid,caps\n"         \
	"role bare base=" A "\n"

static const char full[] =
	HEAD LAYERS ROLES "machine mac=52:54:00:*:0[1-9]:?? role=web\n"
			  "machine uuid=*-beef role=bare\n"
			  "machine serial=ABC* role=web\n"
			  "default bare\n"
			  "mirror http://a/{mac}\nmirror http://[fd00::1]:8/\n";

static struct manifest m;
static char out[MANIFEST_SIZE_MAX + 64], big[MANIFEST_SIZE_MAX + 64];

static int parse(const char *text, size_t n)
{
	struct fault f = {0};
	int err = manifest_parse(&m, (struct span){text, n}, &f);

	CHECK(!err == !f.why);
	CHECK(f.where <= n);
	return err;
}

static int parse_str(const char *text)
{
	return parse(text, strlen(text));
}

static void meaning(void)
{
	CHECK_INT(parse_str(full), 0);
	CHECK(span_is(m.site, "demo") && m.epoch == 1 && m.serial == 412);
	CHECK(m.created == 1700000000 && m.expires == 1800000000);
	CHECK(m.min_init == 1 && m.floor == 400);
	CHECK(m.n_layers == 3 && m.n_roles == 2 && m.n_rules == 3);
	CHECK(m.layers[0].kind == MANIFEST_BASE);
	CHECK(m.layers[0].size == 70500000 && m.layers[0].digest[31] == 0xaa);
	CHECK(m.layers[0].index[0] == 0xbb && m.layers[0].index_size == 40000);
	CHECK(m.layers[1].kind == MANIFEST_OVERLAY);
	CHECK(!m.layers[0].has_boot && !m.layers[1].has_boot);
	CHECK(m.layers[1].unpacked == 4096 && m.layers[1].inodes == 3);
	CHECK(m.layers[1].base[5] == 0xaa);
	CHECK(m.roles[0].base == 0 && m.roles[0].n_overlays == 2);
	CHECK(m.roles[0].overlays[0] == 2 && m.roles[0].overlays[1] == 1);
	CHECK_INT(m.roles[0].grants,
		  MANIFEST_GRANT_SETID | MANIFEST_GRANT_CAPS);
	CHECK(m.default_role == 1 && m.n_mirrors == 2);
	CHECK(span_is(m.mirrors[1], "http://[fd00::1]:8/"));
	CHECK_INT(manifest_role(&m, text_span("bare")), 1);
	CHECK_INT(manifest_role(&m, text_span("Bare")), -ENOENT);
	CHECK_INT(manifest_role(&m, text_span("kiosk")), -ENOENT);
	CHECK_INT(parse_str(HEAD), 0);
	CHECK_INT(m.default_role, -1);
}

static void machines(void)
{
	static const struct {
		struct manifest_machine machine;
		int role;
	} rows[] = {
		{{"52:54:00:12:03:56", "", ""}, 0},
		{{"52:54:00:12:00:56", "", ""}, 1},
		{{"", "4C4C4544-BEEF", ""}, 1},
		{{"", "", "ABC123"}, 0},
		{{"", "", "abc123"}, 1},
		{{"52:54:00:12:03:56", "x-beef", ""}, 0},
		{{"", "", ""}, 1},
	};
	static const char any[] = HEAD LAYERS ROLES "machine mac=* role=web\n";
	size_t i;

	CHECK_INT(parse_str(full), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK_INT(manifest_role_of(&m, &rows[i].machine), rows[i].role);
	CHECK_INT(parse_str(any), 0);
	CHECK_INT(manifest_role_of(&m, &rows[0].machine), 0);
	/* no MAC is not any MAC; and here there is no default role */
	CHECK_INT(manifest_role_of(&m, &rows[6].machine), -ENOENT);
}

static void round_trip(void)
{
	size_t n = sizeof(full) - 1, i;

	CHECK_INT(parse_str(full), 0);
	CHECK_INT(manifest_print(&m, out, n), n);
	CHECK(!memcmp(out, full, n));
	for (i = 0; i < n; i++)
		CHECK_INT(manifest_print(&m, out, i), -EOVERFLOW);
}

#define S(a, b)                                                                \
	MAGIC "site demo\nepoch 1\nserial " a "\ncreated 0\n"                  \
	      "expires 0\nmin-init 1\nfloor " b "\n"

static void numbers(void)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{S("1", "1"), 0},
		{S("9223372036854775807", "0"), 0},
		{S("9007199254740993", "0"), 0},
		{S("9223372036854775808", "0"), -EBADMSG},
		{S("0", "0"), -EBADMSG},
		{S("-0", "0"), -EBADMSG},
		{S("-1", "0"), -EBADMSG},
		{S("1e3", "0"), -EBADMSG},
		{S("0x10", "0"), -EBADMSG},
		{S("010", "0"), -EBADMSG},
		{S("1.0", "0"), -EBADMSG},
		{S("1111111111111111111111111111111111111111", "0"), -EBADMSG},
		{S("", "0"), -EBADMSG},
		{S("5", "6"), -EBADMSG},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].text;
		CHECK_INT(parse_str(rows[i].text), rows[i].err);
	}
}

static void refused(void)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{"", -EBADMSG},
		{MAGIC, -EBADMSG},
		{"slipway-manifest 2\n", -ENOTSUP},
		{"<html>\n", -EBADMSG},
		{" " HEAD, -EBADMSG},
		{"\xef\xbb\xbf" HEAD, -EBADMSG},
		{HEAD "\n", -EBADMSG},
		{HEAD " ", -EBADMSG},
		{HEAD "junk", -EBADMSG},
		{HEAD "junk\n", -ENOTSUP},
		{HEAD "mirror http://a/\r\n", -EBADMSG},
		{HEAD "mirror http://a/\tx\n", -EBADMSG},
		{HEAD "mirror http://a/\x01\n", -EBADMSG},
		{HEAD "?x \xc3\xa4\n", -EBADMSG},
		{HEAD "site demo\n", -EBADMSG},
		{HEAD "floor 400\n", -EBADMSG},
		{MAGIC "site demo\nsite demo\n", -EBADMSG},
		{MAGIC "epoch 1\n", -EBADMSG},
		{MAGIC "site a b\n", -ENOTSUP},
		{MAGIC "site \n", -EBADMSG},
		{MAGIC "site\n", -EBADMSG},
		{MAGIC "site  demo\n", -EBADMSG},
		{MAGIC "site demo \n", -EBADMSG},
		{MAGIC " site demo\n", -EBADMSG},
		{MAGIC "Site demo\n", -ENOTSUP},
		{MAGIC "site d\xd0\xb5mo\n", -EBADMSG},
		{MAGIC "site ../x\n", -EBADMSG},
		{MAGIC "site demo\nepoch 1\nserial 1\ncreated 0\nexpires 0\n"
		       "min-init 3\nfloor 0\n",
		 -ENOTSUP},
		{HEAD "layer base " SHA("A") " size=1 index=" B
					     " index-size=1 name=x\n",
		 -EBADMSG},
		{HEAD "layer base " A " size=1 index=" B
		 " index-size=1 name=x ?boot=" SHA("A") "\n",
		 -EBADMSG},
		{HEAD "layer base a" A " size=1 index=" B
		      " index-size=1 name=x\n",
		 -EBADMSG},
		{HEAD "layer base aaa size=1 index=" B " index-size=1 name=x\n",
		 -EBADMSG},
		{HEAD "layer base sha512:" A " size=1 index=" B
		      " index-size=1 name=x\n",
		 -EBADMSG},
		{HEAD "layer kernel " A " size=1 index=" B
		      " index-size=1 name=x\n",
		 -ENOTSUP},
		{HEAD "layer base " A " size=0 index=" B
		      " index-size=1 name=x\n",
		 -EBADMSG},
		{HEAD "layer base " A " size=1 index=" B
		      " index-size=0 name=x\n",
		 -EBADMSG},
		{HEAD "layer base " A " size=1 index=" B
		      " index-size=67108865 name=x\n",
		 -EOVERFLOW},
		{HEAD "layer base " A " index=" B
		      " size=1 index-size=1 name=x\n",
		 -EBADMSG},
		{HEAD "layer base " A " size=1 size=1 index=" B
		      " index-size=1 name=x\n",
		 -EBADMSG},
		{HEAD "layer base " A " size=1 index=" B " index-size=1\n",
		 -EBADMSG},
		{HEAD "layer base " A " size=1 index=" B
		      " index-size=1 name=a/b\n",
		 -EBADMSG},
		{HEAD "layer base " A " size=1 index=" B
		      " index-size=1 name=x unpacked=1\n",
		 -ENOTSUP},
		{HEAD "layer overlay " A " size=1 index=" B
		      " index-size=1 name=x\n",
		 -EBADMSG},
		{HEAD "layer\n", -EBADMSG},
		{HEAD BASE BASE, -EBADMSG},
		{HEAD LAYERS ROLES BASE, -EBADMSG},
		{HEAD ROLES, -EBADMSG},
		{HEAD LAYERS ROLES ROLES, -EBADMSG},
		{HEAD LAYERS "role a/b base=" A "\n", -EBADMSG},
		{HEAD LAYERS "role %2e%2e base=" A "\n", -EBADMSG},
		{HEAD LAYERS "role w\n", -EBADMSG},
		{HEAD LAYERS "role w base=" C "\n", -EBADMSG},
		{HEAD LAYERS "role w base=" E "\n", -EBADMSG},
		{HEAD LAYERS "role w base=" A " overlays=" A "\n", -EBADMSG},
		{HEAD LAYERS "role w base=" A " overlays=" E "\n", -EBADMSG},
		{HEAD LAYERS "role w base=" A " overlays=\n", -EBADMSG},
		{HEAD LAYERS "role w base=" A " overlays=" C ",\n", -EBADMSG},
		{HEAD LAYERS "role w base=" A " overlays=" C "," C "\n",
		 -EBADMSG},
		{HEAD LAYERS "role w base=" A " grants=\n", -ENOTSUP},
		{HEAD LAYERS "role w base=" A " grants=root\n", -ENOTSUP},
		{HEAD LAYERS "role w base=" A " grants=caps,setid\n", -ENOTSUP},
		{HEAD LAYERS "role w base=" A " grants=caps,caps\n", -ENOTSUP},
		{HEAD LAYERS "role w base=" A " grants=caps overlays=" C "\n",
		 -ENOTSUP},
		{HEAD LAYERS "role w base=" A " x=1\n", -ENOTSUP},
		{HEAD LAYERS "role w base=" A " \n", -EBADMSG},
		{HEAD BASE "layer overlay " C " size=1 index=" B
			   " index-size=1 name=x unpacked=1 inodes=1 base=" E
			   "\nrole w base=" A " overlays=" C "\n",
		 -EBADMSG},
		{HEAD LAYERS ROLES "machine mac=x role=kiosk\n", -EBADMSG},
		{HEAD LAYERS ROLES "machine mac=x role=Web\n", -EBADMSG},
		{HEAD LAYERS ROLES "machine mac=AA:* role=web\n", -EBADMSG},
		{HEAD LAYERS ROLES "machine uuid=AA* role=web\n", -EBADMSG},
		{HEAD LAYERS ROLES "machine mac= role=web\n", -EBADMSG},
		{HEAD LAYERS ROLES "machine ip=x role=web\n", -ENOTSUP},
		{HEAD LAYERS ROLES "machine mac=x\n", -EBADMSG},
		{HEAD LAYERS ROLES "default web\ndefault bare\n", -EBADMSG},
		{HEAD LAYERS ROLES "default kiosk\n", -EBADMSG},
		{HEAD "mirror ftp://a/\n", -EBADMSG},
		{HEAD "mirror http://a/../b\n", -EBADMSG},
		{HEAD "mirror\n", -EBADMSG},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].text;
		CHECK_INT(parse_str(rows[i].text), rows[i].err);
	}
	CHECK_INT(parse(HEAD "?x\0\n", sizeof(HEAD "?x\0\n") - 1), -EBADMSG);
}

static void growth(void)
{
	CHECK_INT(parse_str(MAGIC "?note x\nsite demo ?colour=blue\n"
				  "epoch 1\nserial 2\ncreated 0\nexpires 0\n"
				  "min-init 1\nfloor 0\n?x\n" BASE
				  "role w ?a=b base=" A " ?rollout=500\n"
				  "machine ?x=y mac=??:* role=w\n"),
		  0);
	CHECK(m.n_roles == 1 && span_is(m.rules[0].pattern, "??:*"));
}

/* @count lines of @line behind HEAD and what it needs. */
static int many(const char *before, const char *line, size_t count)
{
	size_t n = strlen(before), len = strlen(line), i;

	CHECK(n + count * len <= sizeof(big));
	memcpy(big, before, n);
	for (i = 0; i < count; i++, n += len)
		memcpy(big + n, line, len);
	return parse(big, n);
}

static void limits(void)
{
	static const char rule[] = "machine mac=x role=web\n";
	char name[TEXT_NAME_MAX + 2] = {0}, text[sizeof(HEAD) + 1024];

	CHECK_INT(many(HEAD LAYERS ROLES, rule, MANIFEST_RULES_MAX), 0);
	CHECK_INT(many(HEAD LAYERS ROLES, rule, MANIFEST_RULES_MAX + 1),
		  -EOVERFLOW);
	CHECK_INT(many(HEAD, "mirror http://a/\n", MANIFEST_MIRRORS_MAX), 0);
	CHECK_INT(many(HEAD, "mirror http://a/\n", MANIFEST_MIRRORS_MAX + 1),
		  -EOVERFLOW);
	CHECK_INT(many(HEAD, "?x\n", MANIFEST_LINES_MAX - 8), 0);
	CHECK_INT(many(HEAD, "?x\n", MANIFEST_LINES_MAX - 7), -EOVERFLOW);
	memset(big, 'a', sizeof(big));
	CHECK_INT(parse(big, MANIFEST_SIZE_MAX + 1), -EOVERFLOW);
	memcpy(big, HEAD "?", sizeof(HEAD));
	big[MANIFEST_SIZE_MAX - 1] = '\n';
	CHECK_INT(parse(big, MANIFEST_SIZE_MAX), 0);

	memset(name, 'a', TEXT_NAME_MAX + 1);
	snprintf(text, sizeof(text), "%s%srole %s base=" A "\n", HEAD, BASE,
		 name);
	CHECK_INT(parse_str(text), -EBADMSG);
	name[TEXT_NAME_MAX] = '\0';
	snprintf(text, sizeof(text), "%s%srole %s base=" A "\n", HEAD, BASE,
		 name);
	CHECK_INT(parse_str(text), 0);
}

/* Numbered layers, roles and overlays of one role, up to each limit. */
static void counts(void)
{
	static const struct {
		int layers, roles, overlays, err;
	} rows[] = {
		{255, 256, 16, 0},
		{256, 0, 0, -EOVERFLOW},
		{0, 257, 0, -EOVERFLOW},
		{17, 1, 17, -EOVERFLOW},
	};
	size_t r;
	int i, n;

	for (r = 0; r < ARRAY_SIZE(rows); r++) {
		n = snprintf(big, sizeof(big), "%s%s", HEAD, BASE);
		for (i = 0; i < rows[r].layers; i++)
			n += snprintf(big + n, sizeof(big) - n,
				      "layer overlay %064x size=9 index=" B
				      " index-size=60 name=o unpacked=1"
				      " inodes=1 base=" A "\n",
				      i);
		for (i = 0; i < rows[r].roles; i++)
			n += snprintf(big + n, sizeof(big) - n,
				      "role r%d base=" A "%s", i,
				      i + 1 < rows[r].roles ? "\n" : "");
		for (i = 0; i < rows[r].overlays; i++)
			n += snprintf(big + n, sizeof(big) - n, "%s%064x",
				      i ? "," : " overlays=", i);
		n += snprintf(big + n, sizeof(big) - n, "\n");
		if (!rows[r].roles)
			n--;
		CHECK_INT(parse(big, n), rows[r].err);
		if (rows[r].err)
			continue;
		CHECK_INT(manifest_print(&m, out, sizeof(out)), n);
		CHECK(!memcmp(out, big, n));
		m.n_rules = MANIFEST_RULES_MAX;
		CHECK_INT(manifest_print(&m, out, sizeof(out)), -EOVERFLOW);
	}
}

/* Does @text hold a word to ignore, which manifest_print does not know? */
static bool optional(const char *text, size_t n)
{
	size_t i;

	for (i = 1; i < n; i++)
		if (text[i] == '?' &&
		    (text[i - 1] == ' ' || text[i - 1] == '\n'))
			return true;
	return false;
}

/*
 * No prefix is taken but one that ends with a whole line behind the head. A
 * changed byte is refused, or says something else that prints back the same.
 */
static void every_cut_and_byte(void)
{
	size_t n = sizeof(full) - 1, i, taken = 0;
	int c;

	for (i = 0; i < n; i++)
		if (i < sizeof(HEAD) - 1 || full[i - 1] != '\n')
			CHECK(parse(full, i) < 0);
	memcpy(big, full, n);
	for (i = 0; i < n; i++) {
		for (c = 0; c < 256; c++) {
			big[i] = c;
			if (parse(big, n) || optional(big, n))
				continue;
			CHECK_INT(manifest_print(&m, out, n), n);
			CHECK(!memcmp(out, big, n));
			taken++;
		}
		big[i] = full[i];
	}
	CHECK(taken > n);
}

#define BOOT                                                                   \
	HEAD "layer base " A " size=70500000 index=" B                         \
	     " index-size=40000 name=debian-13 ?boot=" C "\n"

static void boot_files(void)
{
	static char text[sizeof(BOOT)];

	CHECK_INT(parse_str(BOOT), 0);
	CHECK(m.layers[0].has_boot && m.layers[0].boot[0] == 0xcc);
	CHECK_INT(manifest_print(&m, text, sizeof(text)), sizeof(BOOT) - 1);
	CHECK(!memcmp(text, BOOT, sizeof(BOOT) - 1));
}

UNIT_MAIN(UNIT_CASE(boot_files), UNIT_CASE(meaning), UNIT_CASE(machines), UNIT_CASE(round_trip),
	  UNIT_CASE(numbers), UNIT_CASE(refused), UNIT_CASE(growth),
	  UNIT_CASE(limits), UNIT_CASE(counts), UNIT_CASE(every_cut_and_byte))
