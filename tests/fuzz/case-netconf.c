// SPDX-License-Identifier: MIT
/*
 * case-netconf.c - files of an operator that name eth0 or its MAC, and ones
 * that do not though they look like it. The first byte says whose file it is.
 */
#include <string.h>

#include "cases.h"
#include "format/netconf.h"

static const char ids[][20] = {"eth0", "52:54:00:12:34:56"};

static void good(struct bytes *b, uint64_t k, struct rng *r)
{
	const char *id = rng_below(r, 2) ? ids[1] : ids[0];
	bool mac = id == ids[1];

	bytes_set(b, "", 0);
	switch (k % NETCONF_KINDS) {
	case NETCONF_NETWORKD:
		bytes_text(b, "0# it\n[Match]\nType=ether\n%s=%s\n[Network]\n",
			   mac ? "MACAddress" : "Name", id);
		break;
	case NETCONF_NM:
		bytes_text(b, "1# it\n[connection]\nid=lan\n%s=%s\n[ipv4]\n",
			   mac ? "mac-address" : "interface-name", id);
		break;
	case NETCONF_IFUPDOWN:
		bytes_text(b, "2# it\nauto lo\nauto %s%s\n", mac ? "mac/" : "",
			   id);
		break;
	default:
		bytes_text(b, "3# it\nnetwork:\n  %s\"%s\"%s\n",
			   mac ? "macaddress: " : "", id, mac ? "" : ":");
	}
}

static int decode(const uint8_t *p, size_t n, struct fault *f)
{
	struct span text = {(const char *)p + 1, n ? n - 1 : 0};

	if (n && netconf_names(p[0] & 3, text, ids, ARRAY_SIZE(ids)))
		return 0;
	return fault_set(f, -EBADMSG, "names it nowhere", 0);
}

/* The line that names it, which is the one before the last "[" or the last. */
static size_t naming(const struct bytes *b)
{
	size_t i, at, n;

	for (i = bytes_lines(b) - 1; i; i--) {
		bytes_line(b, i, &at, &n);
		if (memmem(b->p + at, n, ids[0], 4) ||
		    memmem(b->p + at, n, ids[1], 17))
			break;
	}
	return i;
}

static void comment(struct bytes *b, uint64_t k, struct rng *r)
{
	size_t at, n;

	bytes_line(b, naming(b), &at, &n);
	bytes_insert(b, at, k & 1 ? "#" : " # ", k & 1 ? 1 : 3);
}

static void dropped(struct bytes *b, uint64_t k, struct rng *r)
{
	bytes_line_drop(b, naming(b));
}

/* Another NIC's name or address, longer or shorter by a character or other. */
static void other(struct bytes *b, uint64_t k, struct rng *r)
{
	const char *id = bytes_has(b, ids[0]) ? ids[0] : ids[1];
	size_t at = bytes_find(b, id, 0), n = strlen(id);

	switch (k % 3) {
	case 0:
		bytes_insert(b, at + bytes_spread(k, n + 1), "7", 1);
		break;
	case 1:
		bytes_remove(b, at + bytes_spread(k, n), 1);
		break;
	default:
		b->p[at + bytes_spread(k, n)] = '*';
	}
}

static const struct rule rules[] = {
	RULE("the line is a comment", comment, 1),
	RULE("the line is not there", dropped, 1),
	RULE("another one is named", other, 8),
};

static const char *const words[] = {
	"[Match]", "Name=", "MACAddress=", "interface-name=", "iface ", "auto ",
	"mac/",	   "eth0",  NULL,
};

const struct format case_netconf = {
	.name = "netconf",
	.good = good,
	.decode = decode,
	RULES(rules),
	.words = words,
};
