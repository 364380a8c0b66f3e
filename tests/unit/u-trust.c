/* SPDX-License-Identifier: MIT */
/* u-trust.c - what a signed manifest must hold before a machine uses it. */
#include <unistd.h>
#include "fetch/trust.h"
#include "format/cms.h"
#include "format/cmschain.h"
#include "unit.h"

#define DAY   86400ull
#define BUILT 1700000000ull
#define HEX   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static pid_t parent; /* who asks; the cage is another process */
static uint8_t last_key; /* the byte before the last: "KEY|" */

/*
 * In the place of the real one, which has its own test: what begins with "S:"
 * is signed. So each row here is about what comes after the signature.
 */
int cms_verify(const void *der, size_t der_size, const void *root,
	       size_t root_size, size_t content_max, const void **content,
	       size_t *content_size, struct fault *f)
{
	bool lie = der_size > 1 && !memcmp(der, "L:", 2) && getpid() != parent;

	if (der_size < 2 || (memcmp(der, "S:", 2) && !lie))
		return fault_set(f, -EKEYREJECTED, "no chain to the root", 0);
	*content = (const char *)der + 2;
	*content_size = der_size - 2;
	if (der_size > 2 && ((const char *)der)[der_size - 1] == '|')
		*content_size -= 2;
	last_key = ((const uint8_t *)der)[der_size - 2];
	return 0;
}

int cmschain_verify(const void *der, size_t size, const void *root,
		    size_t root_size, struct span *content, struct fault *f)
{
	size_t n;
	const void *p;
	int ret = cms_verify(der, size, root, root_size, size, &p, &n, f);

	/* the cage says that something else was signed */
	if (!ret && n && ((const char *)p)[0] == '~' && getpid() != parent)
		n--;
	*content = (struct span){p, n};
	return ret;
}

void cms_signer(uint8_t key[DIGEST_SIZE])
{
	memset(key, last_key, DIGEST_SIZE);
}

void cms_release(void)
{
}

struct row {
	const char *name;
	const char *magic; /* NULL: the right one */
	const char *site;
	unsigned int epoch, serial;
	uint64_t expires;
	/* what this machine asks for; policy: site rack, epoch 2, floor 10 */
	bool no_args;
	unsigned int floor, want; /* of the command line, 0: not given */
	bool stale;
	uint64_t now;
	enum code code;
	const char *text; /* in the message or the warning */
};

static const struct row rows[] = {
	{"plain", .serial = 10, .epoch = 2},
	{"no command line", .serial = 10, .epoch = 2, .no_args = true},
	{"serial below the floor", .serial = 9, .epoch = 2, .code = CODE_FLOOR,
	 .text = "expected at least 10, got 9"},
	{"floor raised", .serial = 11, .epoch = 2, .floor = 12,
	 .code = CODE_FLOOR, .text = "expected at least 12, got 11"},
	{"floor raised and met", .serial = 12, .epoch = 2, .floor = 12},
	{"floor cannot be lowered", .serial = 9, .epoch = 2, .floor = 1,
	 .code = CODE_FLOOR},
	{"epoch too low, high serial", .serial = 999, .epoch = 1,
	 .code = CODE_FLOOR, .text = "epoch"},
	{"higher epoch starts anew", .serial = 1, .epoch = 3},
	{"serial asked for", .serial = 15, .epoch = 2, .want = 15},
	{"another serial", .serial = 16, .epoch = 2, .want = 15,
	 .code = CODE_SERIAL, .text = "expected 15, got 16"},
	{"asked for, but below the floor", .serial = 5, .epoch = 2, .want = 5,
	 .code = CODE_FLOOR},
	{"another serial in a higher epoch", .serial = 1, .epoch = 3,
	 .want = 15, .code = CODE_SERIAL},
	{"another site", .site = "rock", .serial = 10, .epoch = 2,
	 .code = CODE_SITE, .text = "expected rack, got rock"},
	{"longer site", .site = "rack2", .serial = 10, .epoch = 2,
	 .code = CODE_SITE},
	{"another magic", .magic = "slipway-manifest 2\n", .serial = 10,
	 .epoch = 2, .code = CODE_MAN, .text = "no manifest"},
	{"not the grammar", .magic = "slipway-manifest 1\nx\n", .serial = 10,
	 .epoch = 2, .code = CODE_MAN, .text = "offset"},
	/* dates */
	{"not expired", .serial = 10, .epoch = 2, .stale = true,
	 .expires = BUILT + DAY, .now = BUILT + DAY},
	{"expired", .serial = 10, .epoch = 2, .stale = true,
	 .expires = BUILT + DAY, .now = BUILT + DAY + 1, .code = CODE_EXPIRED},
	{"expired for days", .serial = 10, .epoch = 2, .stale = true,
	 .expires = BUILT + DAY, .now = BUILT + 8 * DAY, .code = CODE_EXPIRED,
	 .text = "7 days ago"},
	{"expired, policy warns", .serial = 10, .epoch = 2,
	 .expires = BUILT + DAY, .now = BUILT + 8 * DAY, .text = "7 days ago"},
	{"expired, no clock", .serial = 10, .epoch = 2, .stale = true,
	 .expires = BUILT + DAY, .now = 0},
	{"expired, clock before the build", .serial = 10, .epoch = 2,
	 .stale = true, .expires = BUILT - 9 * DAY, .now = BUILT - DAY,
	 .text = "not believed"},
	{"expired, clock far ahead", .serial = 10, .epoch = 2, .stale = true,
	 .expires = BUILT, .now = BUILT + 21 * 365 * DAY,
	 .text = "not believed"},
	{"never expires", .serial = 10, .epoch = 2, .stale = true,
	 .now = BUILT + 19 * 365 * DAY},
};

static size_t text_of(const struct row *row, char *buf, size_t size)
{
	return (size_t)snprintf(
		buf, size,
		"S:%ssite %s\nepoch %u\nserial %u\ncreated 1\nexpires %llu\n"
		"min-init 1\nfloor 1\nlayer base " HEX " size=1 index=" HEX
		" index-size=1 name=b\nrole r base=" HEX "\n",
		row->magic ? row->magic : MANIFEST_MAGIC,
		row->site ? row->site : "rack", row->epoch, row->serial,
		(unsigned long long)row->expires);
}

static void signed_rows(void)
{
	static struct manifest m;
	size_t i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *row = &rows[i];
		struct bootargs args = {
			.has_floor = row->floor,
			.floor = row->floor,
			.has_serial = row->want,
			.serial = row->want,
		};
		struct policy policy = {
			.site = text_span("rack"),
			.epoch = 2,
			.floor = 10,
			.built = BUILT,
			.stale_refuse = row->stale,
		};
		struct trust t = {
			.policy = &policy,
			.args = row->no_args ? NULL : &args,
			.now = row->now,
		};
		char buf[1024], warning[160] = "stale";
		struct fetch_error e = {0};
		struct span text;

		unit_row = row->name;
		n = text_of(row, buf, sizeof(buf));
		CHECK_INT(trust_manifest(&t, buf, n, &m, &text, warning, &e),
			  row->code ? -EPROTO : 0);
		CHECK_STR(code_name(e.code), code_name(row->code));
		if (row->text && row->code)
			CHECK(strstr(e.text, row->text));
		if (row->text && !row->code)
			CHECK(strstr(warning, row->text));
		if (!row->text && !row->code)
			CHECK_STR(warning, "");
		if (!row->code)
			CHECK(text.n == n - 2 && m.serial == row->serial);
	}
}

static void unsigned_rows(void)
{
	static const char *const bytes[] = {"", "S", "X:slipway-manifest 1\n",
					    "<html>login</html>"};
	static struct manifest m;
	struct policy policy = {.site = text_span("rack")};
	struct trust t = {.policy = &policy};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bytes); i++) {
		struct fetch_error e = {0};
		char warning[160];
		struct span text;

		unit_row = bytes[i];
		CHECK_INT(trust_manifest(&t, bytes[i], strlen(bytes[i]), &m,
					 &text, warning, &e),
			  -EPROTO);
		CHECK_STR(code_name(e.code), "E-SIG");
		CHECK(!strstr(e.text, "HTML") == (bytes[i][0] != '<'));
	}
}

/* A cage that calls good what is not, or says that something else is. */
static void cage_lies(void)
{
	static const char *const bytes[] = {"L:slipway-manifest 1\n", "S:~x"};
	static struct manifest m;
	struct policy policy = {.site = text_span("rack")};
	struct trust t = {.policy = &policy};
	size_t i;

	parent = getpid();
	for (i = 0; i < ARRAY_SIZE(bytes); i++) {
		struct fetch_error e = {0};
		char warning[160];
		struct span text;

		unit_row = bytes[i];
		CHECK_INT(trust_manifest(&t, bytes[i], strlen(bytes[i]), &m,
					 &text, warning, &e),
			  -EPROTO);
		CHECK_STR(code_name(e.code), "E-CAGE");
		CHECK(strstr(e.text, "lied"));
	}
}

/* More signatures over one text: "KEY|" behind it says whose. */
static void cosigned(void)
{
	static const struct {
		const char *bytes, *why;
	} more[] = {
		{"S:text1|", "by the key of signature 1"},
		{"S:text2|", NULL},
		{"S:text2|", "by the key of signature 2"},
		{"S:texs3|", "of another text"},
		{"S:tex3|", "of another text"},
		{"S:text.3|", "of another text"},
		{"X:text3|", "no chain"},
		{"S:text3|", NULL},
		{"S:text4|", NULL},
		{"S:text5|", "one too many"},
	};
	struct policy policy = {.site = text_span("rack")};
	struct trust_signers signers = {.n = 1};
	struct trust t = {.policy = &policy, .signers = &signers};
	char path[TRUST_PATH_MAX];
	size_t i;

	parent = getpid();
	memset(signers.keys[0], '1', DIGEST_SIZE);
	for (i = 0; i < ARRAY_SIZE(more); i++) {
		struct fetch_error e = {0};

		unit_row = more[i].bytes;
		CHECK_INT(trust_cosign(&t, more[i].bytes, strlen(more[i].bytes),
				       text_span("text"), &e),
			  more[i].why ? -EPROTO : 0);
		if (more[i].why)
			CHECK(e.code == CODE_SIG &&
			      strstr(e.text, more[i].why));
	}
	CHECK_INT(signers.n, POLICY_SIGNERS_MAX);
	trust_cosign_path(text_span("abc"), 2, path);
	CHECK_STR(path, "signatures/ba7816bf8f01cfea414140de5dae2223b00361a3961"
			"77a9cb410ff61f20015ad.2.cms");
}

UNIT_MAIN(UNIT_CASE(cosigned), UNIT_CASE(signed_rows), UNIT_CASE(unsigned_rows),
	  UNIT_CASE(cage_lies))
