/* SPDX-License-Identifier: MIT */
/* u-modtab.c - the initrd's module table. */
#include "format/modtab.h"
#include "unit.h"

#define M MODTAB_MAGIC

static const char table[] = M "module failover net/core/failover.ko -\n"
			      "module net_failover drivers/nf.ko 0\n"
			      "module virtio_net drivers/vn.ko 0,1\n"
			      "alias virtio:d00000001v* virtio_net\n"
			      "alias virtio:d* unknown\n"
			      "alias virtio:d* failover\n"
			      "always net_failover\n"
			      "always virtio_net\n";
static struct modtab t;

static void lookups(void)
{
	struct span at, deps;
	struct span alias = text_span("virtio:d00000001v00001AF4");

	CHECK_INT(modtab_parse(&t, text_span(table), NULL), 0);
	CHECK_INT(t.n, 3);
	CHECK(span_is(t.modules[2].path, "drivers/vn.ko"));
	CHECK_INT(modtab_find(&t, text_span("virtio_net")), 2);
	CHECK_INT(modtab_find(&t, text_span("virtio")), -ENOENT);
	deps = t.modules[2].deps;
	CHECK_INT(modtab_dep(&deps), 0);
	CHECK_INT(modtab_dep(&deps), 1);
	CHECK_INT(modtab_dep(&deps), -ENOENT);
	deps = t.modules[0].deps;
	CHECK_INT(modtab_dep(&deps), -ENOENT);
	at = t.aliases;
	CHECK_INT(modtab_match(&t, &at, alias), 2);
	CHECK_INT(modtab_match(&t, &at, alias), 0);
	CHECK_INT(modtab_match(&t, &at, alias), -ENOENT);
	at = t.aliases;
	CHECK_INT(modtab_match(&t, &at, text_span("pci:x")), -ENOENT);
	at = t.always;
	CHECK_INT(modtab_always(&t, &at), 1);
	CHECK_INT(modtab_always(&t, &at), 2);
	CHECK_INT(modtab_always(&t, &at), -ENOENT);
}

static void empty(void)
{
	struct span at;

	CHECK_INT(modtab_parse(&t, text_span(M), NULL), 0);
	CHECK_INT(t.n, 0);
	at = t.aliases;
	CHECK_INT(modtab_match(&t, &at, text_span("x")), -ENOENT);
	at = t.always;
	CHECK_INT(modtab_always(&t, &at), -ENOENT);
}

static void refused(void)
{
	static const char *const rows[] = {
		"",
		"slipway-modules 2\n",
		M "\n",
		M "module a a.ko\n",
		M "module a a.ko -",
		M "module a a.ko - x\n",
		M "module a  -\n",
		M "module a/b a.ko -\n",
		M "module a ../a.ko -\n",
		M "module a x/../a.ko -\n",
		M "module a a.ko 0\n",
		M "module a a.ko 1\n",
		M "module a a.ko ,\n",
		M "module a a.ko -1\n",
		M "module a a.ko 99999999999999999999\n",
		M "module a a.ko -\nmodule b b.ko 0,\n",
		M "alias x\n",
		M "alias  x\n",
		M "alias a b c\n",
		M "always \n",
		M "always a b\n",
		M "always a\nmodule a a.ko -\n",
		M "always a\nalias a b\n",
		M "other a\n",
		M "alias \x80 b\n",
		M "alias \t b\n",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fault f = {0};

		unit_row = rows[i];
		CHECK_INT(modtab_parse(&t, text_span(rows[i]), &f), -EBADMSG);
		CHECK(f.why);
	}
	CHECK_INT(modtab_parse(&t, (struct span){M, MODTAB_SIZE_MAX + 1}, NULL),
		  -EOVERFLOW);
}

static void too_many(void)
{
	static const char line[] = "module a a -\n";
	size_t head = strlen(M), n = sizeof(line) - 1, i;
	static char big[sizeof(M) + (MODTAB_MODULES_MAX + 1) * sizeof(line)];

	memcpy(big, M, head);
	for (i = 0; i <= MODTAB_MODULES_MAX; i++)
		memcpy(big + head + i * n, line, n);
	CHECK_INT(modtab_parse(
			  &t, (struct span){big, head + MODTAB_MODULES_MAX * n},
			  NULL),
		  0);
	CHECK_INT(modtab_parse(&t, (struct span){big, head + i * n}, NULL),
		  -EOVERFLOW);
}

/* Any one byte changed: refused, or still within its bounds. */
static void every_cut_and_byte(void)
{
	char copy[sizeof(table)];
	struct span at, alias = text_span("virtio:d00000001v00001AF4");
	size_t i;
	int c;

	for (i = 0; i < sizeof(table) - 1; i++) {
		modtab_parse(&t, (struct span){table, i}, NULL);
		for (c = 0; c < 256; c++) {
			memcpy(copy, table, sizeof(copy));
			copy[i] = c;
			if (modtab_parse(&t,
					 (struct span){copy, sizeof(copy) - 1},
					 NULL))
				continue;
			CHECK(t.n <= 3);
			at = t.aliases;
			while (modtab_match(&t, &at, alias) >= 0)
				;
		}
	}
}

static void before_net(void)
{
	static const struct {
		const char *alias;
		bool before;
	} rows[] = {
		{"pci:v00008086d000010D3sv00008086sd0000A01Fbc02sc00i00", true},
		{"pci:v00001AF4d00001000sv00001AF4sd00000001bc02sc00i00", true},
		{"pci:v0000168Cd00000030sv*sd*bc02sc80i00", true},
		{"pci:v00008086d000029C0sv00001AF4sd00001100bc06sc00i00", true},
		{"pci:v00008086d00002934sv00001AF4sd00001100bc0Csc03i00", true},
		{"pci:v00008086d00002922sv00001AF4sd00001100bc01sc06i01",
		 false},
		{"pci:v00001AF4d00001005sv00001AF4sd00000004bc00scFFi00",
		 false},
		{"virtio:d00000001v00001AF4", true},
		{"virtio:d00000002v00001AF4", false},
		{"virtio:d00000012v00001AF4", false},
		{"vmbus:635161f83edfc546913ff2d2f965ed0e", true},
		{"xen:vif", true},
		{"usb:v0B95p1790d0100dc00dsc00dp00icFFiscFFip00in00", true},
		{"usb:v0781p5581d0100dc00dsc00dp00ic08isc06ip50in00", false},
		{"scsi:t-0x00", false},
		{"acpi:PNP0501:", false},
		{"", false},
		{"xpci:bc02", false},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		unit_row = rows[i].alias;
		CHECK_INT(modtab_before_net(text_span(rows[i].alias)),
			  rows[i].before);
	}
}

UNIT_MAIN(UNIT_CASE(lookups), UNIT_CASE(empty), UNIT_CASE(refused),
	  UNIT_CASE(too_many), UNIT_CASE(before_net),
	  UNIT_CASE(every_cut_and_byte))
