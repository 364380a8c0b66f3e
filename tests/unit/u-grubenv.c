/* SPDX-License-Identifier: MIT */
/* u-grubenv.c - the block that GRUB and updates share. */
#include "format/grubenv.h"
#include "unit.h"

#define HEAD "# GRUB Environment Block\n"

static char block[GRUBENV_SIZE];
static struct grubenv g;

static int parse(const char *text)
{
	memset(block, '#', sizeof(block));
	memcpy(block, text, strlen(text));
	return grubenv_parse(&g, (struct span){block, sizeof(block)});
}

static void round_trip(void)
{
	const struct grubenv in = {.good = 41,
				   .try = 42,
				   .left = 3,
				   .once = INT64_MAX,
				   .counts = true,
				   .n_order = 2,
				   .order = {42, 41}};
	static const char text[] = HEAD
		"good=41\ntry=42\nleft=3\ngood_left=0\nonce=9223372036854775807\n"
		"order=42 41\n#";

	CHECK_INT(grubenv_print(&in, block), 0);
	CHECK(!memcmp(block, text, sizeof(text) - 1));
	CHECK_INT(grubenv_parse(&g, (struct span){block, sizeof(block)}), 0);
	CHECK(g.good == 41 && g.try == 42 && g.left == 3);
	CHECK(g.counts && !g.good_left);
	CHECK(g.once == INT64_MAX && g.n_order == 2 && g.order[1] == 41);
}

/* Other names are other people's; none of ours but good has to be there. */
static void taken(void)
{
	CHECK_INT(parse(HEAD "saved_entry=x\ngood=1\n"), 0);
	CHECK(g.good == 1 && !g.try && !g.n_order);
	CHECK_INT(parse(HEAD "good=1\ntry=\ngood_left=\nonce=\norder=\n"), 0);
	CHECK(!g.counts);
	CHECK_INT(parse(HEAD "good=1\norder=1 2 3 4 5 6 7 8 9\n"), 0);
	CHECK_INT(g.n_order, GRUBENV_ORDER);
}

static void refused(void)
{
	static const char *const rows[] = {
		"",
		"good=1\n",
		"# GRUB environment block\ngood=1\n",
		HEAD,
		HEAD "good=0\n",
		HEAD "good=1",
		HEAD "good=1x\n",
		HEAD "good=-1\n",
		HEAD "good=9223372036854775808\n",
		HEAD "good=1\nleft=4\n",
		HEAD "good=1\ngood_left=4\n",
		HEAD "good=1\nnonsense\n",
		HEAD "good=1\norder=1 2 3 4 5 6 7 8 9 10\n",
		HEAD "good=1\norder=1  2\n",
		HEAD "good=1\norder=x\n",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK_INT(parse(rows[i]), -EBADMSG);
		CHECK(!g.good && !g.n_order);
	}
	memcpy(block, HEAD "good=1\n", sizeof(HEAD "good=1\n") - 1);
	for (i = 0; i < sizeof(block); i++)
		CHECK_INT(grubenv_parse(&g, (struct span){block, i}), -EBADMSG);
}

/* The largest that can be said fits a sector. */
static void largest(void)
{
	struct grubenv in = {.good = INT64_MAX,
			     .try = INT64_MAX,
			     .once = INT64_MAX,
			     .n_order = GRUBENV_ORDER};
	size_t i;

	for (i = 0; i < GRUBENV_ORDER; i++)
		in.order[i] = INT64_MAX;
	CHECK_INT(grubenv_print(&in, block), 0);
	CHECK_INT(grubenv_parse(&g, (struct span){block, sizeof(block)}), 0);
	CHECK_INT(g.order[8], INT64_MAX);
}

UNIT_MAIN(UNIT_CASE(round_trip), UNIT_CASE(taken), UNIT_CASE(refused),
	  UNIT_CASE(largest))
