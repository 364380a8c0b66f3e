/* SPDX-License-Identifier: MIT */
/*
 * u-draw.c - rollouts: the published vectors of the draw, who is added when a
 * share is raised, pins, and what the grammar refuses.
 */
#include "format/manifest.h"
#include "unit.h"

#define X(c)   c c c c c c c c c c c c c c c c
#define SHA(c) X(c) X(c) X(c) X(c)
#define A      SHA("a")
#define C      SHA("c")
#define D      SHA("d")

#define HEAD(min)                                                              \
	"slipway-manifest 1\nsite demo\nepoch 1\nserial 9\ncreated 0\n"        \
	"expires 0\nmin-init " min "\nfloor 1\n"
#define OVL(d)                                                                 \
	"layer overlay " d " size=9 index=" A " index-size=60 name=o"          \
	" unpacked=4096 inodes=3 base=" A "\n"
#define LAYERS                                                                 \
	"layer base " A " size=7 index=" A " index-size=60 name=b\n" OVL(C)    \
		OVL(D)
#define ROLES                                                                  \
	"role web base=" A "\n"                                                \
	"role db base=" A "\n"
#define NEW   "image r9 role=web share=100 base=" A " overlays=" D "," C "\n"
#define OLD   "image r3 role=web share=500 base=" A " overlays=" C "\n"
#define START HEAD("2") LAYERS ROLES

#define MACHINES 10000

static struct manifest m;

static int parse(const char *text)
{
	struct fault f = {0};
	int err = manifest_parse(&m, text_span(text), &f);

	CHECK(!err == !f.why);
	return err;
}

/* The table of initrd/format/README.md. */
static void vectors(void)
{
	static const struct {
		struct manifest_machine who;
		unsigned int two, none; /* with overlays d, c; with none */
	} rows[] = {
		{{"52:54:00:12:34:56", "ignored", "ignored"}, 5560, 6653},
		{{"52:54:00:12:34:57", "", ""}, 5245, 5113},
		{{"FF:ff:FF:ff:FF:ff", "", ""}, 9655, 236},
		{{"", "4C4C4544-0042-3010-8052-B4C04F4D3032", ""}, 594, 7301},
		{{"", "", "SN 1 x"}, 9134, 9136},
		{{"", "", ""}, MANIFEST_SHARE_ALL, MANIFEST_SHARE_ALL},
	};
	uint8_t two[DIGEST_SIZE], none[DIGEST_SIZE];
	char hex[DIGEST_HEX + 1];

	CHECK_INT(parse(START NEW), 0);
	manifest_image_id(&m, &m.images[0].is, two);
	digest_hex(two, hex);
	CHECK_STR(hex, "13869802c048d98299d1fde29b8d5c27"
		       "ae668cdfc3dfd7c078a872cfb67e5176");
	manifest_image_id(&m, &m.roles[0], none);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK_INT(manifest_draw(two, &rows[i].who), rows[i].two);
		CHECK_INT(manifest_draw(none, &rows[i].who), rows[i].none);
	}
}

/* A draw is reached by the share above it. */
static void boundary(void)
{
	const struct manifest_machine who = {"52:54:00:12:34:56", "", ""};

	CHECK_INT(parse(START NEW), 0);
	m.images[0].share = 5560;
	CHECK_INT(manifest_image_of(&m, 0, &who), -1);
	m.images[0].share = 5561;
	CHECK_INT(manifest_image_of(&m, 0, &who), 0);
}

static void machine(struct manifest_machine *who, unsigned int i)
{
	memset(who, 0, sizeof(*who));
	snprintf(who->mac, sizeof(who->mac), "52:54:00:00:%02x:%02x",
		 i >> 8 & 255, i & 255);
}

/* Binomial: |n - MACHINES p| <= 3 sigma, squared to stay in integers. */
static bool within_3_sigma(unsigned int n, unsigned int share)
{
	int64_t mean = (int64_t)MACHINES * share / MANIFEST_SHARE_ALL;
	int64_t off = (int64_t)n - mean;

	return off * off * MANIFEST_SHARE_ALL <=
	       9 * mean * (MANIFEST_SHARE_ALL - share);
}

static void only_adds(void)
{
	static const unsigned int shares[] = {0,    1,	  100,	500,
					      2500, 9999, 10000};
	static uint8_t had[MACHINES];
	struct manifest_machine who;
	unsigned int n, i;
	size_t s;
	bool has;

	CHECK_INT(parse(START NEW), 0);
	for (s = 0; s < ARRAY_SIZE(shares); s++) {
		m.images[0].share = shares[s];
		for (n = i = 0; i < MACHINES; i++) {
			machine(&who, i);
			has = manifest_image_of(&m, 0, &who) == 0;
			CHECK(has || !had[i]);
			had[i] = has;
			n += has;
		}
		CHECK(within_3_sigma(n, shares[s]));
	}
	CHECK_INT(n, MACHINES);
}

/* One image's draw says nothing of another's: nobody is always first. */
static void independent(void)
{
	unsigned int i, both = 0, n[2] = {0};
	struct manifest_machine who;
	uint8_t id[2][DIGEST_SIZE];
	bool in[2];

	CHECK_INT(parse(START NEW OLD), 0);
	manifest_image_id(&m, &m.images[0].is, id[0]);
	manifest_image_id(&m, &m.images[1].is, id[1]);
	for (i = 0; i < MACHINES; i++) {
		machine(&who, i);
		in[0] = manifest_draw(id[0], &who) < 1000;
		in[1] = manifest_draw(id[1], &who) < 1000;
		n[0] += in[0];
		n[1] += in[1];
		both += in[0] && in[1];
	}
	CHECK(within_3_sigma(n[0], 1000) && within_3_sigma(n[1], 1000));
	CHECK(within_3_sigma(both, 100));
}

static void first_image_wins(void)
{
	struct manifest_machine who;
	unsigned int i, n[3] = {0};

	CHECK_INT(parse(START NEW OLD), 0);
	m.images[1].share = MANIFEST_SHARE_ALL;
	for (i = 0; i < MACHINES; i++) {
		machine(&who, i);
		n[manifest_image_of(&m, 0, &who) + 1]++;
		CHECK_INT(manifest_image_of(&m, 1, &who), -1);
	}
	CHECK(!n[0] && n[1] && n[1] + n[2] == MACHINES);
	/* the whole fleet is the whole fleet, the nameless too */
	CHECK_INT(manifest_image_of(&m, 0, &(struct manifest_machine){0}), 1);
	m.images[1].share = MANIFEST_SHARE_ALL - 1;
	CHECK_INT(manifest_image_of(&m, 0, &(struct manifest_machine){0}), -1);
}

static void pins(void)
{
	static const char text[] =
		START "image r9 role=web share=10000 base=" A "\n" OLD
		      "pin mac=52:54:00:*:01 role=web image=r3\n"
		      "pin mac=52:54:00:* role=web image=-\n";
	static char out[sizeof(text)];
	struct manifest_machine who = {"52:54:00:00:00:01", "", ""};

	CHECK_INT(parse(text), 0);
	CHECK_INT(manifest_image_of(&m, 0, &who), 1);
	CHECK_INT(manifest_image_of(&m, 1, &who), -1);
	who.mac[16] = '2';
	CHECK_INT(manifest_image_of(&m, 0, &who), -1);
	who.mac[0] = '6';
	CHECK_INT(manifest_image_of(&m, 0, &who), 0);
	CHECK_INT(manifest_print(&m, out, sizeof(out)), sizeof(text) - 1);
	CHECK(!memcmp(out, text, sizeof(text) - 1));
	CHECK_INT(manifest_image(&m, 0, text_span("r3")), 1);
	CHECK_INT(manifest_image(&m, 1, text_span("r3")), -ENOENT);
}

static void refused(void)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{HEAD("1") LAYERS ROLES, 0},
		{HEAD("1") LAYERS ROLES NEW, -EBADMSG},
		{HEAD("1") LAYERS ROLES "pin mac=* role=web image=-\n",
		 -EBADMSG},
		{HEAD("1") "channel beta\n", -EBADMSG},
		{HEAD("2") "channel beta\n" LAYERS ROLES NEW, 0},
		{HEAD("2") "channel beta\nchannel beta\n", -EBADMSG},
		{HEAD("2") "channel ../x\n", -EBADMSG},
		{HEAD("2") LAYERS "channel beta\n", -EBADMSG},
		{HEAD("3"), -ENOTSUP},
		{HEAD("2") LAYERS NEW ROLES, -EBADMSG},
		{START NEW NEW, -EBADMSG},
		{START "image - role=web share=1 base=" A "\n", -EBADMSG},
		{START "image r1 role=kiosk share=1 base=" A "\n", -EBADMSG},
		{START "image r1 role=web share=10001 base=" A "\n", -EBADMSG},
		{START "image r1 role=web share=-1 base=" A "\n", -EBADMSG},
		{START "image r1 role=web share=1\n", -EBADMSG},
		{START "image r1 role=web share=1 base=" C "\n", -EBADMSG},
		{START "image r1 role=web share=1 base=" A " x=1\n", -ENOTSUP},
		{START "image r1 role=web base=" A " share=1\n", -EBADMSG},
		{START NEW "image r9 role=db share=1 base=" A "\n", 0},
		{START NEW "pin mac=* role=db image=r9\n", -EBADMSG},
		{START NEW "pin mac=* role=web image=r8\n", -EBADMSG},
		{START NEW "pin mac=* role=web\n", -EBADMSG},
		{START NEW "pin ip=* role=web image=r9\n", -ENOTSUP},
		{START "pin mac=* role=web image=-\n" NEW, -EBADMSG},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].text;
		CHECK_INT(parse(rows[i].text), rows[i].err);
	}
}

static void limits(void)
{
	static char text[sizeof(START) + 64 * (MANIFEST_PINS_MAX + 1)];
	static char images[sizeof(START) + 128 * (MANIFEST_IMAGES_MAX + 1)];
	size_t n;
	int i;

	n = snprintf(text, sizeof(text), "%s", START);
	for (i = 0; i <= MANIFEST_PINS_MAX; i++) {
		CHECK_INT(parse(text), 0);
		n += snprintf(text + n, sizeof(text) - n,
			      "pin mac=%d role=web image=-\n", i);
	}
	CHECK_INT(parse(text), -EOVERFLOW);
	n = snprintf(images, sizeof(images), "%s", START);
	for (i = 0; i <= MANIFEST_IMAGES_MAX; i++) {
		CHECK_INT(parse(images), 0);
		n += snprintf(images + n, sizeof(images) - n,
			      "image r%d role=web share=1 base=" A "\n", i);
	}
	CHECK_INT(parse(images), -EOVERFLOW);
}

UNIT_MAIN(UNIT_CASE(vectors), UNIT_CASE(boundary), UNIT_CASE(only_adds),
	  UNIT_CASE(independent), UNIT_CASE(first_image_wins), UNIT_CASE(pins),
	  UNIT_CASE(refused), UNIT_CASE(limits))
