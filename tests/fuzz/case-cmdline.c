// SPDX-License-Identifier: MIT
/*
 * case-cmdline.c - kernel command lines: row P18. A line is never refused
 * whole; refused means here that no field was set by it, or that nothing
 * passes the limit it gave.
 */
#include <string.h>

#include "cases.h"
#include "format/bootargs.h"

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const some[] = {
		"BOOT_IMAGE=/vmlinuz",
		"console=ttyS0,115200",
		"quiet",
		"slipway.url=http://a/x,http://b/{role}",
		"slipway.role=web",
		"slipway.floor=12",
		"slipway.serial=412",
		"ip=dhcp",
		"ip=10.0.0.2::10.0.0.1:255.255.255.0:h:eth0:none:10.0.0.3",
		"BOOTIF=01-52-54-00-12-34-56",
		"nameserver=10.0.0.1",
		"init=/bin/sh",
		"\"init=/a b\"",
		"init=\"/x y\"",
		"slipway.ram=40%",
		"slipway.panic=shell,30",
		"panic=-1",
		"root=live:http://c/",
		"slipway.debug",
		"rd.break",
		"slipway.report=off",
		"slipway.source=LABEL=x"};
	unsigned int n = 1 + rng_below(r, 12);

	bytes_set(b, "", 0);
	while (n--)
		bytes_text(b, "%s ", some[rng_below(r, ARRAY_SIZE(some))]);
	bytes_text(b, "-- slipway.role=other");
}

/* 0 when the line had an effect that is not a limit shut for all. */
static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	static struct bootargs b, none;
	bool shut;
	int err = bootargs_parse(&b, (struct span){(const char *)p, n});

	if (err)
		return fault_set(f, err, "line too long", n);
	shut = (b.has_serial && !b.serial) ||
	       (b.has_floor && b.floor == UINT64_MAX);
	if (b.n_notes)
		fault_set(f, 0, b.notes[0].why, 0);
	memset(b.notes, 0, sizeof(b.notes));
	b.n_notes = 0;
	if (memcmp(&b, &none, sizeof(b)) && !shut)
		return 0;
	fault_set(f, 0, "somebody else's", 0);
	return -EBADMSG;
}

static const char *const bad[] = {"verify=0",
				  "insecure",
				  "ca=/x",
				  "rescue",
				  "slipway.verify=0",
				  "slipway.insecure",
				  "slipway.insecure=1",
				  "slipway.rescue=1",
				  "slipway.mode=rescue",
				  "slipway.enforce=0",
				  "slipway.ca=http://a/ca",
				  "slipway.root=/x",
				  "slipway.trust=all",
				  "slipway.epoch=0",
				  "slipway.site=other",
				  "slipway.stale=warn",
				  "slipway.built=0",
				  "slipway.floor=",
				  "slipway.floor=-1",
				  "slipway.floor=0x1",
				  "slipway.floor=01",
				  "slipway.floor",
				  "slipway.floor=1e3",
				  "slipway.floor=99999999999999999999",
				  "slipway.serial=",
				  "slipway.serial=x",
				  "slipway.serial",
				  "slipway.serial=4x",
				  "\"slipway.floor=1 2\"",
				  "slipway.floor=\"1 \"",
				  "Slipway.floor=1",
				  "slipway_floor=1",
				  "slipway.Floor=1",
				  "SLIPWAY.URL=http://a/",
				  "slipway.url=ftps://a/",
				  "slipway.url=file:///x",
				  "slipway.url=",
				  "slipway.url=http://u@a/",
				  "slipway.url=http://a/../x",
				  "slipway.role=../x",
				  "slipway.role=a/b",
				  "slipway.role=",
				  "slipway.break=../x",
				  "rd.shell",
				  "rd.shell=1",
				  "slipway.shell",
				  "slipway.panic=never",
				  "slipway.panic=",
				  "slipway.panic",
				  "slipway.debug=2",
				  "slipway.debug=yes",
				  "slipway.ram=0",
				  "slipway.ram=101%",
				  "slipway.ram=%",
				  "slipway.ram=-1",
				  "slipway.ram=99999999999999999999",
				  "slipway.source=usb",
				  "slipway.source=LABEL=",
				  "slipway.report=file:///x",
				  "panic=x",
				  "panic=",
				  "panic=86401",
				  "BOOTIF=01-02",
				  "BOOTIF=00-52-54-00-12-34-56",
				  "BOOTIF=01-01-54-00-12-34-56",
				  "BOOTIF=01-00-00-00-00-00-00",
				  "nameserver=x",
				  "nameserver=0.0.0.0",
				  "nameserver=1.2.3",
				  "init=sh",
				  "init=",
				  "init=../sh",
				  "root=/dev/sda1",
				  "root=nbd:x",
				  "root=live:nfs://a/",
				  "ip=",
				  "ip=x",
				  "ip=::::x:../y:dhcp",
				  "vlan=a:b",
				  "bond=x",
				  "ifname=eth0:52:54:00:12:34",
				  "=http://a/",
				  "slipway.=1",
				  "slipway",
				  "slipway.url",
				  "--",
				  "-- slipway.floor=1",
				  "\"slipway.url=ftp://a/\""};

/* One of them among words of others; a limit is in force in any company. */
static void one_of(struct bytes *b, uint64_t k, struct rng *r)
{
	static const char *const plain[] = {"quiet",	     "ro", "x=\"a b\"",
					    "console=ttyS0", "\"", ""};

	bytes_set(b, "", 0);
	bytes_text(b, "%s %s%s", plain[rng_below(r, 4)],
		   bad[bytes_spread(k, ARRAY_SIZE(bad))],
		   plain[4 + rng_below(r, 2)]);
}

static void unknown(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_set(b, "", 0);
	for (unsigned int i = 0; i < 150; i++)
		bytes_text(b, "slipway.%x=%u ",
			   0xb0000000u + (unsigned int)rng_below(r, 1 << 20),
			   i);
}

static void too_long(struct bytes *b, uint64_t k, struct rng *r)
{
	while (b->n <= BOOTARGS_MAX + k % 100)
		bytes_add(b, " x", 2);
}

static const struct rule rules[] = {
	RULE("P18 one of a list", one_of, 8),
	RULE("P18 unknown words", unknown, 1),
	RULE("P18 too long", too_long, 1),
};

static const char *const words[] = {"slipway.url=",
				    "slipway.role=",
				    "slipway.floor=",
				    "slipway.serial=",
				    "slipway.panic=",
				    "slipway.ram=",
				    "slipway.break=",
				    "slipway.report=",
				    "slipway.source=",
				    "slipway.debug",
				    "root=live:",
				    "rd.break",
				    "rd.shell",
				    "panic=",
				    "ip=",
				    "ip=dhcp",
				    "nameserver=",
				    "BOOTIF=01-",
				    "init=",
				    "\"",
				    " -- ",
				    "http://",
				    "vlan=vlan5:eth0 ",
				    "bond=bond0:eth0,eth1:mode=802.3ad ",
				    "ifname=lan:52:54:00:12:34:56 ",
				    "rd.route=[fd00::/64]:[fd00::1] ",
				    "slipway.lease=10.0.0.5:255.255.255.0 ",
				    "[fd00::1]",
				    NULL};

const struct format case_cmdline = {"cmdline", NULL,	     good,
				    decode,    RULES(rules), words};
